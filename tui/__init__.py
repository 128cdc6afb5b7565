"""What people see: Textual screens and widgets over the flows of `security`."""
