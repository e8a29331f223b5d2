"""A text under another model than the one that wrote it: what stands behind the prompt, and how the
judge cuts it into its own tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground import decoding


def text_behind(model: Any, prompt: str, prompt_ids: Sequence[int], ids: Sequence[int]) -> str:
    """What `ids` add to the prompt as it was typed, joined as the writer joins it: " three sons",
    ", who", "dom".

    decode(ids) alone has lost how the text goes on: word pieces begin a word there, with a space or
    without one."""
    pieces = decoding.text_pieces(model.decode, [*prompt_ids, *ids])
    text = "".join(pieces[len(prompt_ids) :])
    # word pieces know no space at a text's end: the typed one is the one that they put between two
    # words
    twice = (
        prompt[-1:].isspace() and text[:1] == " " and not model.decode(prompt_ids)[-1:].isspace()
    )
    return text[1:] if twice else text


def judged_ids(judge: Any, prompt: str, text: str) -> tuple[list[int], list[int]]:
    """(ids that are given, ids that are scored) of prompt + text as the judge cuts it; one id at
    least is given.

    A token that reaches over the seam, such as "kingdom", is scored whole."""
    context, whole = list(judge.encode(prompt)), list(judge.encode(prompt + text))
    shared = max(common_beginning([context, whole]), 1)
    return whole[:shared], whole[shared:]


def common_beginning(texts: Sequence[Sequence[int]]) -> int:
    """How many tokens all texts begin with."""
    count = 0
    for tokens in zip(*texts, strict=False):
        if len(set(tokens)) > 1:
            break
        count += 1
    return count
