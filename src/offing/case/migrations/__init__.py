"""The store's schema as numbered .sql files, applied in order, each once and in a transaction."""
