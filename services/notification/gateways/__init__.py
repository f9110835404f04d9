"""The outside world: the mail server, the SMS provider, the local mailbox."""
