"""The doors: command line, settings and assembly."""

__version__ = "0.1.0"
