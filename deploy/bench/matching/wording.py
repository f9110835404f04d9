"""The words of the benchmark: French for who runs it, English for the README."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.bench.matching.row import Row


@dataclass(frozen=True)
class Words:
    """One language. `solves` says of each way which problem it answers; `proofs` how a result
    is known to be good; `states` why there is none; `measured` names steps and other figures."""

    headline: str
    density: str
    columns: Mapping[str, str]
    last: str
    labels: Mapping[str, str]
    solves: Mapping[str, str]
    proofs: Mapping[str, str]
    states: Mapping[str, str]
    limit_reached: str
    between: str
    measured: Mapping[str, str]

    def remark(self, row: Row) -> str:
        """What a way solves and how that is known, or why it has no figures."""
        parts = [self.solves[row.way]] if row.way in self.solves else []
        parts += [self.proofs[row.proof]] if row.proof else []
        parts += [self.limit_reached] if row.limit_reached else []
        if row.status != "measured":
            parts = [self.states[row.status].format(says=row.says)]
        return self.between.join(parts) + self._describe_times(row)

    def _describe_times(self, row: Row) -> str:
        """Where the seconds went and what else was measured; a name without a word is kept."""
        text = [f"{self.measured.get(name, name)} {s:.2f} s" for name, s in row.steps.items()]
        text += [f"{self.measured.get(name, name)} {x:.4g}" for name, x in row.figures.items()]
        return f" ({', '.join(text)})" if text else ""


FRENCH = Words(
    headline="{mentees} jeunes × {mentors} mentors, graine {seed} ; {cores} cœurs, {memory} Go",
    density=" ; {permitted} couples permis ({share} %)",
    columns={
        "way": "voie",
        "seconds": "secondes",
        "times_seconds": "temps",
        "peak_mb": "Mo",
        "times_memory": "mémoire",
        "pairs": "binômes",
        "score": "score",
        "gap": "écart",
        "floor": "plancher",
        "beyond_caps": "hors plafonds",
    },
    last="ce qu'elle résout",
    labels={
        "binome": "Binôme",
        "verify": "Binôme, contrôle",
        "arrival": "Binôme, arrivées",
        "pulp": "PuLP et HiGHS, naïf",
        "scipy": "scipy, affectation",
        "ortools": "OR-Tools, flot",
    },
    solves={
        "binome": "toutes les règles ; preuve et explications comprises",
        "verify": "tous les couples pesés à nouveau, dans le même processus (mémoire des deux)",
        "arrival": "une place à chaque nouveau venu, aux prix gardés de la tournée ; temps de tous",
        "pulp": "toutes les règles, une variable par couple permis",
        "scipy": "ni plafonds ni plancher ; capacités par colonnes répétées",
        "ortools": "capacités et plafonds, sans plancher ; scores au millionième",
    },
    proofs={
        "prices": "optimum prouvé par les prix",
        "branch_and_bound": "optimum prouvé par les prix et par séparation et évaluation",
        "solver_gap": "à l'écart du solveur près",
        "easier_optimum": "optimum de ce problème plus facile",
        "verified": "accepté",
    },
    states={
        "not_installed": "{says}",
        "too_large": "passé : {says}",
        "failed": "sans résultat : {says}",
    },
    limit_reached="limite de temps atteinte",
    between=" ; ",
    measured={
        "pairs": "couples permis",
        "model": "modèle",
        "solve": "résolution",
        "gates": "portes et scores",
        "optimum": "optimum",
        "proof": "preuve",
        "explanations": "explications",
        "price_of_fairness": "prix de l'équité",
        "round": "tournée tenue avant",
        "packing": "mise en place",
        "newcomers": "nouveaux venus",
        "found": "servis",
    },
)

ENGLISH = Words(
    headline="{mentees} mentees × {mentors} mentors, seed {seed}; {cores} cores, {memory} GB",
    density="; {permitted} pairs permitted ({share} %)",
    columns={
        "way": "way",
        "seconds": "seconds",
        "times_seconds": "time",
        "peak_mb": "peak MB",
        "times_memory": "memory",
        "pairs": "pairs",
        "score": "score",
        "gap": "gap, or score beyond ours",
        "floor": "floor",
        "beyond_caps": "beyond caps",
    },
    last="what it solves",
    labels={
        "binome": "Binôme",
        "verify": "Binôme, verifier",
        "arrival": "Binôme, arrivals",
        "pulp": "naive PuLP with HiGHS",
        "scipy": "scipy, sparse assignment",
        "ortools": "OR-Tools, min-cost flow",
    },
    solves={
        "binome": "all rules; proof and explanations included",
        "verify": "every pair priced again, in the same process (memory of both)",
        "arrival": "a place to each newcomer, on the round's kept prices; time of all",
        "pulp": "all rules, one binary a permitted pair",
        "scipy": "neither caps nor floor; capacities as repeated columns",
        "ortools": "capacities and caps, no floor; scores to a millionth",
    },
    proofs={
        "prices": "optimum proved by prices",
        "branch_and_bound": "optimum proved by prices and branch and bound",
        "solver_gap": "up to the solver's gap",
        "easier_optimum": "optimum of that easier problem",
        "verified": "accepted",
    },
    states={
        "not_installed": "not installed",
        "too_large": "skipped: its memory would not do",
        "failed": "no result",
    },
    limit_reached="time limit reached",
    between="; ",
    measured={
        "pairs": "listing pairs",
        "solve": "solver",
        "price_of_fairness": "price of fairness",
        "round": "round held before",
        "found": "served",
    },
)

LABELS = FRENCH.labels
"""Way → what people call it."""
