"""A name to speak of a request by, before anybody may know whose it is."""

from uuid import UUID

WORDS = (
    "Étoile", "Rivière", "Colline", "Comète", "Forêt", "Lagune", "Prairie", "Falaise",
    "Source", "Dune", "Clairière", "Cascade", "Île", "Vallée", "Lune", "Marée",
    "Brise", "Aurore", "Galaxie", "Fontaine", "Crique", "Savane", "Planète", "Oasis",
)  # fmt: skip


def pseudonym(request_id: UUID) -> str:
    """`Étoile 4127`: the same for a request each time, and nothing of the person in it."""
    number, word = divmod(request_id.int, len(WORDS))
    return f"{WORDS[word]}\u00a0{number % 10_000:04}"
