"""The contracts between the services: events, vocabularies and golden samples.

Nothing here knows how an event travels; `shared.persistence` does.
"""
