"""The playground's entry: builds the pages and serves them. Hugging Face Spaces starts this file too.

PORT (7860), HOST (127.0.0.1; 0.0.0.0 on Spaces), PLAYGROUND_MODELS, PLAYGROUND_DEVICE, PLAYGROUND_BACKEND and the other
variables that the README names are read from the environment.
"""

from __future__ import annotations

import logging
import os
import sys
import threading

from playground.backend import zero_gpu
from playground.backend.telemetry import log_runs
from playground.pages.shell import build_app, launch_settings
from playground.server.lifecycle import Stop, with_routes
from playground.server.mcp import answer_in_json

__all__ = ["build_app", "launch_settings", "main"]


def main() -> None:
    stop = Stop()
    log_runs()
    zero_gpu.register()
    demo = build_app()
    on_spaces = "SPACE_ID" in os.environ
    demo.launch(
        server_name=os.environ.get("HOST", "0.0.0.0" if on_spaces else "127.0.0.1"),
        server_port=int(os.environ.get("PORT", "7860")),
        mcp_server=True,
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        show_error=True,
        prevent_thread_lock=True,
        **with_routes(launch_settings(), demo.shell.backend),
    )
    answer_in_json(demo)
    # The page answers first; torch and the first model come in behind it.
    threading.Thread(target=demo.shell.warm, name="warm", daemon=True).start()
    stop.serve(demo, demo.shell.backend)
    # Not by way of the interpreter's own end: a model that is being loaded in a thread would abort it (status 134).
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
