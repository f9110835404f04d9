"""The environment of registration: its settings and keys."""
