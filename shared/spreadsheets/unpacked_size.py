"""How large a workbook may become: judged by its table of contents, before anything is unpacked.

An XLSX file is a ZIP archive; 300 kB of it can hold 300 MB. Python's reader never unpacks more of
an entry than the table says, so what the table says is a true bound.
"""

import io
import zipfile

from shared.spreadsheets.errors import invalid_file

MOST_UNPACKED = 100_000_000
"""All entries together: some 200 000 rows of people."""
MOST_HELD = 20_000_000
"""An entry that is held in memory as a whole: texts, styles, the list of sheets."""
MOST_ENTRIES = 500
RATIO_FROM = 5_000_000
MOST_RATIO = 200
"""Sheets that people make shrink to a tenth, very repetitive ones to a hundredth."""

_SHEETS = "xl/worksheets/"


def check_unpacked_size(file: str, content: bytes) -> None:
    """Raises InvalidSheet for an archive that would unpack beyond reason, BadZipFile for none."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise invalid_file(
            file, f"ce classeur a trop de feuilles ou d'objets ({MOST_ENTRIES} au plus)."
        )
    if any(map(_is_too_large, entries)) or sum(x.file_size for x in entries) > MOST_UNPACKED:
        raise invalid_file(
            file,
            "ce classeur est trop gros une fois décompressé "
            f"({MOST_UNPACKED // 1_000_000} Mo au plus) ; gardez la seule feuille utile, "
            "partagez le tableau en plusieurs fichiers, ou enregistrez-le en CSV.",
        )


def _is_too_large(entry: zipfile.ZipInfo) -> bool:
    is_held = not entry.filename.startswith(_SHEETS)
    if is_held and entry.file_size > MOST_HELD:
        return True
    return entry.file_size > max(RATIO_FROM, MOST_RATIO * entry.compress_size)
