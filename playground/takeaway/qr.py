"""A link as a picture for projectors: the squares of a QR code (ISO/IEC 18004), made here, drawn by
the browser."""

from __future__ import annotations

from typing import Any

LONGEST = 2331  # bytes that a QR code of the largest size holds at error correction M


def squares(address: Any) -> list[str]:
    """The code's rows, "1" where it is dark, without the quiet border of four squares that the
    drawing must add.

    Raises ValueError where `address` is no web address of 1 to LONGEST bytes."""
    if not isinstance(address, str) or not address.startswith(("http://", "https://")):
        raise ValueError(f"address must begin with http:// or https://, got {str(address)[:40]!r}")
    size = len(address.encode("utf-8", "replace"))
    if size > LONGEST:
        raise ValueError(
            f"This link is too long for a QR code: it has {size:,} bytes, at most {LONGEST:,} "
            "fit. Copy the link, or shorten the text."
        )
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(address.encode("utf-8", "replace"), optimize=0)
    code.make(fit=True)
    return ["".join("1" if dark else "0" for dark in row) for row in code.get_matrix()]
