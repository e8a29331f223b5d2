"""Two visitors may be the first to import a package at the same moment, from two threads."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from playground import decoding, diffusion, lazy, markov

PACKAGES = Path(__file__).parents[2] / "playground"


@pytest.mark.parametrize(
    "path",
    [
        p
        for package in ("decoding", "diffusion", "markov")
        for p in sorted((PACKAGES / package).rglob("*.py"))
    ],
    ids=lambda p: str(p.relative_to(PACKAGES)),
)
def test_no_file_of_a_package_waits_for_the_package_itself(path):
    """`from playground.decoding import penalties` inside playground/decoding waits for the
    package's own __init__, which another thread may be running while it waits for this file: Python
    then hands one of them a half-made module (an ImportError on the page)."""
    if path.name in ("__init__.py", "__main__.py"):
        return
    package = "playground." + path.relative_to(PACKAGES).parts[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.module != package, (
                f"{path.name}, line {node.lineno}: import from the file that has the name, not "
                f"from {package}"
            )
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith(package) for alias in node.names), (
                f"{path.name}, line {node.lineno}: write from {package}.… import …"
            )


@pytest.mark.parametrize(
    "module",
    ["parameters", "decoding", "decoding.settings", "diffusion", "diffusion.settings", "markov"],
)
def test_settings_cost_no_torch(module):
    """A page reads names and ranges from them before its first frame; torch takes seconds."""
    code = f"import sys, playground.{module}; print([name for name in ('torch', 'scipy', 'transformers', 'gradio') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=PACKAGES.parent,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("package", [decoding, diffusion, markov])
def test_a_package_offers_what_it_names(package):
    for name in package.__all__:
        assert getattr(package, name) is not None and name in dir(package)
    with pytest.raises(AttributeError, match="no_such_name"):
        package.no_such_name  # noqa: B018


def test_a_name_of_a_module_cannot_be_offered():
    """Importing the module would put it where the package's own function stood."""
    with pytest.raises(ImportError, match="also the name of one of its modules"):
        lazy.exports("playground.decoding", {"stages": ("settings",)})
