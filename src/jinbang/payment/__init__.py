"""What is owed and paid, as orders and a double-entry ledger. Every gateway word feeds one idempotent action."""
