"""The base of every widget: a gr.HTML whose template is static, so that no value is ever rendered as markup or as a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr

HERE = Path(__file__).resolve().parent


def source(*names: str, kind: str = "js") -> str:
    """The text of the files playground/widgets/NAME.`kind`, joined in order."""
    return "\n".join((HERE / f"{name}.{kind}").read_text(encoding="utf-8") for name in names)


def called(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` under the name by which the script asks for it: `server.NAME(...)` goes by `__name__`."""

    def answer(*args: Any) -> Any:
        return function(*args)

    answer.__name__ = name
    return answer


class Widget(gr.HTML):
    """A subclass sets SCRIPT (JavaScript), STYLE (CSS, scoped to the widget) and, if it likes, TEMPLATE (constant HTML).

    Keyword arguments that gr.HTML does not know become `props.NAME` in the script. The value is any plain data."""

    SCRIPT: ClassVar[str] = ""
    STYLE: ClassVar[str] = ""
    TEMPLATE: ClassVar[str] = '<div class="widget"></div>'

    def __init__(self, value: Any = None, **kwargs: Any):
        for text, name in ((self.TEMPLATE, "TEMPLATE"), (self.STYLE, "STYLE")):
            if "${" in text or "{{" in text or "`" in text:
                raise ValueError(f"{type(self).__name__}.{name} must be constant: it holds a placeholder of the template engine")
        super().__init__(value, html_template=self.TEMPLATE, css_template=self.STYLE, js_on_load=self.SCRIPT,
                         apply_default_css=False, **kwargs)

    def preprocess(self, payload: Any) -> Any:
        return payload

    def postprocess(self, value: Any) -> Any:
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}

    def example_payload(self) -> Any:
        return {}

    def example_value(self) -> Any:
        return {}
