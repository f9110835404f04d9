"""What notification does, a file a use case: writing, sending, and recording of messages."""
