"""Events that registration publishes, by their subject."""
