"""The .po files, kept by Babel (a development tool; see CONTRIBUTING.md).

python -m playground.i18n update   takes the messages of the sources into the .po files: new ones empty, dead ones out
python -m playground.i18n check    ends with 1 where the .po files are not what `update` would write
python -m playground.i18n missing  what has no translation yet, by language
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playground.i18n.tables import LOCALES, TRANSLATED, read

ROOT = Path(__file__).resolve().parents[2]
# Where `t` is a time, a Python module writes `from playground.i18n import t as tr`.
KEYWORDS = ("t", "nt:1,2", "mark", "pieces")


def babel(*arguments: str) -> int:
    """One command of `pybabel` at the root of the repository, its exit code."""
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def extract(pot: Path) -> None:
    """Writes the messages of the sources, sorted, without line numbers: they would change with
    every edit."""
    words = [part for keyword in KEYWORDS for part in ("-k", keyword)]
    code = babel(
        *("extract", "--no-default-keywords", *words, "-F", "babel.cfg"),
        *("--add-location", "file", "--sort-output", "--width", "100", "-o", str(pot), "."),
    )
    if code:
        raise RuntimeError("the messages could not be extracted")


def updated(*more: str) -> int:
    """`pybabel update` over the three languages."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        extract(pot)
        return babel(
            *("update", "-i", str(pot), "-d", str(LOCALES), "--no-fuzzy-matching"),
            *("--ignore-obsolete", "--ignore-pot-creation-date", "--width", "100"),
            *more,
        )


def missing(language: str) -> list[str]:
    """The ids without a translation."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in read(language)
        if message.id
        and not (message.string if isinstance(message.id, str) else all(message.string))
    ]


def main(arguments: list[str]) -> int:
    if arguments == ["update"]:
        return updated()
    if arguments == ["check"]:
        return updated("--check")
    if arguments == ["missing"]:
        found = {language: missing(language) for language in TRANSLATED}
        for language, ids in found.items():
            print(f"{language}: {len(ids)}", *ids, sep="\n  ")
        return int(any(found.values()))
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
