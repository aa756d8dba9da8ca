"""Pages of the web: one module for each site whose pages are known, and one for any other."""
