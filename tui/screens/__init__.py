"""Screens: one for each task, each with its stylesheet beside it."""
