"""Measurements: each a ratio of two things timed in turn in one run. `make bench` runs them all."""
