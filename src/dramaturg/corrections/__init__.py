"""Corrections: what a person says of a story, in a file beside it."""
