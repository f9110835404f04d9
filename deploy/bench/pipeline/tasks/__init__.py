"""The minimum's work as two Celery tasks, as most teams would write it.

Quorum queues, persistent and confirmed messages, acknowledgement after the work, a receipt; one
statement and one message at a time, which is what tasks are.
"""
