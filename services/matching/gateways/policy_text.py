"""A policy as TOML; `read_policy` gives it back as it was."""

from decimal import Decimal

from services.matching.domain.policy import DEFAULT_POLICY, Policy


def policy_text(policy: Policy) -> str:
    """A policy as TOML; `read_policy` gives it back as it was."""
    lines = [
        f"version = {_quote(policy.version)}",
        f"objective = {_quote(policy.objective)}",
        f"min_score = {_decimal(policy.min_score)}",
    ]
    if policy.minor_mentors != DEFAULT_POLICY.minor_mentors:
        lines.append(f"minor_mentors = {_quote(policy.minor_mentors)}")
    lines += ["", "[weights]"]
    lines += [f"{name} = {_decimal(value)}" for name, value in policy.weights.by_name().items()]
    for floor in policy.floors:
        share = format(floor.share, "f")
        lines += ["", "[[floors]]", f"public = {_quote(floor.public)}", f"share = {share}"]
    return "\n".join(lines) + "\n"


def _decimal(value: float) -> str:
    """The shortest digits that give the same float back, never in powers of ten."""
    return format(Decimal(repr(value)), "f")


def _quote(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    written = (f"\\u{ord(c):04X}" if c < " " or c == "\x7f" else c for c in escaped)
    return f'"{"".join(written)}"'
