"""What several tests of the server ask."""

from collections.abc import Iterator

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from playground.server.security_headers import guarded


@pytest.fixture(scope="module")
def below() -> Iterator[TestClient]:
    """A small app with the playground's own routes, below the root path `/below`."""
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Markdown("x")
    app = gr.mount_gradio_app(FastAPI(), demo, "/below", app_kwargs=guarded(), ssr_mode=False)
    with TestClient(app) as client:
        yield client
