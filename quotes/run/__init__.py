"""The steps joined: articles in, an index out."""
