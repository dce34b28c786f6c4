"""The front of the house: home by role, search, the API's root, and the demo town."""
