"""The terminal: what of Textual's behaviour towards it is replaced, and why."""
