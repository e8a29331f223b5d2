"""The fonts: kept for ever by the browser under the hash of their contents, nothing else by that
address."""

import pytest

from playground.paths import ASSETS
from playground.server.font_files import FontFiles, shipped_fonts

NAMES = sorted(path.name for path in (ASSETS / "fonts").glob("*.woff2"))


@pytest.mark.parametrize("name", NAMES)
def test_a_font_is_sent_whole_and_kept_for_ever(below, name):
    answer = below.get("/below/" + shipped_fonts().address(name))
    assert answer.content == (ASSETS / "fonts" / name).read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "font/woff2"


@pytest.mark.parametrize(
    "path", ["OFL-inter.txt", "../style.css", "..%2fstyle.css", "", "none.woff2", "%00"]
)
def test_nothing_but_the_fonts_is_there(below, path):
    answer = below.get(f"/below/fonts/{shipped_fonts().mark}/{path}")
    assert answer.status_code == 404 and b"{" not in answer.content
    with pytest.raises(ValueError, match="holds no font"):
        shipped_fonts().address(path)


def test_other_contents_have_another_address(tmp_path):
    (tmp_path / "a.woff2").write_bytes(b"1")
    before = FontFiles(tmp_path)
    (tmp_path / "a.woff2").write_bytes(b"2")
    after = FontFiles(tmp_path)
    assert before.address("a.woff2") != after.address("a.woff2")
    assert after.answer(before.mark, "a.woff2").status_code == 404
