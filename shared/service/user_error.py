"""Faults that a person can act on: said in one plain sentence, without a traceback."""


class UserError(Exception):
    """Its message says what is wrong and what to do, and shows no secret."""
