"""The address under which other devices of the same network reach this machine: a class's QR code
must carry that one.

On the computer that serves the app a teacher opens http://127.0.0.1:7860, which a phone would look
for in itself.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import Any
from urllib.parse import urlsplit, urlunsplit

EVERYWHERE = ("0.0.0.0", "::", "")


def own_address() -> str | None:
    """This machine's IPv4 address in its network, None where it has none besides the loopback.
    Nothing is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:  # of a datagram the system chooses the way, and so the sender's address; without the internet it needs a network only
            probe.connect(("10.255.255.255", 9))
            found = probe.getsockname()[0]
        except OSError:
            return None
    address = ipaddress.ip_address(found)
    return None if address.is_loopback or address.is_unspecified else found


def reachable(address: Any, listens: str | None) -> str | None:
    """`address` for other devices: the same unless its host is this computer's name for itself;
    None where none is known.

    listens: the address on which the app listens; only on all of them (0.0.0.0) others reach it."""
    if not isinstance(address, str) or len(address) > 2000:
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    if not _is_local(host):
        return address
    if os.environ.get("SPACE_ID"):
        # a Space has no network of its own for a class, and its inner address is nobody's business
        return None
    own = own_address() if listens in EVERYWHERE else None
    if own is None:
        return None
    return urlunsplit(parts._replace(netloc=own if port is None else f"{own}:{port}"))


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
