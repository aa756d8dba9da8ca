"""Layers that read the encoder's vectors."""
