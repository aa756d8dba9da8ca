"""Corrections that a person makes to a reading, in a file beside the story."""
