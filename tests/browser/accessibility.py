"""Axe over a page as a browser shows it."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

LAUNCH: dict[str, Any] = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}
"""How tests start Debian's Chromium: `playwright.chromium.launch(**LAUNCH)`."""

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}});
  return found.violations.map(v => ({rule: v.id, impact: v.impact, help: v.help,
    places: v.nodes.map(n => n.target.join(" ") + ": " + n.failureSummary)}));
}"""


async def axe(page: Page) -> list[dict[str, Any]]:
    """What axe finds wrong: `rule`, `impact`, `help`, `places`; an empty list is what we want.

    Evaluated by the debugger, so that the page keeps its Content-Security-Policy.
    """
    await page.evaluate(AXE)
    violations: list[dict[str, Any]] = await page.evaluate(RUN, RULES)
    return violations
