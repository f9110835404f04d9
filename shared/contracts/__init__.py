"""The contracts between the services: facts, vocabularies and golden samples.

Nothing here knows how a fact travels; `shared.persistence` does.
"""
