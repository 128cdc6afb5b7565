"""Help: what it lists, its topics in plain words, and how help and palette find things."""
