"""Every screen as a person sees it at three sizes, kept as text, each beside an assert of what it means."""
