"""Commands: what the screens do, for scripts and for who reads line by line; each through the same flow."""
