"""One page, however the address or the root path was written; what the server looks for by its path
it finds below a root path too."""

from urllib.parse import urljoin

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from playground.i18n import tables
from playground.server.paths import below_root, plain_address
from playground.server.security_headers import guarded


@pytest.mark.parametrize(
    ("root", "path", "below"),
    [
        ("", "/", "/"),
        ("", "/config", "/config"),
        ("/play", "/play/", "/"),
        ("/play", "/play/config", "/config"),
        ("/play/", "/play/config", "/config"),
        ("/play", "/config", "/config"),  # the server in front took the root path away
        ("/play", "/player", "/player"),
        ("/play", "/play//", "//"),
    ],
)
def test_what_is_below_the_root_path(root, path, below):
    assert below_root({"root_path": root, "path": path}) == below


def mounted(root: str) -> FastAPI:
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Markdown("x")
    app = FastAPI()
    return gr.mount_gradio_app(app, demo, root, app_kwargs=guarded(), ssr_mode=False)


@pytest.fixture(scope="module", params=["/below", "/below/"])
def client(request):
    with TestClient(mounted(request.param)) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/below//", "/below/"),
        ("/below///?tab=chains&x=%2F", "/below/?tab=chains&x=%2F"),
        ("/below//config", "/below/config"),
        ("/below///class//%C3%BC", "/below/class//%C3%BC"),
    ],
)
def test_a_slash_too_many_leads_to_the_plain_address(client, path, plain):
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 307 and "frame-ancestors" in str(answer.headers)
    assert answer.headers["location"] == plain


@pytest.mark.parametrize(
    ("below", "query", "address"),
    [
        ("//", "", "../"),
        ("//evil.example/x", "", "../../evil.example/x"),
        ("//http://evil.example", "a=1", "../../../http://evil.example?a=1"),
        ("//a\r\nset-cookie: x", "", "../a%0D%0Aset-cookie:%20x"),
    ],
)
def test_a_plain_address_stays_on_this_host(below, query, address):
    assert plain_address(below, query) == address
    assert urljoin(f"https://here.example{below}", address).startswith("https://here.example/")


def test_a_root_path_with_a_slash_at_its_end_is_the_same_root_path(client):
    assert "gradio_config" in client.get("/below/").text
    assert client.get("/below/config").json()["root"] == "http://testserver/below"


def test_the_page_below_a_root_path_is_kept_as_any_other(client):
    assert client.get("/below/").headers["content-encoding"] in ("br", "gzip")


def test_words_and_closed_addresses_are_found_below_a_root_path(client):
    assert client.get(f"/below/{tables.address('de')}").json()["Copy link"] == "Link kopieren"
    for closed in ("upload", "runs", "run-history/connect"):
        answer = client.post(f"/below/gradio_api/{closed}")
        assert (answer.status_code, answer.json()) == (
            404,
            {"detail": "This address is not in use here."},
        )
