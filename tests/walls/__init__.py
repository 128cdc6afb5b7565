"""Tests of walls."""
