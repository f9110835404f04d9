"""Programmes, the policies they use, and the caps of associations: set by people, never by events.

Whatever is set here is new to every pool that it concerns, like a new mentor (`changed_in`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.matching.domain.fingerprint import policy_sha256
from services.matching.domain.people import Association
from services.matching.domain.policy import DEFAULT_POLICY, Policy, policy_data, policy_from
from services.matching.domain.programme import Changes, Programme, VersionTaken, apply_changes
from shared.persistence.batch import Connection
from shared.persistence.database import Record

_KNOWN = """
SELECT p.code, p.mode, p.cadence, p.answer_days, policy.content AS policy
FROM programmes p LEFT JOIN policies policy ON policy.sha256 = p.policy_sha256
"""
_SET = """
INSERT INTO programmes (code, mode, cadence, answer_days, policy_sha256)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (code) DO UPDATE SET mode = excluded.mode, cadence = excluded.cadence,
    answer_days = excluded.answer_days, policy_sha256 = excluded.policy_sha256,
    changed_in = pg_current_xact_id()
"""
_CAP = """
INSERT INTO association_caps (association, round_cap) VALUES ($1, $2)
ON CONFLICT (association) DO UPDATE SET round_cap = excluded.round_cap,
    changed_in = pg_current_xact_id()
"""


class Programmes:
    """What people have set about programmes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def all(self) -> Sequence[Programme]:
        """Every programme that was set or has a pool, by code."""
        rows = await self._connection.fetch(f"{_KNOWN} ORDER BY p.code")
        known = {row["code"]: _programme(row) for row in rows}
        pools = await self._connection.fetch("SELECT programme FROM pools")
        programmes = {row["programme"]: Programme(row["programme"]) for row in pools}
        return [one for _, one in sorted((programmes | known).items())]

    async def with_code(self, code: str) -> Programme:
        """A programme; one that was never set is as programmes are by default."""
        row = await self._connection.fetchrow(f"{_KNOWN} WHERE p.code = $1", code)
        return _programme(row) if row else Programme(code)

    async def set(self, code: str, changes: Changes) -> Programme:
        """Change a programme, and keep its policy. Raises InvalidProgramme."""
        wanted = apply_changes(await self.with_code(code), changes)
        sha256 = await self._keep(wanted.policy)
        ways = (wanted.mode, wanted.cadence, wanted.answer_days)
        await self._connection.execute(_SET, wanted.code, *ways, sha256)
        return wanted

    async def _keep(self, policy: Policy) -> str | None:
        """The policy's fingerprint; None is the default. A version never changes its content."""
        if policy == DEFAULT_POLICY:
            return None
        sha256 = policy_sha256(policy)
        await self._connection.execute(
            "INSERT INTO policies (sha256, version, content) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            sha256,
            policy.version,
            policy_data(policy),
        )
        stored_hash = await self._connection.fetchval(
            "SELECT sha256 FROM policies WHERE version = $1", policy.version
        )
        if stored_hash != sha256:
            raise VersionTaken(
                f"version : « {policy.version} » existe déjà avec un autre contenu ; "
                "une version ne change jamais, donnez-en une nouvelle."
            )
        return sha256

    async def cap(self, association: str, round_cap: int | None) -> None:
        """Most new pairs of an association in one round; None: no limit."""
        await self._connection.execute(_CAP, association, round_cap)

    async def caps(self) -> Sequence[Association]:
        """The associations that have a cap, by code."""
        rows = await self._connection.fetch(
            "SELECT association AS id, round_cap FROM association_caps"
            " WHERE round_cap IS NOT NULL ORDER BY association"
        )
        return [Association(**row) for row in rows]


def _programme(row: Record) -> Programme:
    result: dict[str, Any] = dict(row)
    content = result.pop("policy")
    programme = Programme(**result)
    return replace(programme, policy=policy_from(content)) if content else programme
