"""Which pictures there are: scenes, how they are read, and where water is in them."""
