"""What every service shares: the contracts between them and the runtime under them."""
