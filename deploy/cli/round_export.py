"""What `binome rounds` works out from a stored round: its files, or its fate under a policy."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer

from services.matching.domain.certificate import Certificate
from services.matching.domain.comparison import RoundSummary, moves, outcome, publics_named
from services.matching.domain.fingerprint import inputs_sha256, policy_sha256
from services.matching.domain.policy import Policy
from services.matching.domain.round_input import RoundInput, RoundUnsolved
from services.matching.domain.round_result import Pair
from services.matching.domain.weights import Components
from services.matching.gateways import export_files
from services.matching.gateways.certificate_data import certificate_from
from services.matching.gateways.certificate_file import certificate_text
from services.matching.gateways.pairs_file import pairs_text
from services.matching.gateways.round_files import RoundFiles, read_round
from services.matching.store.evidence import InputsGone, StoredRound
from shared.contracts.vocabulary import label
from shared.service.user_error import UserError
from shared.spreadsheets import InvalidSheet


def export_round(stored: StoredRound) -> tuple[dict[str, str], list[str]]:
    """Name of a file → its content, and what the operator should know.

    Raises UserError where files cannot say what is stored: nothing else than the round itself
    may leave under its name.
    """
    given, notes = stored_input(stored), []
    texts = export_files.round_texts(given)
    _check_readable(texts, given)
    if stored.certificate is None:
        notes.append("Cette tournée n'a pas de résultat : ses données seules sont écrites.")
    else:
        texts[export_files.PAIRS] = pairs_text(pairs_of(stored.result or ()))
        texts[export_files.CERTIFICATE] = certificate_text(certificate_from(stored.certificate))
    if stored.faulty:
        notes.append(
            f"{len(stored.faulty)} binôme(s) écarté(s) au contrôle ne sont pas dans "
            f"{export_files.PAIRS} : la preuve de la tournée entière ne tiendra pas."
        )
    return texts, notes


def stored_input(stored: StoredRound) -> RoundInput:
    """What a stored round was given. Raises UserError when that has been let go."""
    try:
        return stored.to_input()
    except InputsGone:
        raise UserError("Les données de cette tournée ne sont plus conservées.") from None


def pairs_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Pair, ...]:
    """Pairs as a round keeps them."""
    return tuple(
        Pair(
            entry["request_id"],
            entry["mentor_id"],
            float(entry["score"]),
            Components(**{name: float(value) for name, value in entry["components"].items()}),
        )
        for entry in stored
    )


def _check_readable(texts: Mapping[str, str], given: RoundInput) -> None:
    """Read the files back as `binome match` will: the same content, or no export at all."""
    with TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name for name in texts}
        for name, text in texts.items():
            paths[name].write_text(text, encoding="utf-8", newline="")
        files = RoundFiles(
            paths[export_files.MENTEES],
            paths[export_files.MENTORS],
            paths[export_files.ASSOCIATIONS],
            paths[export_files.PAST],
            paths[export_files.POLICY],
        )
        try:
            read = read_round(files, given.at).given
        except InvalidSheet as refusal:
            message = str(refusal).replace(f"{folder}/", "")
            raise UserError(f"Cette tournée ne tient pas dans des fichiers : {message}") from None
    if _fingerprints(read) != _fingerprints(given):
        raise UserError("Cette tournée ne tient pas dans des fichiers : ils diraient autre chose.")


def _fingerprints(given: RoundInput) -> tuple[str, str]:
    return inputs_sha256(given), policy_sha256(given.policy)


@dataclass(frozen=True)
class Tried:
    """A stored round, and the same pool under another policy."""

    given: RoundInput
    policy: Policy
    before: RoundSummary
    after: RoundSummary
    gap: float


def try_policy(stored: StoredRound, policy: Policy) -> Tried:
    """Hold a stored round again under another policy; nothing is kept.

    Raises UserError for a round without a result, or one that this policy cannot decide.
    """
    from services.matching.engine.solve import solve  # the solver: not for `list` nor `export`
    from services.matching.engine.verification.verifier import verify_round

    if stored.certificate is None:
        raise UserError("Cette tournée n'a pas de résultat à comparer.")
    given = stored_input(stored)
    try:
        result = solve(replace(given, policy=policy), explain=False)
    except RoundUnsolved as unsolved:
        raise UserError(f"Aucun appariement : {unsolved}") from None
    if broken := verify_round(replace(given, policy=policy), result).violations:
        raise UserError(f"Le contrôle refuse ce résultat : {broken[0].says}")
    return Tried(
        given,
        policy,
        _outcome(pairs_of(stored.result or ()), given.policy, certificate_from(stored.certificate)),
        _outcome(result.pairs, policy, result.certificate),
        result.gap,
    )


def _outcome(pairs: tuple[Pair, ...], policy: Policy, certificate: Certificate) -> RoundSummary:
    return outcome(pairs, policy.weights, certificate)


def comparison_data(comparison: Tried) -> dict[str, Any]:
    """The comparison for programs; scores of both outcomes under both policies."""
    before, after = comparison.before, comparison.after
    return {
        "policies": {"before": comparison.given.policy.version, "after": comparison.policy.version},
        "mentees": len(comparison.given.mentees),
        "pairs": {"before": len(before.pairs), "after": len(after.pairs)},
        "changes": asdict(moves(before, after)),
        "score": {"before": _scores(comparison, before), "after": _scores(comparison, after)},
        "gap": comparison.gap,
        "floors": {"before": _floors(before), "after": _floors(after)},
        "served": {
            public: {
                "before": before.count_served(comparison.given.mentees, public),
                "after": after.count_served(comparison.given.mentees, public),
            }
            for public in publics_named(before, after)
        },
        "price_of_fairness": {
            "before": before.price_of_fairness,
            "after": after.price_of_fairness,
        },
    }


def _scores(comparison: Tried, one: RoundSummary) -> dict[str, float]:
    return {
        "under_before": one.score_under(comparison.before.weights),
        "under_after": one.score_under(comparison.after.weights),
    }


def _floors(one: RoundSummary) -> list[dict[str, Any]]:
    return [asdict(floor) for floor in one.floors]


def tell_comparison(comparison: Tried) -> None:
    """The comparison in plain words."""
    data = comparison_data(comparison)
    names, pairs, changes = data["policies"], data["pairs"], data["changes"]
    before, after = data["score"]["before"], data["score"]["after"]
    say = typer.echo
    say(f"Tournée du {comparison.given.at}, {data['mentees']} jeunes. Rien n'a été modifié.")
    say(f"Politique tenue : {names['before']} ; essayée : {names['after']}.")
    say(f"Binômes : {pairs['before']} dans la tournée tenue, {pairs['after']} à l'essai.")
    say(
        f"  {changes['kept']} inchangés, {changes['changed']} avec un autre mentor, "
        f"{changes['new']} de plus, {changes['lost']} de moins."
    )
    say("Score du résultat tenu, puis du résultat essayé :")
    say(f"  compté par la politique tenue : {_two(before, after, 'under_before')}")
    say(f"  compté par la politique essayée : {_two(before, after, 'under_after')}")
    _tell_floors(comparison, data)
    _tell_price(data["price_of_fairness"])


def _two(before: Mapping[str, float], after: Mapping[str, float], key: str) -> str:
    return f"{before[key]:.4f} → {after[key]:.4f}"


def _tell_floors(comparison: Tried, data: Mapping[str, Any]) -> None:
    for public, served in data["served"].items():
        text = f"{label('publics', public)} : {served['before']} servis → {served['after']}"
        for words, one in (("tenue", comparison.before), ("essayée", comparison.after)):
            text += "".join(
                f" ; {floor.wanted} voulus par la politique {words}"
                for floor in one.floors
                if floor.public == public
            )
        typer.echo(f"{text}.")


def _tell_price(price: Mapping[str, float | None]) -> None:
    message = [
        "sans objet" if price[key] is None else f"{price[key]:.4f}" for key in ("before", "after")
    ]
    typer.echo(f"Prix de l'équité, en score : {message[0]} → {message[1]}.")
