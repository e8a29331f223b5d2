"""The models in replicas over Ray Serve (`pip install -r requirements-cluster.txt`).

`application(options)` is one Serve application for one model, `python -m playground.cluster` a
whole cluster on this machine with the page in front of it, `deploy/cluster.yaml` the same for
`serve deploy` on a real one.

Each model is a deployment that scales by itself with the requests under way. A replica's engine
joins what waits into one forward pass (continuous batching: a request joins at the next pass, none
waits for a batch to fill). Serve's consistent hashing over `x-session-id` sends a visitor's steps
to the same replica while it lives, which only saves time: any replica answers any step.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# requests under way per replica at which Serve starts another; a forward pass of 16 rows is the
# efficient one
WAITING = 16
MOST = 128  # requests under way per replica beyond which Serve looks for another


def application(options: dict[str, Any]) -> Any:
    """A Serve application that answers for one model as `playground.cluster.replica` says.

    options: model (an id of the catalogue); replicas (least, 1); most_replicas (= replicas);
        threads (CPU cores of a replica, 1); gpus (of a replica, 0). Give it the route prefix
        `/models/<id>`.
    """
    from ray import serve
    from ray.serve.config import AutoscalingConfig, RequestRouterConfig

    model, least, threads = (
        options["model"],
        int(options.get("replicas", 1)),
        int(options.get("threads", 1)),
    )
    gpus = float(options.get("gpus", 0))
    pinned = {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    router: dict[str, Any] = {
        "request_router_class": "ray.serve.experimental.consistent_hash_router.ConsistentHashRouter"
    }

    @serve.deployment(
        name="model",
        autoscaling_config=AutoscalingConfig(
            min_replicas=least,
            max_replicas=max(least, int(options.get("most_replicas", least))),
            target_ongoing_requests=WAITING,
            upscale_delay_s=5,
            downscale_delay_s=120,
        ),
        request_router_config=RequestRouterConfig(**router),
        ray_actor_options={
            "num_cpus": threads,
            "num_gpus": gpus,
            "runtime_env": {"env_vars": pinned},
        },
        max_ongoing_requests=MOST,
        health_check_period_s=5,
        health_check_timeout_s=30,
        graceful_shutdown_timeout_s=30,
    )
    class Model:
        def __init__(self, name: str, cores: int):
            import torch

            from playground.cluster.replica import Replica

            torch.set_num_threads(cores)
            self.replica = Replica(name)

        async def __call__(self, request: Any) -> Any:
            return await self.replica.respond(request)

    return Model.bind(model, threads)


class LocalCluster:
    """Ray and Serve on this machine, one application a model. `address` is what PLAYGROUND_BACKEND
    wants."""

    def __init__(self, models: list[str], port: int = 8000, **options: Any):
        # before Ray is imported: its workers inherit both
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ["PYTHONPATH"] = os.pathsep.join(
            [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
        import ray
        from ray import serve

        replicas = max(int(options.get("replicas", 1)), int(options.get("most_replicas", 1)))
        cores = len(models) * replicas * int(options.get("threads", 1)) + 1
        ray.init(
            num_cpus=cores,
            include_dashboard=False,
            object_store_memory=256 * 1024 * 1024,
            log_to_driver=False,
            configure_logging=False,
            namespace="playground",
        )
        self.ray, self.serve = ray, serve
        serve.start(
            http_options={"host": "127.0.0.1", "port": port},
            logging_config={"enable_access_log": False},
        )
        self.address = f"http://127.0.0.1:{port}"
        serve.run_many(
            [
                serve.RunTarget(
                    application({"model": model, **options}),
                    name=model,
                    route_prefix=f"/models/{model}",
                )
                for model in models
            ]
        )

    def close(self) -> None:
        self.serve.shutdown()
        self.ray.shutdown()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m playground.cluster",
        description="The models in replicas on this machine, and the page in front.",
    )
    parser.add_argument(
        "--models",
        default="fairy-causal,fairy-diffusion",
        help="ids of the catalogue, separated by commas",
    )
    parser.add_argument("--replicas", type=int, default=2, help="of each model, at least")
    parser.add_argument(
        "--most-replicas", type=int, help="of each model, at most (as many as --replicas)"
    )
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of a replica")
    parser.add_argument(
        "--gpus", type=float, default=0.0, help="GPUs of a replica, a share of one is possible"
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="of the models; the page's is PORT (7860)"
    )
    parser.add_argument("--no-page", action="store_true", help="the models alone")
    options = parser.parse_args(arguments)
    models = [name.strip() for name in options.models.split(",") if name.strip()]
    cluster = LocalCluster(
        models,
        options.port,
        replicas=options.replicas,
        most_replicas=options.most_replicas or options.replicas,
        threads=options.threads,
        gpus=options.gpus,
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # after Ray, which sets its own
        signal.signal(number, lambda *_: stop.set())
    print(f"The models answer at {cluster.address}", flush=True)
    page = None
    try:
        if not options.no_page:
            page = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "PLAYGROUND_BACKEND": cluster.address,
                    "PLAYGROUND_MODELS": ",".join(models),
                },
            )
        while not stop.wait(0.5):
            if page is not None and page.poll() is not None:
                return page.returncode
        if page is not None:
            page.terminate()  # it writes its running texts to their end first
            page.wait(60)
    finally:
        if page is not None and page.poll() is None:
            page.kill()
        cluster.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
