"""How follow-up is reached: events, requests of other services, and pages."""
