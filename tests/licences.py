"""Writes THIRD_PARTY_LICENCES.md: what the app needs to run and what is shipped in it, each with
its licence.

    python tests/licences.py

Requirements are read from requirements.txt, their licences from what the installed packages say of
themselves; fonts and models from what lies beside them. Run it after a change of either; a test
fails where an entry is missing.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "THIRD_PARTY_LICENCES.md"


def requirements() -> list[str]:
    """Names of the packages that requirements.txt asks for, in its order."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [found[0] for line in lines if (found := re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line))]


def licence_of(name: str) -> str:
    """What the installed package says of its licence: the expression, else the classifiers, else
    the first line of the field.

    Raises ValueError where it is not installed or says nothing: then a person must look."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        raise ValueError(f"{name} must be installed to read its licence") from None
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or []
        if line.startswith("License :: ") and line.rpartition(" :: ")[2] != "OSI Approved"
    ]
    field = (about.get("License") or "").strip().splitlines()
    said = about.get("License-Expression") or ", ".join(classifiers) or (field[0] if field else "")
    if not said:
        raise ValueError(f"{name} says nothing of its licence: look into its files")
    return said


def shipped() -> list[tuple[str, str]]:
    """(what is in assets, its licence): fonts and models."""
    fonts = [
        (f"assets/fonts/{path.name}", "OFL-1.1")
        for path in sorted(ROOT.glob("assets/fonts/*.woff2"))
    ]
    models = [
        (f"assets/models/{path.name}", "Apache-2.0; its sources: the card in the folder")
        for path in sorted(ROOT.glob("assets/models/*"))
        if path.is_dir()
    ]
    return fonts + models


def written() -> str:
    """The file's text."""
    lines = [
        "# Third-party licences",
        "",
        "Made by `python tests/licences.py`. The playground itself is under Apache-2.0 "
        "(`LICENSE`).",
        "",
        "What the app needs to run; each package brings its licence's text with it:",
        "",
        "| package | licence, as it says itself |",
        "|---|---|",
        *(f"| {name} | {licence_of(name)} |" for name in requirements()),
        "",
        "What is shipped in the repository:",
        "",
        "| files | licence |",
        "|---|---|",
        *(f"| {name} | {licence} |" for name, licence in shipped()),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
