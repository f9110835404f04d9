"""The rules of registration, without anything around them."""
