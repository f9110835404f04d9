"""What an administrator of the broker runs for a partner."""

import typer

from shared.messaging.names import PARTNERS_IN, refusal_queue


def show_permissions(name: str) -> None:
    """What an administrator of the broker runs, so that the partner can do its part only."""
    user, own = f"partner-{name}", name.replace("-", r"\-")
    typer.echo(f"File des refus déclarée : {refusal_queue(name)}")
    typer.echo("Compte du partenaire sur le courtier (VHOST : votre hôte virtuel) :")
    for line in (
        f"rabbitmqctl add_user {user}",
        f"rabbitmqctl set_permissions -p VHOST {user}"
        rf" '^$' '^partners\.in$' '^partner\.{own}\.refused$'",
        f"rabbitmqctl set_topic_permissions -p VHOST {user} {PARTNERS_IN}"
        rf" '^partner\.{own}\.(mentee|mentor)\.registered$' '^$'",
    ):
        typer.echo(f"  {line}")
