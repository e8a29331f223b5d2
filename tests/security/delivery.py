"""Sends the cases of `attacks` to a running app and judges what comes back.

`send(client, case)` answers with an Outcome. A server error (5xx), a connection that breaks,
silence, and an error whose sentence nobody wrote are failures.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

import httpx
from gradio_client.exceptions import AppError

from playground.pages.answer_size import LARGEST
from tests.security import class_attacks

SECONDS = 60.0


@dataclass
class Outcome:
    kind: str  # "fine", "refused" (a sentence or 4xx), "failed"
    detail: str = ""


@dataclass
class PublicInterface:
    """What a stranger can read off a running app: its endpoints, its events, its server
    functions."""

    url: str
    endpoints: dict[str, dict[str, Any]]  # name -> its parameters in order, with their defaults
    events: list[dict]
    functions: list[tuple[int, str]]

    @classmethod
    def of(cls, url: str) -> PublicInterface:
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


SECRETS = (
    "root:x:0:0",
    "def main() -> None",
    "class Limits",
    '"architectures"',
    "[core]\n",
    "PATH=",
)


def send(client: httpx.Client, case: list, program: Any = None) -> Outcome:
    """Send a case, judge what comes back. program: a gradio_client.Client, by which "program" cases
    go (else as "call")."""
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


def _class(client: httpx.Client, *case: Any) -> Outcome:
    answer = class_attacks.ask(client, *case)
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 400 and kind.startswith("application/json"):
        record = answer.json()
        if isinstance(record, dict) and "error" in record:
            return _sentence(record)  # also a 503, no place or no model: in words
    return _judged(answer) or Outcome("fine")


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
        or "codec can't" in text
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
            if len(line) > LARGEST:
                return Outcome("failed", f"{len(line):,} characters")
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
            if len(line) > LARGEST:
                return Outcome("failed", f"{len(line):,} characters")
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
