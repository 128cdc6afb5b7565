"""The commands of a person and of the program, as real processes."""
