"""The store in one file of this machine: SQLite through aiosqlite, the embedded default."""
