"""The rules of matching: gates, score, policy, a round and its reasons. No I/O, no solver."""
