"""What every room stands on: who acts, who sees, what happened, and work that runs in the background.

This package imports nothing when it is imported, so that a child process that only computes stays small.
"""
