"""How notification is reached: events, timers, and the local mailbox page."""
