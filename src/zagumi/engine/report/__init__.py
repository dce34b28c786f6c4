"""The report of a plan: one HTML file that needs nothing else, in Japanese or English."""
