"""What each argument of /decode, /distribution, /attribution and /score means: what an API page and
a language model that uses the tools read."""

from __future__ import annotations

from collections.abc import Iterable

from playground.decoding.settings import PARAMETERS

MEANINGS = {
    "model": "a left-to-right model on offer: fairy-causal (shipped, small letters, fairy tales) or "
    "smollm2-135m (fetched on first use)",
    "prompt": "the beginning of the text, 1 to 20000 characters; the model goes on from here",
    "text": "the text to be read, at least 2 and at most 512 tokens",
    "chat": "true puts the prompt into the model's chat template, where it has one",
    "top": "rows of each distribution to return, 1 to 100; the rest is summed up exactly in "
    "`remainder`",
    "ids": "token ids that stand after the prompt already",
    "token": "id of the token that is looked at after prompt and ids; -1 is the likeliest",
    "index": "number of the step, from 0: the random number u of a draw depends on (seed, index) alone",
}


def meaning(name: str) -> str:
    """What one argument means and which values it takes; a setting's row of the table says both."""
    return PARAMETERS[name].described() if name in PARAMETERS else MEANINGS[name]


def described(what: str, names: Iterable[str], returns: str) -> str:
    """A docstring: what the function does, its arguments, what it returns."""
    lines = "\n".join(f"    {name}: {meaning(name)}" for name in names)
    return f"{what}\n\nArgs:\n{lines}\n\nReturns:\n    {returns}\n"
