"""What every answer carries, what no request may do, and that the kept page is the page."""

import asyncio
import re

import httpx
import pytest

from playground.backend.limits import Limits, set_limits
from playground.server.page_cache import PageCache
from playground.server.security_headers import policy


@pytest.fixture(scope="module")
def client(app_with_doubles):
    with httpx.Client(base_url=app_with_doubles, timeout=60) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/config", 200),
        ("GET", "/theme.css", 200),
        ("GET", "/nothing/here", 404),
        ("GET", "/gradio_api/file=/etc/passwd", 403),
        ("POST", "/gradio_api/queue/join", 422),
        ("GET", "/gradio_api/info", 200),
        ("POST", "/gradio_api/upload", 404),
        ("GET", "/health", 404),
    ],
)
def test_every_answer_carries_the_headers(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers.get_list("content-security-policy") == [policy()]
    assert (
        answer.headers["x-content-type-options"] == "nosniff"
        and answer.headers["referrer-policy"] == "same-origin"
    )


def test_the_policy_names_no_other_host():
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy().split("; ")}
    for name, sources in rules.items():
        hosts = {
            source.removeprefix("https://")
            for source in sources
            if not (source.startswith("'") or source.endswith(":"))
        }
        assert hosts == set(), name
    assert (
        rules["object-src"] == ["'none'"]
        and rules["default-src"] == ["'self'"]
        and rules["frame-ancestors"] == ["'self'"]
    )


def test_the_page_asks_no_other_host_for_anything(client):
    text = client.get("/").text
    assert not re.findall(
        r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["'](?:https?:)?//[^"']+""", text
    )


def test_a_request_that_fits_no_component_is_refused_plainly_and_with_the_headers(client):
    answer = client.post(
        "/gradio_api/component_server",
        json={"session_hash": "x", "component_id": 10**9, "fn_name": "x", "data": 1},
    )
    assert (
        answer.status_code == 400
        and "Traceback" not in answer.text
        and "content-security-policy" in answer.headers
    )


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_long_is_refused_with_a_sentence(client, chunked):
    body = b'{"data": "' + b"x" * 10_000_000 + b'"}'
    content = (body[at : at + 100_000] for at in range(0, len(body), 100_000)) if chunked else body
    answer = client.post(
        "/gradio_api/queue/join", content=content, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413 and "at most 8 MB" in answer.text


def test_the_longest_body_is_the_one_that_the_limits_name(client):
    set_limits(Limits(max_body_mb=0.001))
    try:
        assert "at most 0.001 MB" in client.post("/gradio_api/queue/join", content=b"x" * 2000).text
    finally:
        set_limits(None)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/process_recording",
        "/gradio_api/stream/1",
        "/gradio_api/vibe-edit",
        "/gradio_api/run-history/connect",
        "/gradio_api/upload?upload_id=1",
        "/gradio_api/upload/",
    ],
)
def test_nobody_writes_files_on_this_server(client, path):
    answer = client.post(path, files={"files": ("a.html", b"<script>alert(1)</script>")})
    assert answer.status_code == 404


def test_a_frame_or_a_page_by_another_name_is_the_same_page(client):
    plain = client.get("/").text
    assert client.get("/?tab=escape&x=<script>").text == plain and "<script>x" not in plain
    named = client.get(
        "/", headers={"x-forwarded-host": "spaces.example", "x-forwarded-proto": "https"}
    ).text
    assert (
        "https://spaces.example" in named and "https://spaces.example" not in client.get("/").text
    )
    assert (
        "<b>"
        not in client.get("/", headers={"x-forwarded-host": "a<b>c"}).text.split("gradio_config")[
            0
        ][-200:]
    )


def test_the_page_is_made_once_for_all_who_come_at_the_same_time():
    made = []

    async def app(scope, receive, send):
        made.append(scope["path"])
        await asyncio.sleep(0)
        await send(
            {
                "type": "http.response.start",
                "status": 200 if scope["path"] == "/" else 503,
                "headers": [],
            }
        )
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    async def ask(front, path="/", host=b"here"):
        told = []

        async def send(message):
            told.append(message)

        await front(
            {
                "type": "http",
                "method": "GET",
                "path": path,
                "headers": [(b"host", host)],
                "query_string": b"",
            },
            None,
            send,
        )
        return told[0]["status"], b"".join(message["body"] for message in told[1:])

    async def crowd():
        front = PageCache(app)
        answers = await asyncio.gather(*(ask(front) for _ in range(30)))
        assert set(answers) == {(200, b"ab")} and made == ["/"]
        assert [await ask(front, "/config") for _ in range(2)] == [(503, b"ab")] * 2 and len(
            made
        ) == 3  # a failure is not kept
        for number in range(40):
            await ask(front, host=b"host%d" % number)
        assert len(front.kept) <= 16  # nobody fills the memory with names

    asyncio.run(crowd())


def test_half_characters_in_a_request_are_refused_in_a_sentence_not_as_a_failure(client):
    body = b'{"\\udfff\\ud800": -1}'
    for _ in range(3):  # a failure would end the connection, and the next answer be lost
        answer = client.post(
            "/gradio_api/call/v2/markov", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400 and "\\udfff" in answer.json()["detail"]
