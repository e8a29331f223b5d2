"""Home: a machine for words that is played. It moves at once by a recording, and is live from the
first touch on."""

from __future__ import annotations

import json
from typing import Any

from playground.i18n import t
from playground.pages.errors import answered_messages
from playground.pages.home import live
from playground.pages.home.door import door
from playground.pages.home.record import RECORDED
from playground.takeaway.film import film
from playground.widgets.home_machine import HomeMachine
from playground.widgets.widget import called

TITLE = t("Home")
SLUG = "home"


def build(app: Any) -> None:

    backend = app.backend
    functions = {
        "look": lambda raw: live.look(backend(), raw),
        "fill": lambda raw: live.fill(backend(), raw),
        "vocabulary": lambda raw: live.vocabulary(backend()),
        "film": film,
        "door": door,
    }
    HomeMachine(
        constants=json.loads(RECORDED.read_text(encoding="utf-8")),
        server_functions=[called(name, answered_messages(fn)) for name, fn in functions.items()],
        elem_id="home-machine",
    )
    app.at_start(lambda: backend().prepare(live.CAUSAL))
