"""Windows of pictures that lie on other machines, read by ranges of bytes: never the whole file."""
