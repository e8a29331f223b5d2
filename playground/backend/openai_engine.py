"""Another program's model as a left-to-right model: an OpenAI-compatible engine, asked through
`/v1/completions` with logprobs.

Such an engine tells its likeliest tokens and their log-probabilities. From these the playground
makes a whole distribution without inventing any of it: the rows are what the engine returned, the
mass of all others is one minus their sum, exactly, and no other token can be drawn or is shown
with a number of its own. What cannot be known stays unknown: logits (a log-probability has lost
the constant), every token beyond the engine's limit, and tokens whose text is not theirs alone
(the engine names them by text). Where an engine tells all tokens (`top=all`), or each token of a
given text (`prompt_logprobs`), both are used. `engine_offers.py` says how engines are named.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playground.backend.catalog import CATALOG
from playground.backend.completion_rows import (
    ScoredToken,
    distribution,
    names_of,
    read_prompt,
    rows_at,
    text_of,
)
from playground.backend.engine_offers import ALL, PREFIX, Offer, engines
from playground.backend.errors import BackendError, EngineError, ModelUnavailable, RunStopped
from playground.backend.limits import limits
from playground.backend.tokenizer import Spelling, TextCodec
from playground.backend.weights import find_weights

if TYPE_CHECKING:
    import torch

FEWER = (
    20,
    5,
)  # what is asked for where an engine refuses more; vLLM allows 20 unless told otherwise, OpenAI 5


class Completions:
    """One engine: the way to it, its tokenizer, and what its names of tokens mean. Sessions of it
    are made by `session()`."""

    def __init__(self, offer: Offer):
        self.offer, self.top = offer, offer.top
        self.state, self.message = "absent", ""
        self.codec: Any = None
        self._lock = threading.Lock()

    def status(self) -> dict:
        return {
            "state": self.state,
            "phase": "",
            "done": 0,
            "total": 0,
            "message": self.message,
            "on_disk": True,
        }

    def prepare(self) -> dict:
        """Get ready in the background; its status at once."""
        if self.state in ("absent", "failed"):
            self.state = "loading"
            threading.Thread(
                target=self._prepare, name=f"connect-{self.offer.name}", daemon=True
            ).start()
        return self.status()

    def _prepare(self) -> None:
        try:
            self.connect()
        except BackendError:
            pass  # the status tells it

    def connect(self) -> None:
        """Read the tokenizer and ask the engine for its model; ModelUnavailable with the reason."""
        with self._lock:
            if self.state == "ready":
                return
            self.state = "loading"
            try:
                import httpx

                self.codec = read_codec(self.offer.tokenizer)
                self.ids_of = names_of(self.codec)
                self._client = httpx.Client(
                    trust_env=False, timeout=httpx.Timeout(limits().request_seconds, connect=5.0)
                )
                models = self._json(self._client.get(f"{self.offer.address}/models"))
                self.model = self.offer.model or str(models["data"][0]["id"])
            except Exception as error:
                self.state = "failed"
                self.message = (
                    f"The engine {self.offer.name!r} at {urlsplit(self.offer.address).netloc} "
                    f"cannot be used ({type(error).__name__}: {str(error)[:200]}). Everything "
                    "else goes on working."
                )
                raise ModelUnavailable(self.offer.id, message=self.message) from error
            self.state, self.message = "ready", ""

    def session(self) -> CompletionsModel:
        self.connect()
        return CompletionsModel(self)

    def _json(self, answer: Any) -> dict:
        if answer.status_code != 200:
            raise EngineError(
                f"The engine {self.offer.name!r} refused (status {answer.status_code}): "
                f"{answer.text[:200]}"
            )
        found = answer.json()
        if not isinstance(found, dict):
            raise EngineError(
                f"The engine {self.offer.name!r} answered something that is no completion"
            )
        return found

    def complete(self, ids: list[int], echo: bool = False, **more: Any) -> dict:
        """The engine's choice after a text, with its rows; its own settings are neutral, the
        likeliest token is taken and thrown away.

        more: further fields of the request; the rows are one then, for nobody reads them."""
        import httpx

        prompt: Any = list(ids) if self.offer.ids else text_of(self.codec, ids)
        asked = {
            "model": self.model,
            "prompt": prompt,
            "max_tokens": 1,
            "temperature": 0,
            "top_p": 1,
            "presence_penalty": 0,
            "frequency_penalty": 0,
            "echo": echo,
            "stream": False,
            **more,
        }
        if self.offer.ids:
            asked["return_tokens_as_token_ids"] = True
        # All are asked for by their number: where vLLM takes -1 at this address at all, it answers
        # without a row.
        wished = 1 if more else self.codec.vocab_size if self.top == ALL else self.top
        for top in (wished, *(fewer for fewer in FEWER if fewer < wished)):
            try:
                answer = self._client.post(
                    f"{self.offer.address}/completions", json={**asked, "logprobs": top}
                )
            except httpx.HTTPError as error:
                raise EngineError(
                    f"The engine {self.offer.name!r} at {urlsplit(self.offer.address).netloc} did "
                    f"not answer ({type(error).__name__}); what was written stays: go on from it "
                    "when it is back"
                ) from error
            if answer.status_code not in (400, 422) or top <= min(FEWER):
                break
        try:
            choice = self._json(answer)["choices"][0]
            _ = choice["finish_reason"], choice["logprobs"]  # both must be there
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise EngineError(
                f"The engine {self.offer.name!r} answered something that is no completion"
            ) from error
        if not more:
            self.top = ALL if top == self.codec.vocab_size else top
        return choice

    def rows_after(self, ids: list[int]) -> dict[str, float]:
        """Name of a token -> log-probability (nats), as the engine tells it; the end of the text
        is named by id where it can be known."""
        choice = self.complete(ids)
        rows = rows_at(choice, -1)
        if rows:
            return rows
        # It ended the text at once, so it gave no row: asked again with a word behind, it gives
        # what it thought before the word.
        word = self.codec.encode("\n", special=False)
        rows = rows_at(self.complete([*ids, *word], echo=True), -1 - len(word))
        if not rows:
            raise EngineError(
                f"The engine {self.offer.name!r} told no probabilities: it must be started so "
                "that it can (llama-cpp-python: --logits_all true)"
            )
        end = self.codec.tokenizer.eos_token_id
        if (
            end is not None
            and choice["finish_reason"] == "stop"
            and "" in rows
            and rows[""] >= max(rows.values())
        ):
            rows[f"token_id:{end}"] = rows.pop(
                ""
            )  # its likeliest token has no text, and taking it ended the text
        return rows


def read_codec(tokenizer: str) -> Any:
    """The tokenizer of a catalogue's model or of a folder, with the same methods."""
    from transformers import AutoTokenizer

    entry = next((entry for entry in CATALOG if entry.id == tokenizer), None)
    folder = Path(tokenizer).expanduser() if entry is None else find_weights(entry)
    if not folder.is_dir():
        raise ValueError(
            f"tokenizer must be a model of the catalogue or a folder, got {tokenizer[:100]!r}"
        )
    found = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return TextCodec(found, len(found), True if entry is not None and entry.uncased else None)


