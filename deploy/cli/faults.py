"""What `binome` says when something a person can mend is wrong."""

from shared.service.user_error import UserError

EXPECTED = (UserError, ConnectionError, LookupError)


def sentence_of(fault: BaseException) -> str:
    """The sentence to show."""
    if isinstance(fault, ConnectionError):
        return f"Connexion impossible ({type(fault).__name__}) : le serveur tourne-t-il ?"
    return str(fault.args[0]) if fault.args else type(fault).__name__
