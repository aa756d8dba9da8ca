"""How the data that dramaturg ships is made from annotated corpora. Imports dramaturg, never the reverse."""
