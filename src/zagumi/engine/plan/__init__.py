"""The plan, its independent judge, and what it is worth."""
