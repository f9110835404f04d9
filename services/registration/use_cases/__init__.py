"""What registration does, a file a use case, the same behind every entrypoint."""
