"""deploy/nginx.conf with Debian's nginx and two page processes: who comes again reaches the same
one, and one that dies takes nobody else's text with it. Skipped where there is no nginx (apt-get
install nginx-light)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections import defaultdict
from pathlib import Path

import httpx
import pytest

from tests.pages.process import ROOT, App, client_of, free_port

LINES = ROOT / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or (shutil.which("nginx", path="/usr/sbin:/usr/local/sbin"))
ASKED = {
    "canvas": "once upon a time [MASK]*120",
    "sampler": "llada",
    "steps": 100,
    "seed": 4,
    "top": 0,
}  # so many steps, whatever it writes

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="there is no nginx here (apt-get install nginx-light)"
)


class Front:
    """nginx with the lines of deploy/nginx.conf, on ports of the test's own; its log names visitor
    and process of each request."""

    def __init__(self, folder: Path, ports: list[int]):
        self.port, self.log = free_port(), folder / "access.log"
        lines = LINES.read_text(encoding="utf-8").replace(
            "listen 8080;", f"listen 127.0.0.1:{self.port};"
        )
        for mine, port in zip((7861, 7862), ports, strict=True):
            assert f"127.0.0.1:{mine}" in lines
            lines = lines.replace(f"127.0.0.1:{mine}", f"127.0.0.1:{port}")
        (folder / "pages.conf").write_text(lines, encoding="utf-8")
        places = "".join(
            f"{kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/nginx.pid; worker_processes 1; error_log "
            f"{folder}/error.log;\n"
            "events { worker_connections 256; }\n"
            f"http {{ {places} log_format who "
            "'$playground_visitor|$upstream_addr|$status|$request_uri';\n"
            f"access_log {self.log} who; include {folder}/pages.conf; }}\n",
            encoding="utf-8",
        )
        self.process = subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL
        )
        self.url = f"http://127.0.0.1:{self.port}"
        while True:
            assert self.process.poll() is None, (folder / "error.log").read_text()
            try:
                httpx.get(self.url + "/health")
                return
            except httpx.TransportError:
                time.sleep(0.05)

    def seen(self) -> list[list[str]]:
        """[visitor, process, status, address] of each request so far."""
        return [line.split("|", 3) for line in self.log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def pages():
    both = [App(), App()]
    for app in both:
        app.until_warm()
    yield both
    for app in both:
        app.process.kill()
        app.process.wait(30)


@pytest.fixture(scope="module")
def front(pages, tmp_path_factory):
    front = Front(tmp_path_factory.mktemp("nginx"), [app.port for app in pages])
    yield front
    front.process.terminate()
    front.process.wait(30)


def active(app: App) -> int:
    return json.loads(app.get("/health")[1])["runs"]["active"]


def test_a_newcomer_gets_a_cookie_and_comes_back_to_the_same_process(front, pages):
    went = defaultdict(set)
    for _ in range(16):
        with httpx.Client(
            base_url=front.url, headers={"user-agent": "Mozilla/5.0"}, timeout=60
        ) as visitor:
            first = visitor.get("/")
            cookie = re.fullmatch(
                r"playground=([0-9a-f]{32}); Path=/; HttpOnly; SameSite=Lax",
                first.headers["set-cookie"],
            )
            assert (
                first.status_code == 200 and cookie and visitor.cookies["playground"] == cookie[1]
            )
            for _ in range(3):
                assert visitor.get("/gradio_api/app_id").status_code < 500
    for visitor, process, *_ in front.seen():
        went[visitor].add(process)
    newcomers = [
        processes for visitor, processes in went.items() if re.fullmatch("[0-9a-f]{32}", visitor)
    ]
    assert len(newcomers) == 16 and all(len(processes) == 1 for processes in newcomers)
    assert len(set.union(*newcomers)) == 2, "sixteen visitors and one process"


def test_under_https_the_cookie_comes_back_from_a_frame_of_another_site(front):
    answer = httpx.get(front.url + "/theme.css", headers={"x-forwarded-proto": "https"})
    assert re.fullmatch(
        r"playground=[^;]+; Path=/; HttpOnly; SameSite=None; Secure; Partitioned",
        answer.headers["set-cookie"],
    )


def test_what_is_for_the_host_is_not_for_visitors(front):
    assert [httpx.get(front.url + path).status_code for path in ("/health", "/metrics")] == [
        404,
        404,
    ]


def test_a_process_that_dies_loses_its_own_texts_alone_and_its_visitors_go_on_elsewhere(
    front, pages
):
    for number in range(40):
        httpx.get(
            f"{front.url}/gradio_api/app_id",
            headers={"cookie": f"playground=visitor-{number}"},
            timeout=60,
        )
    goes = {
        visitor: process for visitor, process, *_ in front.seen() if visitor.startswith("visitor-")
    }
    chosen = [
        [name for name in sorted(goes) if goes[name].endswith(f":{app.port}")][:2] for app in pages
    ]
    assert [len(names) for names in chosen] == [2, 2], "forty visitors and one process"
    visitors = {
        name: client_of(front.url, headers={"cookie": f"playground={name}"})
        for names in chosen
        for name in names
    }
    before = len(front.seen())
    runs = {name: client.submit(**ASKED, api_name="/unmask") for name, client in visitors.items()}
    while active(pages[0]) + active(pages[1]) < len(runs):
        assert not any(run.done() for run in runs.values()), (
            "a text ended before the process could be killed"
        )
    home = {}
    for visitor, process, *_ in front.seen():
        if visitor in visitors:
            assert home.setdefault(visitor, process) == process, f"{visitor} reached two processes"
    here = {name for name in visitors if home[name].endswith(f":{pages[0].port}")}
    assert here == set(chosen[0]), home
    pages[0].process.kill()
    texts = {}
    for name in sorted(set(visitors) - here):
        texts[name] = runs[name].result(timeout=120)["text"]
    assert len(set(texts.values())) == 1
    for name in sorted(here):
        with pytest.raises(Exception):  # noqa: B017  the connection is cut: whatever the client makes of it
            runs[name].result(timeout=120)
    again = client_of(front.url, headers={"cookie": f"playground={sorted(here)[0]}"})
    answer = again.predict(**ASKED, api_name="/unmask")
    assert answer["text"] == next(iter(texts.values())), (
        "the same settings and seed write the same text on any process"
    )
    moved = {
        process
        for visitor, process, *_ in front.seen()[before:]
        if visitor == sorted(here)[0] and process.endswith(f":{pages[1].port}")
    }
    assert moved
