"""How the project is laid out: who imports whom, how long a file may be, what scripts may not
do."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "playground"
MOST_LINES = 400


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_keep_the_contracts_of_pyproject():
    """Which package may import which, where transformers, gradio and plotly may be used, and no
    circles."""
    # a process of its own: the linter keeps the stream that it writes to, which pytest closes
    # between tests
    lint = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True, no_logo=True))"
    done = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_packages_stand_in_the_contracts():
    """A new package of playground/ says in pyproject.toml what it may import."""
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packages = {path.relative_to(PACKAGE).parts[0] for path in tracked("playground/*.py")}
    packages = {name.removesuffix(".py") for name in packages} - {"__init__", "__main__"}
    missing = [name for name in sorted(packages) if f'"playground.{name}"' not in contracts]
    assert not missing


def late_imports() -> list[str]:
    """Imports of own packages inside of functions."""
    found = []
    for path in tracked("playground/*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found += [
                    f"{name_of(path)}:{node.lineno}"
                    for node in ast.walk(function)
                    if (isinstance(node, ast.ImportFrom) and (node.level or is_own(node.module)))
                    or (isinstance(node, ast.Import) and is_own(node.names[0].name))
                ]
    return sorted(set(found))


def is_own(module: str | None) -> bool:
    return (module or "").split(".")[0] == "playground"


def test_own_packages_are_imported_at_the_top_of_a_file():
    """Packages export lazily, so that hardly anything has to wait: the backend's heavy halves, and
    commands for a terminal."""
    assert len(late_imports()) <= 20, late_imports()


@pytest.mark.parametrize("path", tracked("*.py", "*.js"), ids=name_of)
def test_a_file_holds_one_idea(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{lines} lines"
    assert path.stem not in {"utils", "helpers", "manager", "misc", "common"}


def test_scripts_never_put_data_into_markup():
    """Token text is hostile: it is drawn with textContent; templates are static."""
    for path in tracked("playground/*.js"):
        source = path.read_text(encoding="utf-8")
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
        ):
            assert word not in source, f"{name_of(path)} uses {word}"


def test_no_file_is_too_large_for_a_plain_push():
    for path in sorted((ROOT / "assets").rglob("*")):
        if path.is_file():
            limit = 9.4e6 if "models" in path.parts else 1e6
            assert path.stat().st_size < limit, f"{name_of(path)} has {path.stat().st_size} bytes"


def test_every_file_that_the_architecture_names_is_there():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:playground|assets|tests)/[\w./-]+)`", text))
    assert len(named) > 20
    for name in named:
        assert (ROOT / name).exists(), name
