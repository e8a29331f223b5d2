"""/compare: the strategies for programs (gradio_client, MCP). JSON by keyword, a JSON object as the answer."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.backend import RunStopped
from playground.pages import calls, gate
from playground.pages.compare.strategies import Comparison
from playground.pages.compare.strategies import compare as frames_of
from playground.pages.compare.stream import written
from playground.pages.errors import sentence_of


def register(app: Any) -> None:
    async def compare(
        model: str,
        prompt: str,
        columns: list[dict],
        tokens: int = 40,
        runs: int = 1,
        seed: int = 0,
        scorer: str = "",
        request: gr.Request = None,
    ) -> dict:
        """One prompt written in up to six ways, in one batch: the texts, and the table of diversity, perplexity, repetition and loops.

        Args:
            model: name of a left-to-right model on offer.
            prompt: every column goes on from here.
            columns: 1 to 6 objects {"kind": "greedy" | "sampling" | "beam", and rules by the names of transformers' generate, "beams" 1-8, "length_penalty"}.
            tokens: how many tokens a text has at most, 1 to 200.
            runs: texts a column, 1 to 10; run r takes seed + r.
            seed: the same seed gives the same answer.
            scorer: the model whose perplexity is taken; "" for the same model.

        Returns:
            {"columns", "texts" (a list a column), "aligned", "table" (measures as [value, low, high], 95%)}
        """
        return await calls.answered(
            lambda: compare_texts(
                app.backend(), model, prompt, columns, tokens, runs, seed, scorer, request
            )
        )

    gr.api(compare, api_name="compare")


def compare_texts(
    backend: Any,
    model: str,
    prompt: str,
    columns: list[dict],
    tokens: int = 40,
    runs: int = 1,
    seed: int = 0,
    scorer: str = "",
    request: Any = None,
) -> dict:

    answer: dict[str, Any] = {}
    try:
        wish = Comparison.read(
            {
                "model": model,
                "prompt": prompt,
                "columns": columns,
                "tokens": tokens,
                "runs": runs,
                "seed": seed,
                "scorer": scorer,
            }
        )
        for frame in gate.through(
            backend,
            request,
            "compare",
            model,
            lambda _: frames_of(backend, wish),
            lambda words: {},
            long=True,
            tokens=written,
        ):
            if "columns" in frame:
                answer["columns"] = frame["columns"]
            if frame.get("done"):
                answer |= {
                    name: frame[name]
                    for name in (
                        "model",
                        "scorer",
                        "prompt",
                        "tokens",
                        "runs",
                        "seed",
                        "texts",
                        "aligned",
                        "table",
                    )
                }
        if "texts" not in answer:
            raise RunStopped("the run was stopped")
    except Exception as error:
        raise gr.Error(sentence_of(error), print_exception=False) from None
    return answer
