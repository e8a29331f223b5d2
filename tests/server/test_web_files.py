"""The browser half by URL: kept for ever, one hash for all files, nothing outside the folder, under
any root path."""

import gzip

import brotli
import pytest

from playground.web import WEB, WebFiles, preloads, shipped


def test_a_module_is_served_below_a_root_path_and_kept_for_ever(below):
    answer = below.get(f"/below/{shipped().address('core/dom.js')}")
    assert answer.status_code == 200 and answer.text == (WEB / "core/dom.js").read_text("utf-8")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("coding", "plain"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_a_module_travels_compressed_once(below, coding, plain):
    body = (WEB / "core/dom.js").read_bytes()
    with below.stream(
        "GET", f"/below/{shipped().address('core/dom.js')}", headers={"accept-encoding": coding}
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == coding
    assert len(raw) < len(body) / 2 and plain(raw) == body
    assert "accept-encoding" in answer.headers["vary"].lower()


@pytest.mark.parametrize(
    "path",
    [
        "core/none.js",
        "../server/web_files.py",
        "..%2fserver%2fweb_files.py",
        "core/../../__init__.py",
        "%2e%2e/paths.py",
        "",
        "core",
        "//etc/passwd",
    ],
)
def test_nothing_else_is_served(below, path):
    answer = below.get(f"/below/web/{shipped().mark}/{path}")
    assert answer.status_code == 404


def test_another_hash_is_not_answered_with_these_files(below):
    answer = below.get("/below/web/0123456789abcdef/core/dom.js")
    assert answer.status_code == 404 and "immutable" not in answer.headers.get("cache-control", "")


def test_any_changed_file_changes_the_address_of_all(tmp_path):
    (tmp_path / "a.js").write_text("export const a = 1;")
    (tmp_path / "b.js").write_text("export const b = 1;")
    before = WebFiles(tmp_path).address("a.js")
    (tmp_path / "b.js").write_text("export const b = 2;")
    assert WebFiles(tmp_path).address("a.js") != before
    assert list(WebFiles(tmp_path).bodies) == ["a.js", "b.js"]


def test_a_module_that_is_not_there_is_noticed_when_the_page_is_built():
    with pytest.raises(ValueError, match=r"holds no file 'core/none\.js'"):
        shipped().address("core/none.js")


def test_preloads_are_relative_to_the_pages_base():
    assert (
        preloads(("core/dom.js",))
        == f'<link rel="modulepreload" href="web/{shipped().mark}/core/dom.js">'
    )
