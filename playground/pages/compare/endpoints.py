"""/compare: the strategies for programs (gradio_client, MCP). JSON by keyword, a JSON object as the
answer."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.backend import RunStopped
from playground.i18n import t
from playground.pages import calls, gate
from playground.pages.compare.strategies import Comparison
from playground.pages.compare.strategies import compare as frames_of
from playground.pages.compare.stream import later, written
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
        request: gr.Request | None = None,
    ) -> dict:
        """One prompt written in up to six ways, in one batch: the texts, and the table of
        diversity, perplexity, repetition and loops.

        Args:
            model: name of a left-to-right model on offer.
            prompt: every column goes on from here.
            columns: 1 to 6 objects {"kind": "greedy" | "sampling" | "beam", and rules by the names
                of transformers' generate, "beams" 1-8, "length_penalty"}.
            tokens: how many tokens a text has at most, 1 to 200.
            runs: texts a column, 1 to 10; run r takes seed + r.
            seed: the same seed gives the same answer.
            scorer: the model whose perplexity is taken; "" for the same model.

        Returns:
            {"columns", "texts" (a list a column), "aligned", "table" (measures as [value, low,
            high], 95%)}
        """
        return await calls.answered(
            lambda: compare_texts(
                app.backend(), model, prompt, columns, tokens, runs, seed, scorer, request
            )
        )

    async def speculate(
        model: str,
        prompt: str,
        drafter: str = "repeats",
        tokens: int = 48,
        drafts: int = 4,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int = 0,
        request: gr.Request | None = None,
    ) -> dict:
        """Speculative decoding beside plain decoding of the same model: drafts, verdicts, tokens a
        pass, and both speeds of this run.

        Args:
            model: name of a left-to-right model on offer: the target.
            prompt: both texts go on from here.
            drafter: "repeats" (an n-gram model of the text so far), another left-to-right model, or
                a diffusion model with the same tokens.
            tokens: how many tokens each text has, 1 to 120.
            drafts: tokens drafted for a pass of the target at most, 1 to 16.
            temperature: divides the logits; 0 takes the likeliest token, and both texts are the
                same then.
            top_p: keep the smallest set of tokens that reaches this probability; 1 turns it off.
            seed: the same seed gives the same answer.

        Returns:
            {"text", "plain", "passes": [{"tokens", "drafts": [{"text", "p", "q", "overlap", "u",
            "accepted"}], "refused", ...}],
            "tokens_a_pass", "accepted", "judged", "overlap", "seconds", "tokens_per_second",
            "ratio", ...}
        """
        asked = {
            "model": model,
            "prompt": prompt,
            "drafter": drafter,
            "tokens": tokens,
            "drafts": drafts,
            "temperature": temperature,
            "top_p": top_p,
            "seed": seed,
        }
        return await calls.answered(lambda: drafted_text(app.backend(), asked, request))

    gr.api(compare, api_name="compare")
    gr.api(speculate, api_name="speculate")


def drafted_text(backend: Any, asked: dict, request: Any = None) -> dict:
    """The answer of /speculate."""
    answer = None
    try:
        for frame in gate.through(
            backend,
            request,
            "compare",
            asked["model"],
            lambda _: later("drafts", "speculative_text")(backend, asked),
            lambda words: {},
            long=True,
            tokens=written,
        ):
            answer = frame.get("answer", answer)
        if answer is None:
            raise RunStopped(t("the run was stopped"))
    except Exception as error:
        raise gr.Error(sentence_of(error), print_exception=False) from None
    return answer


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
