"""The trained parts of dramaturg, as data."""
