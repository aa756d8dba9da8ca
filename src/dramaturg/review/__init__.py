"""The uncertain decisions of a reading, and the terminal session that asks about them."""
