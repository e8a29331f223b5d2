"""Requests that no honest browser sends: made by hypothesis, sent to a running app, judged by what comes back.

A case is a list of plain values (so that it can be printed and sent again); `send(door, case)` answers with an Outcome. A server
error (5xx), a connection that breaks, silence, and an error whose sentence nobody wrote are failures.
"""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from gradio_client.exceptions import AppError
from hypothesis import strategies as st

from playground.pages.answer_size import LARGEST

SECONDS = 60.0
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


@dataclass
class Outcome:
    kind: str  # "fine", "refused" (a sentence or 4xx), "failed"
    detail: str = ""


@dataclass
class House:
    """What a stranger can read off a running app: its endpoints, its events, its server functions."""

    url: str
    endpoints: dict[str, dict[str, Any]]  # name -> its parameters in order, with their defaults
    events: list[dict]
    functions: list[tuple[int, str]]

    @classmethod
    def of(cls, url: str) -> House:
        with httpx.Client(base_url=url, timeout=SECONDS) as client:
            config, info = client.get("/config").json(), client.get("/gradio_api/info").json()
        endpoints = {
            name.strip("/"): {
                one["parameter_name"]: one.get("parameter_default") for one in about["parameters"]
            }
            for name, about in info["named_endpoints"].items()
        }
        functions = [
            (one["id"], name)
            for one in config["components"]
            for name in one["props"].get("server_fns") or []
        ]
        values = {one["id"]: one["props"].get("value") for one in config["components"]}
        return cls(
            url,
            endpoints,
            [
                {"id": one["id"], "values": [values.get(name) for name in one["inputs"]]}
                for one in config["dependencies"]
            ],
            functions,
        )


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


