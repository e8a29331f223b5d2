"""Requests that no honest browser sends: made by hypothesis; `delivery` sends them and judges what comes back.

A case is a list of plain values, so that it can be printed and sent again.
"""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import strategies as st

from tests.security.class_attacks import classroom
from tests.security.delivery import PublicInterface

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

# what an honest page or program sends; cases change a part of it
RULES = {
    "temperature": 0.8,
    "top_p": 0.9,
    "top_k": 0,
    "min_p": 0.0,
    "typical_p": 1.0,
    "repetition_penalty": 1.1,
    "no_repeat_ngram_size": 0,
    "mirostat_tau": 0.0,
    "order": "transformers",
    "seed": 3,
    "max_new_tokens": 3,
    "do_sample": True,
    "xtc_probability": 0.0,
    "dry_multiplier": 0.0,
}
HONEST: dict[str, dict[str, Any]] = {
    "decode": {"model": "fairy-causal", "prompt": "once upon", **RULES},
    "distribution": {
        "model": "fairy-causal",
        "prompt": "once upon",
        "ids": [],
        "index": 0,
        "top": 5,
    },
    "attribution": {
        "model": "fairy-causal",
        "prompt": "once upon",
        "chat": False,
        "ids": [],
        "token": -1,
    },
    "score": {"model": "fairy-causal", "text": "once upon a time", "top": 3},
    "escape": {
        "delta_e": 2.0,
        "temperature": 0.8,
        "top_p": 0.9,
        "min_p": 0.0,
        "top_k": 0,
        "rivals": 1,
        "order": "transformers",
        "logits": None,
    },
    "markov": {
        "transition": [[0.5, 0.5], [0.1, 0.9]],
        "states": ["a", "b"],
        "start": "a",
        "steps": 5,
        "seed": 1,
    },
    "hmm": {
        "initial": [1, 0],
        "transition": [[0.5, 0.5], [0.1, 0.9]],
        "emission": [[1, 0], [0, 1]],
        "observations": [0, 1],
    },
    "corrupt": {
        "text": "once upon a time",
        "t": 0.5,
        "noise": "absorbing",
        "schedule": "linear",
        "seed": 0,
    },
    "unmask": {
        "canvas": "once [MASK]*3 .",
        "steps": 2,
        "sampler": "dream",
        "model": "exact-tale",
        "top": 2,
    },
    "compare": {
        "model": "fairy-causal",
        "prompt": "once",
        "columns": [{"kind": "greedy"}],
        "tokens": 2,
        "runs": 1,
        "seed": 0,
        "scorer": "",
    },
    "speculate": {
        "model": "fairy-causal",
        "prompt": "once",
        "drafter": "repeats",
        "tokens": 3,
        "drafts": 2,
        "temperature": 1.0,
        "top_p": 1.0,
        "seed": 0,
    },
}
REQUEST = {
    "run": "a",
    "model": "fairy-causal",
    "prompt": "once upon",
    "chat": False,
    "settings": RULES,
    "prefix": [5],
    "forced": [],
    "memory": None,
    "text": "once upon a time",
    "tokens": 4,
    "steps": 2,
    "columns": [{"kind": "greedy"}],
    "beams": 2,
    "samples": 2,
    "texts": ["a b", "c d"],
    "labels": ["x", "y"],
    "template": "{text} is",
    "ids": [5, 6],
    "prompt_length": 1,
    "index": 1,
    "temperatures": [0.5],
    "grid": {"temperature": [0.5]},
    "seeds": 1,
    "column": {"kind": "greedy"},
    "judge": "",
    "seed": 1,
    "page": "escape",
    "step": 0,
    "query": "?tab=generate&prompt=x",
    "candidate": "a b",
    "references": ["a c"],
    "first": "a",
    "second": "b",
    "models": ["fairy-causal", "fairy-causal"],
    "source": {"table": "a 1\nb 2"},
    "plane": {},
    "trace": {},
}


def changed(honest: dict[str, Any]) -> st.SearchStrategy:
    """`honest` with up to three of its values (nested ones too) replaced, left out, or strange ones added."""

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
    """Cases of every kind: ["call", name, body], ["program", name, body], ["run", ...], ["event", ...], ["function", ...], ["raw", ...], ["path", ...]."""
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
