"""Where the files that travel with the code lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def find_assets(package: Path = _PACKAGE) -> Path:
    """The folder of models, lessons, examples, fonts and styles.

    In a checkout (and on Spaces) it lies beside the package, in an installed wheel inside it.
    Raises FileNotFoundError if it is in neither place.
    """
    for folder in (package.parent / "assets", package / "assets"):
        if (folder / "style.css").is_file():
            return folder
    raise FileNotFoundError(f"the assets of the playground lie neither beside nor in {package}")


ASSETS = find_assets()
