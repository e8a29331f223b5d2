"""Builds the pages and serves them: `playground`, `python -m playground`, and `app.py` for Spaces.

PORT (7860), HOST (127.0.0.1; 0.0.0.0 on Spaces), PLAYGROUND_MODELS, PLAYGROUND_DEVICE,
PLAYGROUND_BACKEND and the other variables that the README names are read from the environment;
`--port` and `--host` come before them.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
from collections.abc import Sequence

from playground.backend import zero_gpu
from playground.backend.telemetry import log_runs
from playground.pages import ngram_models
from playground.pages.shell import build_app, launch_settings
from playground.server.lifecycle import Stop, with_routes
from playground.server.mcp import answer_in_json
from playground.server.memory import bound_arenas
from playground.server.sessions import keep_sessions_small


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    on_spaces = "SPACE_ID" in os.environ
    parser = argparse.ArgumentParser("playground", description="See how text is generated.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "7860")))
    parser.add_argument(
        "--host",
        default=os.environ.get("HOST", "0.0.0.0" if on_spaces else "127.0.0.1"),
        help="0.0.0.0 lets other machines in",
    )
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> None:
    """Serve the app until the process is asked to end. `words`: the command's own, the program's by
    default."""
    address = arguments(words)
    bound_arenas()
    stop = Stop()
    log_runs()
    zero_gpu.register()
    demo = build_app()
    if zero_gpu.device.on_zero_gpu():  # elsewhere the page answers first
        zero_gpu.place(demo.shell.backend())
    demo.launch(
        server_name=address.host,
        server_port=address.port,
        mcp_server=True,
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        show_error=True,
        prevent_thread_lock=True,
        **with_routes(
            launch_settings(),
            demo.shell.backend,
            lambda: ngram_models.WithNgrams(demo.shell.backend()),
        ),
    )
    answer_in_json(demo)
    keep_sessions_small(demo)
    # The page answers first; torch and the first model come in behind it.
    threading.Thread(target=demo.shell.warm, name="warm", daemon=True).start()
    stop.serve(demo, demo.shell.backend, demo.shell.active)
    # Not by way of the interpreter's own end: a model that is being loaded in a thread would abort
    # it (status 134).
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
