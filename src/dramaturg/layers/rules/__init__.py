"""Layers that work by counts, patterns and word lists."""
