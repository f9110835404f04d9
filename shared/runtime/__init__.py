"""What carries a service: settings, clock, transactions, outbox, timers, consumers, doors.

It holds no business rule. A service hands it a `Service` (what it listens to, emits, serves) and
gets one ASGI process that loses nothing; see `service.py`, then `app.py`.
"""
