"""What is uncertain in a reading, and the terminal session that asks about it."""
