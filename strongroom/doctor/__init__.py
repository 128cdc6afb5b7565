"""The doctor: what is examined, what was found, and the line that mends it."""
