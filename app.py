"""The playground's entry: builds the pages and serves them. Hugging Face Spaces starts this file too.

PORT (7860), HOST (127.0.0.1; 0.0.0.0 on Spaces), PLAYGROUND_MODELS and PLAYGROUND_DEVICE are read from the environment.
"""

from __future__ import annotations

import os
import threading

from playground.pages.shell import build_app, launch_settings

__all__ = ["build_app", "launch_settings", "main"]


def main() -> None:
    demo = build_app()
    on_spaces = "SPACE_ID" in os.environ
    demo.launch(
        server_name=os.environ.get("HOST", "0.0.0.0" if on_spaces else "127.0.0.1"),
        server_port=int(os.environ.get("PORT", "7860")),
        mcp_server=True, run_history=False, enable_monitoring=False, ssr_mode=False, show_error=True,
        prevent_thread_lock=True, **launch_settings(),
    )
    # The page answers first; torch and the first model come in behind it.
    threading.Thread(target=demo.shell.warm, name="warm", daemon=True).start()
    demo.block_thread()


if __name__ == "__main__":
    main()
