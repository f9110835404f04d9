"""How matching is reached: events, requests of other services, timers and pages."""
