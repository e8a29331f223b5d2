"""Requests that no honest browser sends: made by hypothesis; `delivery` sends them and judges what
comes back.

A case is a list of plain values, so that it can be printed and sent again.
"""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import strategies as st

from tests.security.class_attacks import classroom
from tests.security.delivery import PublicInterface
from tests.security.honest import HONEST, REQUEST

SPECIALS = [
    "",
    " ",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "\u202eabc\u202c",
    "\ufeff",
    "a\u0301" * 50,
    "👩‍👩‍👧‍👦" * 20,
    "𝕬𝖇",
    "ﷺ" * 40,
    "\u200b\u200d",
    "İı",
    "ß",
    "\r\n\t",
    "x" * 30_000,
    "<img src=x onerror=alert(1)>",
    "${7*7}",
    "{{7*7}}",
    "{0.__class__}",
    "%s%n",
    "' OR 1=1 --",
    "`id`",
    "$(id)",
    "[MASK]*999999999",
    "[MASK]" * 500,
    "[MASK]*-1",
    "[MASK]*1e9",
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\x",
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "someone/model",
    "../fairy-causal",
    "fairy-causal/../x",
    "ngram/fox/9/word",
    "ngram/fox/1/word@0000",
    "ngram/../../x/1/word",
    "ngram/fox/²/word",
    "NaN",
    "Infinity",
    "-0",
    "1e400",
    "0x10",
    "１２",
    "true",
    "null",
    "None",
    "__class__",
    "constructor",
    "__proto__",
]
NUMBERS = [
    0,
    -0.0,
    -1,
    1,
    0.5,
    2**31,
    2**53,
    2**63,
    2**64,
    -(2**63),
    10**30,
    1e308,
    -1e308,
    5e-324,
    math.nan,
    math.inf,
    -math.inf,
    0.1 + 0.2,
]
MODELS = [
    "fairy-causal",
    "fairy-diffusion",
    "smollm2-135m",
    "ngram/fox/1/word",
    "ngram/fox/2/word",
    "exact-weather",
    "exact-tale",
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(SPECIALS),
    st.sampled_from(NUMBERS),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=40),
    st.text(st.characters(codec=None), max_size=12),
    st.sampled_from(MODELS),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(
            st.one_of(st.text(max_size=12), st.sampled_from(SPECIALS[:8])), inner, max_size=5
        ),
    ),
    max_leaves=12,
)


def changed(honest: dict[str, Any]) -> st.SearchStrategy:
    """`honest` with up to three of its values (nested ones too) replaced, left out, or strange ones
    added."""

    @st.composite
    def make(draw):
        value = json.loads(json.dumps(honest))
        for _ in range(draw(st.integers(0, 3))):
            place = value
            while True:
                keys = list(place) if isinstance(place, dict) else list(range(len(place)))
                key = draw(st.sampled_from(keys)) if keys else None
                if key is None or not (
                    isinstance(place[key], dict | list) and place[key] and draw(st.booleans())
                ):
                    break
                place = place[key]
            if key is None:
                break
            if isinstance(place, dict) and draw(st.integers(0, 5)) == 0:
                place.pop(key)
            else:
                place[key] = draw(anything)
        if draw(st.integers(0, 9)) == 0:
            value[draw(st.text(max_size=8))] = draw(anything)
        return value

    return make()