class CompletionsModel(Spelling):
    """An engine as one visitor's left-to-right model: vocab_size, eos_id, context_length, and
    `next_logits` with `shown` on its answer.

    notes: what the page says of it. Calls of one session come one after another."""

    kind = "causal"

    def __init__(self, engine: Completions):
        codec = engine.codec
        self.engine, self.codec, self.name = engine, codec, engine.offer.id
        self.vocab_size, self.eos_id, self.context_length = (
            codec.vocab_size,
            codec.tokenizer.eos_token_id,
            engine.offer.context,
        )
        self.bos_id, self.adds_bos, self.uncased, self.has_chat_template = (
            codec.bos_id,
            codec.adds_bos,
            codec.uncased,
            codec.has_chat_template,
        )
        self._closed = False
        self._known: tuple[tuple[int, ...], Any] | None = None

    @property
    def notes(self) -> list[str]:
        said = [
            f"Another program predicts, at {urlsplit(self.engine.offer.address).netloc}.",
            "It tells no logits, only log-probabilities: the constant that a logit has besides is "
            "lost.",
        ]
        if self.engine.top == ALL:
            said.insert(
                1, "It tells the probability of every token: bars, rules and entropy are exact."
            )
        else:
            said.insert(
                1,
                f"It tells at most its {self.engine.top} likeliest tokens: the mass of all others "
                "is exact, and the rules and the draw act on what it tells.",
            )
            said.append("The entropy of the whole distribution cannot be known from it.")
        if not self.engine.offer.ids:
            said.append(
                "It is given text and cuts it into tokens itself: after a token that it would "
                "have cut otherwise, it predicts from its own cut."
            )
        return said

    def next_logits(self, ids: Any) -> torch.Tensor:
        """(V,) float32 log-probabilities. Where the engine did not tell all of them they have the
        attribute `shown`, (V,) bool: True where it gave the value.

        What it did not tell holds the rest of the mass in equal parts, so that every sum over the
        vocabulary is exact; these places are no statement about any token, and whoever reads
        `shown` neither draws nor shows them."""
        if self._closed:
            raise RunStopped("this session of the model was closed; ask the backend for a new one")
        ids = [int(token) for token in ids]
        if not ids or min(ids) < 0 or max(ids) >= self.vocab_size:
            raise ValueError(f"ids must be at least one token in [0, {self.vocab_size - 1}]")
        if len(ids) > self.context_length:
            raise ValueError(
                f"ids must hold at most {self.context_length:,} tokens (the engine's context), "
                f"got {len(ids):,}"
            )
        return distribution(self.engine.rows_after(ids), self.engine.ids_of, self.vocab_size)

    def logits_at(self, ids: Any) -> torch.Tensor:
        """As `next_logits`; the last one is kept."""
        key = tuple(int(token) for token in ids)
        if self._known is None or self._known[0] != key:
            self._known = key, self.next_logits(key)
        return self._known[1]

    def logits_along(self, ids: Any) -> torch.Tensor:
        raise BackendError(
            "Another program's model cannot do this: it tells log-probabilities of a text's own "
            "tokens at best, not every distribution along it"
        )

    def scores_along(self, ids: Any, top: int = 1) -> list[ScoredToken]:
        """What the engine tells of each token of a text but the first, with `top` rows: one
        question, where it offers this.

        Raises BackendError where it does not: it must be given ids (`ids=1`) and know
        `prompt_logprobs`, as vLLM does."""
        ids = [int(token) for token in ids]
        if not self.engine.offer.ids:
            raise BackendError(
                "Another program's model cannot score a text here: it is given text, so its "
                "tokens need not be these (ids=1 sends tokens)"
            )
        if not 0 < len(ids) < self.context_length:
            raise ValueError(
                f"ids must hold 1 to {self.context_length - 1:,} tokens (the engine's context), "
                f"got {len(ids):,}"
            )
        return read_prompt(self.engine.complete(ids, prompt_logprobs=top), ids)

    def rows_along(self, ids: Any, top: int = 20) -> list[torch.Tensor]:
        """As `next_logits` before each token of a text but the first, from `top` rows each; the
        attribute `rank` is the text's token's."""
        rows = []
        for scored in self.scores_along(ids, top):
            row: Any = distribution(scored.rows, self.engine.ids_of, self.vocab_size)
            row.rank = scored.rank
            rows.append(row)
        return rows

    def hidden_states(self, ids: Any) -> torch.Tensor:
        raise BackendError(
            "Another program's model shows nothing of its insides: it has no hidden states to give"
        )

    def close(self) -> None:
        self._closed = True


_connected: dict[Offer, Completions] = {}
_connecting = threading.Lock()


def engine_of(name: Any) -> Completions | None:
    """The engine of a model's name, None where it is no engine's name."""
    if not isinstance(name, str) or not name.startswith(PREFIX):
        return None
    offer = engines().get(name)
    if offer is None:
        raise ModelUnavailable(
            name[:200],
            message=f"model must be one of {', '.join(engines()) or '(no engines here)'}, got "
            f"{name[:100]!r}.",
        )
    with _connecting:
        return _connected.setdefault(offer, Completions(offer))
