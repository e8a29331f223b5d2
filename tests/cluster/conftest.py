"""A small cluster of this process over the backend's small models: real HTTP, two replicas of each
model, faults on demand."""

from __future__ import annotations

import threading
import zlib

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from playground.backend.remote import RemoteBackend
from playground.backend.service import Backend
from playground.cluster.replica import Replica
from tests.backend.conftest import clean_environment, small_folders

__all__ = ["clean_environment", "small_folders"]

MODELS = ("small-gpt2", "small-bert", "small-masked")


class HalfAnAnswer:
    """A replica that dies while it answers: the connection breaks in the middle."""

    async def __call__(self, scope, receive, send):
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", b"100000")],
            }
        )
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ConnectionAbortedError


class SmallCluster:
    """Two replicas of each model behind one port, a session's requests at the same one; `kill`
    takes one away in mid-run.

    As with a real cluster it takes some requests until the way to the dead one is given up: one is
    cut off in the middle of its answer, the next ones get the proxy's own 500 and 503."""

    def __init__(self):
        self.replicas = {name: [Replica(name), Replica(name)] for name in MODELS}
        self.dead: dict[tuple[str, int], list] = {}
        self.answered: list[tuple[str, int]] = []
        config = uvicorn.Config(
            Starlette(
                routes=[Route("/models/{model}/{question}", self.respond, methods=["GET", "POST"])]
            ),
            port=0,
            log_level="critical",
            lifespan="off",
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            threading.Event().wait(0.01)
        self.address = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    async def respond(self, request):
        model = request.path_params["model"]
        if model not in self.replicas:
            return PlainTextResponse("no such route", 404)
        place = zlib.crc32(request.headers.get("x-session-id", "").encode()) % 2
        faults = self.dead.get((model, place))
        if faults:
            return faults.pop(0)
        place = 1 - place if faults is not None else place
        if self.dead.get((model, place)) is not None:
            return PlainTextResponse("no replica", 503)
        self.answered.append((model, place))
        return await self.replicas[model][place].respond(request)

    def kill(self, model, place):
        self.dead[model, place] = [
            HalfAnAnswer(),
            PlainTextResponse("ActorDiedError", 500),
            PlainTextResponse("no replica", 503),
        ]

    def kill_all(self, model):
        self.dead[model, 0] = self.dead[model, 1] = []

    def revive(self):
        self.dead.clear()
        self.answered.clear()

    def close(self):
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture(scope="module")
def local_and_cluster(small_folders):
    """A local backend and a cluster over the same small models."""
    from playground.backend import catalog
    from playground.backend.catalog import Entry, Place
    from tests.backend.conftest import SMALL

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            catalog,
            "CATALOG",
            tuple(
                Entry(name, name, kind, 1, "none", (Place("asset", name),))
                for name, (_, kind) in SMALL.items()
            ),
        )
        patch.setattr(catalog, "MODELS", next(iter(small_folders.values())).parent)
        patch.setenv("PLAYGROUND_DEVICE", "cpu")
        local, cluster = Backend(), SmallCluster()
        yield local, cluster
        cluster.close()
        local.close()


@pytest.fixture()
def local(local_and_cluster):
    return local_and_cluster[0]


@pytest.fixture()
def cluster(local_and_cluster):
    local_and_cluster[1].revive()
    return local_and_cluster[1]


@pytest.fixture()
def remote(cluster):
    backend = RemoteBackend(cluster.address)
    yield backend
    backend.close()
