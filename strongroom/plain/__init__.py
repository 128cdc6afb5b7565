"""Plain mode: a person's whole security as lines and numbered questions, for who listens to a screen."""
