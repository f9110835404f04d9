"""One service as one process: its definition, lifecycle, settings, logs, metrics and errors."""
