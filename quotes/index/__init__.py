"""The index file: its layout, how it is opened and asked, and, in `write`, how articles go in."""
