"""Gradio's scripts and styles: kept for ever by the browser, compressed once, nothing outside their
folder."""

import gzip
from pathlib import Path

import brotli
import pytest
from gradio.routes import BUILD_PATH_LIB

from playground.server.gradio_files import GradioFiles, gradio_assets

FOLDER = Path(BUILD_PATH_LIB)
LARGEST = max(FOLDER.glob("*.js"), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize(
    ("coding", "plain"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)]
)
def test_a_script_is_kept_for_ever_and_travels_compressed(below, coding, plain):
    with below.stream(
        "GET", f"/below/assets/{LARGEST.name}", headers={"accept-encoding": coding}
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding", "identity") == coding
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert plain(raw) == LARGEST.read_bytes()


def test_the_folder_is_the_one_that_gradio_serves():
    assert gradio_assets() == FOLDER


def test_each_form_is_made_once():
    answers = GradioFiles(FOLDER)
    assert answers.answer(LARGEST.name, "br") is answers.answer(LARGEST.name, "gzip, br")


def test_a_font_is_sent_as_it_is(below):
    font = next(FOLDER.glob("*.woff2"))
    answer = below.get(f"/below/assets/{font.name}")
    assert answer.content == font.read_bytes() and "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("index-BWFpAt5n.js", "public, max-age=31536000, immutable"),
        ("KaTeX_Main-Bold-waoOVXN0.css", "public, max-age=31536000, immutable"),
        ("index.js", "no-cache"),
        ("language-settings.js", "no-cache"),
    ],
)
def test_a_name_without_a_hash_is_asked_for_each_time(tmp_path, name, kept):
    (tmp_path / name).write_text("1")
    assert GradioFiles(tmp_path).answer(name).headers["cache-control"] == kept


@pytest.mark.parametrize(
    "path", ["none-12345678.js", "..%2findex.html", "%2e%2e/index.html", "../../routes.py"]
)
def test_nothing_else_is_served(below, path):
    answer = below.get(f"/below/assets/{path}")
    assert answer.status_code == 404 and "immutable" not in answer.headers.get("cache-control", "")
