"""Zagumi: many small factories planned, ordered and run as one."""
