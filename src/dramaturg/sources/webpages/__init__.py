"""Web pages: one module for each site whose pages and e-books dramaturg knows, and one for any other page."""
