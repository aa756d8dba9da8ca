"""Train the weights that dramaturg ships on annotated corpora. It imports dramaturg, never the reverse."""
