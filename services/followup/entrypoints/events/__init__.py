"""Event handlers and RPC endpoints of follow-up, by what they concern."""
