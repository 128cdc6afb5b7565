"""What each command says to people, kept as text."""
