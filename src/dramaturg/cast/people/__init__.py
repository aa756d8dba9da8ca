"""Who exists, and who is who."""
