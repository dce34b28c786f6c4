"""Shop-floor logs: what really happened, and the planning problem learnt from it."""
