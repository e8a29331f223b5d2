"""Who may import whom (the house plan of the README's architecture section), read from the source itself."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGE = ROOT / "playground"
# room -> rooms below it that it may know; "pages" may know all of them
ALLOWED = {
    "web": set(),
    "widgets": {"traces", "web"},
    "takeaway": {"traces", "widgets"},
    "backend": {"traces", "cluster"},
    "cluster": {"backend", "traces"},
    "server": {"backend", "web"},
    "diffusion": {"markov", "traces"},
    "decoding": {"metrics", "traces"},
    "i18n": set(),
    "markov": {"traces"},
    "metrics": set(),
    "lazy": set(),
    "parameters": set(),
    "paths": set(),
    "traces": set(),
    "training": {"diffusion.noise", "metrics", "traces"},
    "words": set(),
}
LIBRARIES = {
    "transformers": {"backend", "cluster", "training"},
    "gradio": {"pages", "widgets"},
    "plotly": {"pages", "widgets"},
}
ENTRY_POINTS = {
    "__main__.py",
    "i18n/__main__.py",
    "words/__main__.py",
    "diffusion/__main__.py",
}  # commands for a terminal, not imported by anything: they may fetch a model


def room_of(path: pathlib.Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_modules(path: pathlib.Path):
    """Absolute dotted names of everything a file imports, at any depth of its code."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = parts[:-1]  # for a module and for __init__.py alike
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = ".".join(base + ([node.module] if node.module else []))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def sources():
    return sorted(
        p for p in PACKAGE.rglob("*.py") if p.name != "__init__.py" or p.parent != PACKAGE
    )


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_below_it(path):
    room = room_of(path)
    if room == "pages" or str(path.relative_to(PACKAGE)) in ENTRY_POINTS:
        return
    allowed = {
        f"playground.{name}"
        for name in ALLOWED[room] | {room, "i18n", "lazy", "parameters", "paths"}
    }
    for module in imported_modules(path):
        if module.startswith("playground."):
            assert any(
                module == a or module.startswith(a + ".") or a.startswith(module + ".")
                for a in allowed
            ), (
                f"{path.relative_to(ROOT)} imports {module}; {room} may know {sorted(ALLOWED[room]) or 'nothing'}"
            )


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_libraries_stay_in_their_rooms(path):
    for module in imported_modules(path):
        library = module.split(".")[0]
        if library in LIBRARIES:
            assert room_of(path) in LIBRARIES[library], (
                f"{path.relative_to(ROOT)} imports {library}"
            )


@pytest.mark.parametrize(
    "path",
    sorted(p for folder in (PACKAGE, ROOT / "tests") for p in folder.rglob("*.py")),
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_a_file_holds_one_idea(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450
    assert path.stem not in {"utils", "helpers", "manager", "misc", "common"}


def test_widget_scripts_never_put_data_into_markup():
    """Token text is hostile: widgets draw with textContent; templates are static."""
    for path in sorted(PACKAGE.rglob("*.js")):
        source = path.read_text(encoding="utf-8")
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
        ):
            assert word not in source, f"{path.relative_to(ROOT)} uses {word}"


def test_no_file_is_too_large_for_a_plain_push():
    for path in sorted((ROOT / "assets").rglob("*")):
        if path.is_file():
            limit = 9.4e6 if "models" in path.parts else 1e6
            assert path.stat().st_size < limit, (
                f"{path.relative_to(ROOT)} has {path.stat().st_size} bytes"
            )
