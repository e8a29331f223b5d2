"""Two visitors may be the first to import a room at the same moment, from two threads."""

import ast
from pathlib import Path

import pytest

ROOMS = Path(__file__).parents[2] / "playground"


@pytest.mark.parametrize(
    "path",
    [
        p
        for room in ("decoding", "diffusion", "markov")
        for p in sorted((ROOMS / room).rglob("*.py"))
    ],
    ids=lambda p: str(p.relative_to(ROOMS)),
)
def test_no_file_of_a_room_waits_for_the_room_itself(path):
    """`from playground.decoding import penalties` inside playground/decoding waits for the room's own __init__, which another thread
    may be running while it waits for this file: Python then hands one of them a half-made module (an ImportError on the page)."""
    if path.name in ("__init__.py", "__main__.py"):
        return
    room = "playground." + path.relative_to(ROOMS).parts[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.module != room, (
                f"{path.name}, line {node.lineno}: import from the file that has the name, not from {room}"
            )
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith(room) for alias in node.names), (
                f"{path.name}, line {node.lineno}: write from {room}.… import …"
            )
