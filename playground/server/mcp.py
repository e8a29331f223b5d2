"""The named endpoints as tools of the Model Context Protocol: Gradio serves them
(`launch(mcp_server=True)`), here their answers become JSON."""

from __future__ import annotations

import json
from typing import Any


def answer_in_json(demo: Any) -> None:
    """After `demo.launch(mcp_server=True)`: a tool's answer is JSON text. Gradio writes Python's
    own notation of a dict (None, True, 'single quotes'), which no other language reads. Without an
    MCP server nothing happens."""
    server = getattr(demo, "mcp_server_obj", None)
    if server is None:
        return
    plain = server.postprocess_output_data

    def written(data: Any, root_url: str) -> list:
        content = []
        for answer in data:
            if isinstance(answer, dict) and "meta" not in answer:
                content.append(
                    server.types.TextContent(
                        type="text", text=json.dumps(answer, ensure_ascii=False, allow_nan=False)
                    )
                )
            else:
                content.extend(plain([answer], root_url))
        return content

    server.postprocess_output_data = written
