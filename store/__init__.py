"""What is kept: SQL, rows, transactions, migrations and the change feed. Sees nothing above it."""
