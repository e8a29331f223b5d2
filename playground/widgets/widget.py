"""The base of every widget: a gr.HTML whose template is static, so that no value is ever rendered
as markup or as a script."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr

from playground.i18n import wire
from playground.web import shipped

HERE = Path(__file__).resolve().parent


def source(*names: str, kind: str = "css") -> str:
    """The text of the files playground/widgets/NAME.`kind`, joined in order."""
    return "\n".join((HERE / f"{name}.{kind}").read_text(encoding="utf-8") for name in names)


def called(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` under the name by which the script asks for it: `server.NAME(...)` goes by
    `__name__`."""

    def answer(*args: Any) -> Any:
        return function(*args)

    answer.__name__ = name
    return answer


HTML_ARGUMENTS = frozenset(inspect.signature(gr.HTML.__init__).parameters)


def constant(value: Any) -> str:
    """Plain data as JavaScript. ASCII alone, and no "<": JSON's line separators are no JavaScript,
    "</script>" would end a page."""
    return json.dumps(value, allow_nan=False).replace("<", chr(92) + "u003c")


# The whole script of a widget. Gradio may mount it a moment before its props have come (seen when
# tabs are switched fast, or under load): the ones that never change are therefore in the script and
# laid under Gradio's; the value comes through `watch` in any case. What a module throws while it
# mounts is said like one that does not come: nobody else would.
MOUNT = """
const constants = %(constants)s, first = %(first)s, events = %(events)s;
const merged = new Proxy(props, {get: (all, name) => all[name] === undefined ? first[name] : all[name]});
import(new URL(%(address)s, document.baseURI).href)
  .then(({mount}) => mount(element, {props: merged, constants, server, trigger, watch, upload}))
  .catch((error) => {
    const sentence = document.createElement("p");
    sentence.className = "problem";
    sentence.setAttribute("role", "alert");
    sentence.textContent = "This part of the page could not be loaded. Reload the page to try again.";
    element.append(sentence);
    reportError(error);
  });
"""


class Widget(gr.HTML):
    """What the browser draws is a module of playground/web, named by MODULE
    ("views/chains/walk.js"): it exports `mount(element, {props, constants, server, trigger, watch,
    upload})`, which draws `props.value` first and watches it then. EVENTS are the names that the
    module triggers: each is an event of the component in Python.

    It has STYLE (CSS, scoped to the widget) and, if they like, TEMPLATE (constant HTML).

    STREAMED = True sends each value as JSON text, read by `readValue(props)`. Needed where a
    generator yields values of changing shape: Gradio sends only the difference to the last value,
    and its browser side stumbles over nested lists that grow and shrink ("Cannot set properties of
    undefined"), after which the page hears no more of the run.

    Keyword arguments that gr.HTML does not know become `props.NAME` in the script. The value is any
    plain data. `constants` (plain data too) is `constants` in the script."""

    MODULE: ClassVar[str] = ""
    EVENTS: ClassVar[tuple[str, ...]] = ()
    STYLE: ClassVar[str] = ""
    TEMPLATE: ClassVar[str] = '<div class="widget"></div>'
    STREAMED: ClassVar[bool] = False

    def __init__(self, value: Any = None, *, constants: Any = None, **kwargs: Any):
        for text, name in ((self.TEMPLATE, "TEMPLATE"), (self.STYLE, "STYLE")):
            if "${" in text or "{{" in text or "`" in text:
                raise ValueError(
                    f"{type(self).__name__}.{name} must be constant: it holds a placeholder of "
                    "the template engine"
                )
        extra = {name: item for name, item in kwargs.items() if name not in HTML_ARGUMENTS}
        if self.MODULE:  # a module says its messages in the visitor's language
            constants, extra = wire(constants), wire(extra)
            kwargs.update(extra)
        super().__init__(
            value,
            html_template=self.TEMPLATE,
            css_template=self.STYLE,
            js_on_load=self._script(constants, extra),
            apply_default_css=False,
            **kwargs,
        )

    def _script(self, constants: Any, extra: dict[str, Any]) -> str:
        """What Gradio runs when the widget appears on the page."""
        return MOUNT % {
            "address": constant(shipped().address(self.MODULE)),
            "constants": constant(constants),
            "first": constant(extra),
            "events": constant(self.EVENTS),
        }

    def __getattr__(self, name: str) -> Any:
        """gr.HTML looks through the whole script for a name that it has not, each time it is asked;
        Gradio asks for each component's arguments at every visitor's first event, which took 57 ms
        in all. What was missing once is missing."""
        missing = vars(self).setdefault("_missing", set())
        if name in missing:
            raise AttributeError(name)
        try:
            return super().__getattr__(name)
        except AttributeError:
            missing.add(name)
            raise

    def preprocess(self, payload: Any) -> Any:
        return payload

    def postprocess(self, value: Any) -> Any:
        if self.MODULE:
            value = wire(value)
        if self.STREAMED and value is not None and not isinstance(value, str):
            return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}

    def example_payload(self) -> Any:
        return {}

    def example_value(self) -> Any:
        return {}
