"""What the demonstration shows: pairs forming as time runs, addresses, the result table."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from deploy.demo.runner import Progress, Script, Watch

LINE_EVERY_DAYS = 10
LABELS = {
    "registered": "personnes inscrites",
    "acknowledged": "accusés de réception partis",
    "confirmed": "demandes prises en charge",
    "pairs": "binômes formés",
    "met": "premières rencontres",
    "answered": "réponses au suivi",
    "alerts": "alertes pour un humain",
    "renewed": "binômes prolongés",
    "ended": "binômes terminés",
}
_RESULTS = {
    "registered": "Personnes inscrites",
    "mentees": "… jeunes",
    "mentors": "… mentors",
    "refused": "Inscriptions refusées, avec leur raison",
    "acknowledged": "Accusés de réception, un par personne",
    "routed": "Demandes orientées vers une association",
    "confirmed_by_association": "Demandes prises en charge",
    "rounds": "Tournées d'appariement",
    "worst_gap": "Plus grand écart à l'optimum",
    "pairs_confirmed": "Binômes formés",
    "introductions": "Mises en relation",
    "first_meetings": "Premières rencontres",
    "checkins_asked": "Questions de suivi",
    "checkins_answered": "… avec réponse",
    "alerts": "Alertes pour un humain",
    "renewed": "Binômes prolongés",
    "ended": "Binômes terminés",
    "parked": "Messages mis de côté",
    "outstanding": "Travail en suspens",
    "unowned": "Dossiers sans suite",
    "seconds": "Secondes",
}


@contextmanager
def watching(console: Console, script: Script) -> Iterator[Watch]:
    """A live panel on a terminal, a plain line every ten days elsewhere."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    with Live(console=console, refresh_per_second=4) as live:
        yield lambda progress: live.update(_panel(progress, script))


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = 0

    def __call__(self, progress: Progress) -> None:
        if progress.day >= self._next:
            self._next = progress.day + LINE_EVERY_DAYS
            text = ", ".join(f"{n} {LABELS[name]}" for name, n in progress.figures.items() if n)
            self._console.print(f"jour {max(progress.day, 0)} : {text or 'on ouvre les portes'}")


def _panel(progress: Progress, script: Script) -> Panel:
    table = Table.grid(padding=(0, 2))
    top = max(progress.figures["registered"], 1)
    for name, count in progress.figures.items():
        bar = ProgressBar(total=top, completed=min(count, top), width=40)
        table.add_row(LABELS[name], Text(str(count), style="bold"), bar)
    day = Text(
        f"Jour {max(progress.day, 0)} sur {script.days:.0f} · {progress.now:%d/%m/%Y}", "cyan"
    )
    return Panel(Group(day, "", table), title="Binôme", border_style="cyan")


def show_addresses(console: Console, environment: Mapping[str, str]) -> None:
    """Where to look while it runs."""
    pages = {
        "Inscription": ("REGISTRATION", "/"),
        "Associations": ("REGISTRATION", "/associations"),
        "Tournées": ("MATCHING", "/rounds"),
        "Boîte aux lettres": ("NOTIFICATION", "/boite"),
        "Coordination": ("FOLLOWUP", "/coordination"),
    }
    table = Table("Page", "Adresse", title="Binôme tourne")
    for label, (service, path) in pages.items():
        table.add_row(label, environment[f"BINOME_{service}_URL"] + path)
    for service in ("registration", "matching", "notification", "followup"):
        url = environment[f"BINOME_{service.upper()}_URL"]
        table.add_row(f"{service} : événements, métriques", f"{url}/asyncapi  {url}/metrics")
    console.print(table)


def show_results(console: Console, results: Mapping[str, Any]) -> None:
    """The result table."""
    table = Table("Résultat", "", title="Ce qui s'est passé")
    for name, label in _RESULTS.items():
        table.add_row(label, _format(results[name]))
    messages = results["messages"]
    table.add_row("Mails, SMS", f"{messages['mail']}, {messages['sms']}")
    table.add_row("Envois en échec, en double", f"{messages['failed']}, {messages['duplicates']}")
    wait = results["wait_days"]
    table.add_row("Attente médiane, p95 (jours)", f"{_format(wait['p50'])}, {_format(wait['p95'])}")
    console.print(table)


def _format(value: Any) -> str:
    return "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
