"""Widgets: leaves that import no screen and not the app."""
