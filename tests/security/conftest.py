"""The whole app with stand-ins for the models, for tests that only knock at its doors."""

import pytest

from tests.pages.doubles import DoubleBackend


@pytest.fixture(scope="session")
def app_with_doubles():
    """The address of the app; its models are doubles, its gate, limits and pages the real ones."""
    from playground.pages.shell import build_app, launch_settings

    backend = DoubleBackend()
    demo = build_app(lambda: backend)
    demo.launch(
        server_name="127.0.0.1",
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        show_error=True,
        mcp_server=True,
        **launch_settings(),
    )
    yield demo.local_url.rstrip("/")
    demo.close()
