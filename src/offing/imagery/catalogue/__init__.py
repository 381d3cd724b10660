"""Which pictures there are, by the catalogues of those who keep them."""
