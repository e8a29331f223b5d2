"""Requests to the classroom's routes that no honest browser sends, by a teacher, a student or a
stranger; see `attacks`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import strategies as st

CLASS = "QUEEN"
QUESTION = {"kind": "token", "model": "fairy-causal", "ids": [5, 6, 7], "text": "once"}
POSTS: dict[str, dict[str, Any]] = {
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
    "/phone": {},
    "/take": {"token": "0" * 32},
    "/allow": {"check": "42"},
    "/drop": {},
    "/offer": {"offered": {"step": 2, "label": "x"}},
    "/steer": {"command": {"do": "next", "value": 1}},
}
GETS = (
    "",
    "/state",
    "/panel",
    "/stage",
    "/results.json",
    "/results.csv",
    "/events",
    "/nothing",
)
_keys: dict[str, str] = {}  # of the class that this process opened, by the app's address


def classroom(changed: Callable, anything: st.SearchStrategy) -> st.SearchStrategy:
    """["class", who, code, path, body]: a teacher with the right key, a student with a seat, or a
    stranger with any code. body
    None: it is read. "/events" without end is for strangers alone, who are sent away."""
    codes = st.one_of(
        st.sampled_from(["QUEEN", "queen", "QUEEI", "../x", "AAAAA%00"]), st.text(max_size=8)
    )
    who = st.sampled_from(["teacher", "teacher", "student", "stranger"])
    posts = st.sampled_from(sorted(POSTS)).flatmap(
        lambda path: st.tuples(who, codes, st.just(path), st.one_of(changed(POSTS[path]), anything))
    )
    gets = st.tuples(who, codes, st.sampled_from(GETS), st.none())
    return st.one_of(posts, posts, gets).map(lambda made: ["class", *made])


def ask(client: httpx.Client, who: str, code: str, path: str, body: Any) -> httpx.Response:
    """The app's answer to one case."""
    headers = {"x-class-key": "no key", "x-class-seat": "no seat"}
    if path == "/events":
        who = "stranger"
    if who != "stranger":
        code, headers = CLASS, _entry(client, who)
    address = f"/class/{quote(code, safe='', errors='replace')}{path}"
    if body is None and path in GETS:
        return client.get(address, headers=headers)
    headers["content-type"] = "application/json"
    return client.post(address, headers=headers, content=json.dumps(body))


def _entry(client: httpx.Client, who: str) -> dict[str, str]:
    home = str(client.base_url)
    made = client.post(f"/class/{CLASS}", json={})
    if made.status_code == 201:
        _keys[home] = made.json()["key"]
    if who == "teacher":
        return {"x-class-key": _keys.get(home, "no key")}
    entered = client.post(f"/class/{CLASS}/seat", json={})
    return {"x-class-seat": entered.json()["seat"] if entered.status_code == 200 else "no seat"}
