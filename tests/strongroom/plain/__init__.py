"""Plain mode as a person meets it: a real process at a real terminal of its own, line by line."""
