"""What could be seen: the ledger of every look, with its status and the reason."""
