"""What may be said on the command line: one module for each kind of speaker. Imports nothing heavy."""
