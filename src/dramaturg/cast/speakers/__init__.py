"""Who says what, and to whom."""