def cases(interface: PublicInterface) -> st.SearchStrategy:
    """Cases of every kind: ["call", name, body], ["program", name, body], ["run", ...], ["event",
    ...], ["function", ...], ["raw", ...], ["path", ...]."""
    names = sorted(set(interface.endpoints) & set(HONEST)) or ["decode"]
    posts = [
        "/gradio_api/queue/join",
        "/gradio_api/component_server",
        "/gradio_api/cancel",
        "/gradio_api/reset",
        *(f"/gradio_api/call/{name}" for name in names),
        *(f"/gradio_api/call/v2/{name}" for name in names),
        *(f"/gradio_api/run/{name}" for name in names),
    ]
    named, events = st.sampled_from(names), st.sampled_from(interface.events)
    event_data = st.one_of(
        anything,
        changed({"request": REQUEST}),
        changed({"what": "time", **REQUEST}),
        changed({"canvas": [5, 6], "locked": [True, False], "turn": 1, "model": "exact-tale"}),
    )
    raw = st.one_of(
        st.binary(max_size=200),
        anything.map(lambda value: json.dumps(value).encode()),
        st.sampled_from(
            [
                b"[" * 3000,
                b'{"data":' * 1500,
                b'{"data": 1e999999}',
                b'{"fn_index": -1}',
                b"\xff\xfe\x00",
                b"null",
                b'"' + b"x" * 2_000_000 + b'"',
            ]
        ),
    )
    return st.one_of(
        named.flatmap(lambda name: changed(HONEST[name]).map(lambda body: ["call", name, body])),
        named.flatmap(lambda name: changed(HONEST[name]).map(lambda body: ["program", name, body])),
        st.tuples(named, st.lists(anything, max_size=30)).map(lambda pair: ["run", *pair]),
        named.flatmap(
            lambda name: changed({**interface.endpoints[name], **HONEST[name]}).map(
                lambda body: [
                    "run",
                    name,
                    [body.get(parameter) for parameter in interface.endpoints[name]],
                ]
            )
        ),
        st.tuples(events, st.lists(anything, max_size=4), event_data).map(
            lambda made: ["event", made[0]["id"], made[1], made[2]]
        ),
        events.flatmap(
            lambda event: st.tuples(changed({"values": event["values"]}), event_data).map(
                lambda made: ["event", event["id"], made[0].get("values"), made[1]]
            )
        ),
        st.tuples(events, changed({"request": REQUEST})).map(
            lambda made: ["event", made[0]["id"], made[0]["values"], made[1]]
        ),
        st.tuples(
            st.sampled_from(interface.functions or [(1, "x")]),
            st.one_of(anything, changed(REQUEST)),
        ).map(lambda made: ["function", *made[0], made[1]]),
        st.tuples(
            st.sampled_from(interface.functions or [(1, "x")]),
            st.one_of(anything, changed(REQUEST)),
        ).map(lambda made: ["function", *made[0], made[1]]),
        st.tuples(
            st.one_of(st.integers(-5, 300), anything),
            st.one_of(
                st.sampled_from(["opened", "__init__", "postprocess", "get_config"]),
                st.text(max_size=10),
            ),
            anything,
        ).map(lambda made: ["function", *made]),
        st.tuples(st.sampled_from(posts), raw).map(
            lambda made: ["raw", made[0], made[1].hex() if len(made[1]) < 4000 else "big"]
        ),
        classroom(changed, anything),
        st.sampled_from(PATHS).map(lambda path: ["path", path]),
        st.text(max_size=60).map(lambda text: ["path", "/gradio_api/file=" + text]),
    )


ADDRESSES = [  # of the routes beside Gradio's own, and what is almost one of them
    "/health",
    "/metrics",
    "/teachers",
    "/teachers?lang=../../etc/passwd",
    "/teachers?lang=de&lang=%00",
    "/teachers/",
    "//",
    "//etc/passwd",
    "//teachers",
    "///class//QUEEN",
    "/?tab=generate&at=%00",
    "/web/0/../../app.py",
    "/web/0/..%2f..%2fapp.py",
    "/i18n/000000000000/de.json",
    "/i18n/000000000000/../../app.py",
    "/config",
    "/theme.css",
]
PATHS = ADDRESSES + [
    prefix + target
    for prefix in (
        "/gradio_api/file=",
        "/gradio_api/file/",
        "/file=",
        "/static/",
        "/assets/",
        "/gradio_api/custom_component/1/client/component/",
        "/gradio_api/proxy=",
    )
    for target in (
        "/etc/passwd",
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "/proc/self/environ",
        "app.py",
        "playground/backend/limits.py",
        "assets/models/fairy-causal/config.json",
        "assets/fonts/../../app.py",
        "assets/fonts/..%2f..%2fapp.py",
        "//etc/passwd",
        "\\etc\\passwd",
        "file:///etc/passwd",
        "http://127.0.0.1:1/",
        "\x00/etc/passwd",
        "C:/x",
        "~/.ssh/id_rsa",
        ".git/config",
    )
]
