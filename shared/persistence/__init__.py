"""PostgreSQL: one transaction a message, inbox, outbox, timers, sessions, maintenance."""
