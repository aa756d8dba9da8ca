"""Reading → pages for a person: `terminal` for a console, `page` for a browser."""
