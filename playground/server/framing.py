"""Which sites may show the playground in a frame: `PLAYGROUND_FRAME_ANCESTORS`.

The variable holds origins with spaces between them ("https://school.example
https://*.moodle.example:8443"), `*` for every site or `none` for none. Without it a Space may be
framed by every site, as the hub itself allows, and every other host by its own pages alone.

What an open frame gives away was weighed: clickjacking needs an action that a signed-in visitor
would not want to take, and here nobody signs in. The cookie of `deploy/nginx.conf` only picks a
process; a click in a foreign frame can start a run or change what its own visitor sees, nothing
else. The key of a class is sent in a header by the tab that opened it, never by the browser on its
own, and a frame of another site cannot read it.

Source: Content Security Policy Level 3, section 6.4.2, frame-ancestors.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

VARIABLE = "PLAYGROUND_FRAME_ANCESTORS"
ORIGIN = re.compile(
    r"https?://(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?/?",
    re.IGNORECASE,
)


def frame_ancestors(environment: Mapping[str, str] | None = None) -> str:
    """The sources of the directive `frame-ancestors`. ValueError names what is no origin."""
    given: Mapping[str, str] = os.environ if environment is None else environment
    words = given.get(VARIABLE, "").split()
    if not words:
        return "*" if "SPACE_ID" in given else "'self'"
    if words in (["*"], ["none"]):
        return "*" if words == ["*"] else "'none'"
    for word in words:
        if not ORIGIN.fullmatch(word):
            raise ValueError(
                f"{VARIABLE}: {word!r} is no origin. Write the scheme and the host, as in "
                "https://school.example, several with spaces between them; or * for every site, "
                "or none."
            )
    return " ".join(["'self'", *(word.rstrip("/") for word in words)])
