"""The common look with this service's own pages."""

from pathlib import Path

from shared.web import pages

TEMPLATES = pages(Path(__file__).parent / "templates")
