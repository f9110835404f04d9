"""What a message is, when it is tried again, what a text may hold. Nothing here sends."""
