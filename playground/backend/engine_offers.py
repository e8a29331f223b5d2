"""Which engines of other programs the host offers; what is done with them stands in
openai_engine.py.

`PLAYGROUND_ENGINES` offers engines, separated by `;`, each `name=address` with options behind
commas:

    PLAYGROUND_ENGINES="smollm2-gguf=http://127.0.0.1:8000/v1,tokenizer=smollm2-135m,top=20"

tokenizer (needed): a model of the catalogue or a folder whose tokenizer is the engine's own. top:
tokens asked for at each step (20; an engine that refuses is asked for fewer), or `all`: the whole
distribution, which vLLM tells when it is started with `--max-logprobs -1`; it is asked with ids,
for names could not tell all tokens apart. model: the name the engine knows its model by (its
first). context: tokens (2048). ids=1: prompts go out as token ids and tokens come back by id, for
an engine that understands this (vLLM does, llama-cpp-python does not): nothing is cut into tokens
anew and no two tokens are confused.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

PREFIX = "engine/"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,40}")
ALL = -1  # as vLLM counts where it is started; asked for by the number of tokens


@dataclass(frozen=True)
class Offer:
    """An engine of `PLAYGROUND_ENGINES`. `id` is its name in the list of models."""

    name: str
    address: str
    tokenizer: str
    top: int = 20
    model: str = ""
    context: int = 2048
    ids: bool = False

    @property
    def id(self) -> str:
        return PREFIX + self.name

    @property
    def title(self) -> str:
        return f"{self.name} (another program)"

    @property
    def note(self) -> str:
        if self.top == ALL:
            return (
                f"Another program, at {urlsplit(self.address).netloc}, predicts here and tells "
                "the probability of every token. The network's logits it does not tell."
            )
        return (
            f"Another program, at {urlsplit(self.address).netloc}, predicts here and tells at "
            f"most its {self.top} likeliest tokens. The probability of all others together is "
            "exact; what each of them has, and the network's logits, it does not tell."
        )


def engines() -> dict[str, Offer]:
    """The engines on offer by id; ValueError names what is wrong in `PLAYGROUND_ENGINES`."""
    return _read(os.environ.get("PLAYGROUND_ENGINES", ""))


@lru_cache(maxsize=8)
def _read(text: str) -> dict[str, Offer]:
    found: dict[str, Offer] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, rest = part.partition("=")
        address, *options = (piece.strip() for piece in rest.split(","))
        given = {key: value for key, _, value in (option.partition("=") for option in options)}
        place = urlsplit(address)
        if (
            not NAME.fullmatch(name.strip())
            or place.scheme not in ("http", "https")
            or not place.hostname
        ):
            raise ValueError(
                "PLAYGROUND_ENGINES must be name=http://host:port/v1,tokenizer=... separated by "
                f"semicolons, got {part[:100]!r}"
            )
        unknown = set(given) - {"tokenizer", "top", "model", "context", "ids"}
        if unknown or not given.get("tokenizer"):
            raise ValueError(
                "PLAYGROUND_ENGINES: an engine has tokenizer (needed), top, model, context and "
                f"ids, got {sorted(given)} for {name.strip()!r}"
            )
        numbers = {
            field: given.get(field, default)
            for field, default in (("top", "20"), ("context", "2048"))
        }
        whole = numbers["top"] == "all"
        if whole:
            numbers["top"] = "1"
            given["ids"] = "1"
        for field, value in numbers.items():
            if not re.fullmatch(r"[1-9]\d{0,6}", value):
                raise ValueError(
                    f"PLAYGROUND_ENGINES: {field} must be a whole number >= 1, got {value[:40]!r} "
                    f"for {name.strip()!r}"
                )
        offer = Offer(
            name.strip(),
            address.rstrip("/"),
            given["tokenizer"],
            ALL if whole else int(numbers["top"]),
            given.get("model", ""),
            int(numbers["context"]),
            given.get("ids", "0") == "1",
        )
        found[offer.id] = offer
    return found
