"""The rules: flows for sign-in, passwords, two-factor, sessions and policy. Sees no screen."""
