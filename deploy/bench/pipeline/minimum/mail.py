"""The mail of the references: the same for every attempt."""

from uuid import UUID

SENDER = "bonjour@binome.example.org"


def write_mail(person: UUID, address: str, first_name: str) -> tuple[str, bytes]:
    """The sender, and the acknowledgement of a person's registration."""
    text = (
        f"From: Binome <{SENDER}>\r\nTo: {address}\r\nMessage-ID: <{person}@binome>\r\n"
        "Subject: Ta demande est bien arrivee\r\nX-Binome-Template: mentee_registered\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
        f"Bonjour {first_name},\r\n\r\nTa demande de mentorat est bien arrivée.\r\n"
        "Une association te répond, puis elle te propose un mentor.\r\n"
        f"Où en est ma demande ? https://binome.example.org/demande/{person}\r\n"
    )
    return SENDER, text.encode()
