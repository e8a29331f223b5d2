"""What Gradio keeps for each visitor's page, without the part that nothing here asks for.

Gradio writes the settings of every component anew for each session (11 ms and 0.4 MB with these
pages), so that a link to a whole page's state could be made. That address is closed here
(`security_headers.py`): links carry their own fields. A component that an event changes is still
written down when that happens.
"""

from __future__ import annotations

from typing import Any


class _NoComponents:
    """Stands where a session is made from the app: its events, and no component to write down."""

    def __init__(self, app: Any):
        self.app = app
        self.blocks: dict[int, Any] = {}

    @property
    def default_config(self) -> Any:
        return self.app.default_config


def keep_sessions_small(app: Any) -> None:
    """`app`: a launched or mounted gr.Blocks. Sessions that begin later keep no settings of
    components."""
    app.state_holder.blocks = _NoComponents(app)
