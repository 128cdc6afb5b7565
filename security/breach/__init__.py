"""Breach screening: the range service, the breach file, and the list that is always there."""
