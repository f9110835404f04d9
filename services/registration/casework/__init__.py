"""What registration does with people and requests, the same behind every door.

Doors, handlers and timers hand over a transaction; here something is decided, kept and stated.
"""
