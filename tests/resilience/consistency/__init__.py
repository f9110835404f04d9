"""Two small services, what disturbs them, and the ledger kept of what became of every event."""
