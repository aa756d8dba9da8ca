"""What several exporters share. The exporters themselves are the modules of the folder above."""
