"""The local mailbox, for looking at what people got in a demonstration."""