def cases(house: House) -> st.SearchStrategy:
    """Cases of every kind: ["call", name, body], ["program", name, body], ["run", ...], ["event", ...], ["function", ...], ["raw", ...], ["path", ...]."""
    names = sorted(set(house.endpoints) & set(HONEST)) or ["decode"]
    posts = [
        "/gradio_api/queue/join",
        "/gradio_api/component_server",
        "/gradio_api/cancel",
        "/gradio_api/reset",
        *(f"/gradio_api/call/{name}" for name in names),
        *(f"/gradio_api/call/v2/{name}" for name in names),
        *(f"/gradio_api/run/{name}" for name in names),
    ]
    named, events = st.sampled_from(names), st.sampled_from(house.events)
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
            lambda name: changed({**house.endpoints[name], **HONEST[name]}).map(
                lambda body: [
                    "run",
                    name,
                    [body.get(parameter) for parameter in house.endpoints[name]],
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
            st.sampled_from(house.functions or [(1, "x")]), st.one_of(anything, changed(REQUEST))
        ).map(lambda made: ["function", *made[0], made[1]]),
        st.tuples(
            st.sampled_from(house.functions or [(1, "x")]), st.one_of(anything, changed(REQUEST))
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
        classroom(),
        st.sampled_from(PATHS).map(lambda path: ["path", path]),
        st.text(max_size=60).map(lambda text: ["path", "/gradio_api/file=" + text]),
    )


QUESTION = {"kind": "token", "model": "fairy-causal", "ids": [5, 6, 7], "text": "once"}
CLASS_POSTS = {
    "": {"language": "de"},
    "/seat": {"seat": None},
    "/answer": {"question": 1, "answer": "king"},
    "/ticket": {},
    "/drive": {"state": {"address": "?tab=home", "page": "home", "title": "x", "step": 0}},
    "/ask": {"question": QUESTION},
    "/close": {},
    "/reveal": {"truth": None},
    "/again": {},
    "/hide": {"answer": "king", "hidden": True},
    "/end": {},
}
CLASS_GETS = ("", "/state", "/results.json", "/results.csv", "/events", "/nothing")


def classroom() -> st.SearchStrategy:
    """["class", how, code, path, body]: a request of the classroom's routes, with the right key ("teacher"), the right seat
    ("student") or whatever a stranger holds; "/events" is read by strangers alone, who are not held."""
    codes = st.one_of(
        st.sampled_from(["QUEEN", "queen", "QUEEI", "../x", "AAAAA%00"]), st.text(max_size=8)
    )
    who = st.sampled_from(["teacher", "teacher", "student", "stranger"])
    posts = st.sampled_from(sorted(CLASS_POSTS)).flatmap(
        lambda path: st.tuples(
            who, codes, st.just(path), st.one_of(changed(CLASS_POSTS[path]), anything)
        )
    )
    gets = st.tuples(who, codes, st.sampled_from(CLASS_GETS), st.none())
    return st.one_of(posts, posts, gets).map(lambda made: ["class", *made])


PATHS = [
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
SECRETS = (
    "root:x:0:0",
    "def main() -> None",
    "class Limits",
    '"architectures"',
    "[core]\n",
    "PATH=",
)


def send(client: httpx.Client, case: list, program: Any = None) -> Outcome:
    """Send a case, judge what comes back. program: a gradio_client.Client, by which "program" cases go (else as "call")."""
    try:
        if case[0] == "program" and program is not None:
            return _program(program, *case[1:])
        case = ["call", *case[1:]] if case[0] == "program" else case
        return {
            "call": _call,
            "run": _run,
            "event": _event,
            "function": _function,
            "raw": _raw,
            "path": _path,
            "class": _class,
        }[case[0]](client, *case[1:])
    except httpx.TimeoutException:
        return Outcome("failed", "silence")
    except httpx.InvalidURL:
        return Outcome("fine", "no address at all")
    except httpx.HTTPError as error:
        return Outcome("failed", f"{type(error).__name__}: {error}")


def _body(value: Any) -> dict:
    return {"content": json.dumps(value).encode(), "headers": {"content-type": "application/json"}}


def _judged(answer: httpx.Response) -> Outcome | None:
    if len(answer.content) > LARGEST:
        return Outcome("failed", f"{len(answer.content):,} bytes")
    if answer.status_code >= 500:
        return Outcome("failed", f"{answer.status_code} {answer.text[:200]}")
    if answer.status_code >= 400:
        return Outcome("refused", str(answer.status_code))
    return None


def _sentence(error: Any) -> Outcome:
    """An error that reached the visitor: a sentence that somebody wrote, or not."""
    text = str(error.get("message") or error.get("error") if isinstance(error, dict) else error)
    if (
        error is None
        or "Something went wrong" in text
        or "Traceback" in text
        or text in ("None", "")
    ):
        return Outcome("failed", f"no sentence: {text[:300]}")
    return Outcome("refused", text[:200])


def _call(client: httpx.Client, name: str, body: Any) -> Outcome:
    answer = client.post(f"/gradio_api/call/v2/{name}", **_body(body))
    if (outcome := _judged(answer)) is not None:
        return outcome
    event = None
    with client.stream("GET", f"/gradio_api/call/{name}/{answer.json()['event_id']}") as stream:
        if stream.status_code >= 500:
            return Outcome("failed", str(stream.status_code))
        for line in stream.iter_lines():
            if line.startswith("event:"):
                event = line[6:].strip()
            elif line.startswith("data:") and event == "complete":
                return Outcome("fine")
            elif line.startswith("data:") and event == "error":
                return _sentence(json.loads(line[5:]))
    return Outcome("failed", "the stream ended without an answer")


def _program(program: Any, name: str, body: Any) -> Outcome:
    try:
        program.predict(**body, api_name=f"/{name}")
    except AppError as error:
        return _sentence(str(error))
    except (
        TypeError,
        ValueError,
    ) as error:  # refused before anything was sent: an unknown argument, a value that is no JSON
        return Outcome("refused", f"{type(error).__name__}: {error}"[:200])
    return Outcome("fine")


def _run(client: httpx.Client, name: str, data: list) -> Outcome:
    answer = client.post(f"/gradio_api/run/{name}", **_body({"data": data}))
    if (
        answer.status_code == 500 and "error" in answer.json()
    ):  # Gradio's way of handing an error's sentence to a program
        return _sentence(answer.json()["error"])
    return _judged(answer) or Outcome("fine")


def _event(client: httpx.Client, number: int, data: Any, event_data: Any) -> Outcome:
    session = uuid.uuid4().hex[:11]
    answer = client.post(
        "/gradio_api/queue/join",
        **_body(
            {
                "data": data,
                "fn_index": number,
                "session_hash": session,
                "event_data": event_data,
                "trigger_id": None,
            }
        ),
    )
    if (outcome := _judged(answer)) is not None:
        return outcome
    seen = 0
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if not line.startswith("data:"):
                continue
            message = json.loads(line[5:])
            if message.get("msg") == "process_completed":
                output = message.get("output") or {}
                return Outcome("fine") if message.get("success") else _sentence(output.get("error"))
            if message.get("msg") == "process_generating":
                seen += 1
                if "Something went wrong" in line:
                    return Outcome("failed", f"no sentence: {line[:300]}")
                if seen >= 3:
                    return Outcome(
                        "fine", "the browser closes"
                    )  # the stream is cut in the middle of a run
            if message.get("msg") in ("unexpected_error", "close_stream"):
                return (
                    Outcome("fine")
                    if message["msg"] == "close_stream"
                    else _sentence(message.get("message"))
                )
    return Outcome("failed", "the stream ended without an answer")


def _function(client: httpx.Client, component: Any, name: str, data: Any) -> Outcome:
    answer = client.post(
        "/gradio_api/component_server",
        **_body({"session_hash": "s", "component_id": component, "fn_name": name, "data": data}),
    )
    if (outcome := _judged(answer)) is not None:
        return outcome
    return (
        Outcome("failed", answer.text[:300])
        if "Something went wrong" in answer.text
        else Outcome("fine")
    )


def _raw(client: httpx.Client, path: str, body: str) -> Outcome:
    content = b'{"data": "' + b"x" * 10_000_000 + b'"}' if body == "big" else bytes.fromhex(body)
    answer = client.post(path, content=content, headers={"content-type": "application/json"})
    return _judged(answer) or Outcome("fine")


def _path(client: httpx.Client, path: str) -> Outcome:
    answer = client.get(path, follow_redirects=False)
    if any(secret in answer.text for secret in SECRETS):
        return Outcome("failed", f"read {answer.text[:60]!r}")
    return _judged(answer) or Outcome("fine")


def _class(client: httpx.Client, who: str, code: str, path: str, body: Any) -> Outcome:
    """One request of the classroom. Whoever plays a teacher or a student has opened, or entered, the class QUEEN of this client."""
    headers: dict[str, str] = {"x-class-key": "no key", "x-class-seat": "no seat"}
    if who == "teacher":
        made = client.post(f"/class/{CLASS}", json={})
        _keys[str(client.base_url)] = (made.json() or {}).get("key") or _keys.get(
            str(client.base_url), ""
        )
        headers = {"x-class-key": _keys[str(client.base_url)]}
        code = CLASS
    elif who == "student":
        entered = client.post(f"/class/{CLASS}/seat", json={})
        headers = {"x-class-seat": str((entered.json() or {}).get("seat", ""))}
        code = CLASS
    if path == "/events":
        headers = {"x-class-key": "no key"}
    address = f"/class/{quote(code, safe='', errors='replace')}{path}"
    answer = (
        client.get(address, headers=headers)
        if path in CLASS_GETS and body is None
        else client.post(
            address,
            headers=headers | {"content-type": "application/json"},
            content=json.dumps(body),
        )
    )
    if answer.status_code in (503,) and answer.headers.get("content-type", "").startswith(
        "application/json"
    ):
        return _sentence(answer.json())  # full, or the model is not there: a sentence
    return _judged(answer) or Outcome("fine")


CLASS = "QUEEN"
_keys: dict[str, str] = {}  # of the classes that this process opened, by the app's address
