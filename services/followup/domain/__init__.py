"""The rules of following a pair up: pure, time passed in."""
