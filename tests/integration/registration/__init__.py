"""Registration on a real PostgreSQL."""
