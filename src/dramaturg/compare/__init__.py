"""Comparing two readings of one text: how far they agree, and what changed."""
