"""The QR code of a link, read by another library."""

import pytest
import zxingcpp
from PIL import Image

from playground.takeaway.qr import LONGEST, squares


def read(rows, scale=4):
    side = len(rows) + 8
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark == "1":
                image.putpixel((x + 4, y + 4), 0)
    found = zxingcpp.read_barcodes(
        image.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    )
    assert len(found) == 1 and "QR" in str(found[0].format)
    return found[0].text


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:7860/?tab=generate",
        "https://a.example/?tab=generate&prompt=Ein%20M%C3%A4rchen%20%E4%B8%AD&seed=7&step=12",
        "https://a.example/?tab=diffusion&canvas=" + "x" * 700,
        "https://a.example/?q=" + "y" * (LONGEST - 22),
    ],
)
def test_the_code_says_the_address(address):
    rows = squares(address)
    assert all(len(row) == len(rows) and set(row) <= {"0", "1"} for row in rows)
    assert read(rows) == address


@pytest.mark.parametrize("bad", ["javascript:alert(1)", "", None, 7, ["http://x"]])
def test_only_web_addresses(bad):
    with pytest.raises(ValueError, match="address must begin with http"):
        squares(bad)


def test_too_long_an_address_says_so():
    with pytest.raises(
        ValueError,
        match="This link is too long for a QR code: it has 3,007 bytes, at most 2,331 fit",
    ):
        squares("http://" + "é" * 1500)
