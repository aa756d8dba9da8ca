"""How right and how fast dramaturg is: each module one command that prints a table."""
