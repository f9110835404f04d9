"""How registration is reached: events, the partners' queue, requests, timers, pages, API."""
