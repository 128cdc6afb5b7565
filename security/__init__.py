"""The rules: flows for sign-in, passwords, two-factor, sessions and policy. Sees the store, never a screen."""
