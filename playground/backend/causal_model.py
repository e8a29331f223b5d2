"""A left-to-right model as one visitor's session sees it."""

from __future__ import annotations

import threading
import weakref

import torch

from playground.backend.causal_requests import Ending, Session
from playground.backend.engine_request import Answering
from playground.backend.errors import RunStopped
from playground.backend.limits import limits
from playground.backend.logits_cache import LogitsCache
from playground.backend.tokenizer import Spelling, TextCodec
from playground.i18n import t


class CausalModel(Spelling):
    """A left-to-right model as one session sees it. Each session keeps its own cache of keys;
    closing frees it.

    vocab_size, eos_id (None if the model has no end), context_length (tokens), adds_bos, uncased,
    has_chat_template. Calls of one session come one after another; different sessions run at once
    and share forward passes.
    """

    kind = "causal"

    def __init__(
        self,
        name: str,
        codec: TextCodec,
        engine: Answering,
        vocab_size: int,
        eos_id: int | None,
        context_length: int,
        cache: LogitsCache,
    ):
        self.name, self.codec = name, codec
        self.vocab_size, self.eos_id, self.context_length = vocab_size, eos_id, context_length
        self.bos_id = codec.bos_id
        self.adds_bos, self.uncased, self.has_chat_template = (
            codec.adds_bos,
            codec.uncased,
            codec.has_chat_template,
        )
        self._engine, self._cache, self._session = engine, cache, Session()
        self._closed = False
        self._one_at_a_time = threading.Lock()
        self._leave = weakref.finalize(self, engine.leave, self._session)

    def next_logits(self, ids) -> torch.Tensor:
        """Logits (V,), float32, of the token after `ids`; the longest beginning shared with the
        last call is not recomputed."""
        ids = self._checked(ids)
        with self._one_at_a_time:
            logits = self._engine.ask(self._session, "next", ids)
        self._cache.put((self.name, tuple(ids)), logits)
        return logits.clone()

    def logits_at(self, ids) -> torch.Tensor:
        """As `next_logits`, from the cache of steps on view if it is there: a moved slider runs no
        forward pass."""
        ids = self._checked(ids)
        found = self._cache.get((self.name, tuple(ids)))
        return found.clone() if found is not None else self.next_logits(ids)

    def logits_along(self, ids) -> torch.Tensor:
        """Logits (T, V), float32, teacher-forced: row t is the prediction after ids[:t + 1]."""
        ids = self._checked(ids)
        limits().check("max_score_tokens", len(ids), t("the text (tokens)"))
        return self._ask_rows("along", ids)

    def last_logits(self, ids, count: int) -> torch.Tensor:
        """Logits (count, V), float32, at the last `count` places of `ids`, in one forward pass over
        those and what of the text before them is not cached yet: how drafts are verified. The last
        row is `next_logits(ids)`."""
        ids = self._checked(ids)
        if not 1 <= count <= len(ids):
            raise ValueError(
                t("count must be in [1, {most}], got {got}", most=str(len(ids)), got=count)
            )
        return self._ask_rows("last", Ending(ids, count))

    def hidden_states(self, ids) -> torch.Tensor:
        """Last hidden states (T, D), float32; row t after ids[:t + 1]."""
        ids = self._checked(ids)
        limits().check("max_score_tokens", len(ids), t("the text (tokens)"))
        return self._ask_rows("hidden", ids)

    def _ask_rows(self, kind: str, ids: list[int]) -> torch.Tensor:
        with self._one_at_a_time:
            rows = self._engine.ask(self._session, kind, ids)
        return (
            torch.cat(rows) if len(rows) > 1 else rows[0].clone()
        )  # a tensor made outside inference mode

    def _checked(self, ids) -> list[int]:
        if self._closed:
            raise RunStopped(
                t("this session of the model was closed; ask the backend for a new one")
            )
        ids = [int(i) for i in ids]
        if not ids:
            raise ValueError(t("ids must hold at least one token, got none"))
        if len(ids) > self.context_length:
            raise ValueError(
                t(
                    "ids must hold at most {context_length} tokens (the model's context), got "
                    "{got}",
                    context_length=self.context_length,
                    got=len(ids),
                )
            )
        if min(ids) < 0 or max(ids) >= self.vocab_size:
            bad = next(i for i in ids if not 0 <= i < self.vocab_size)
            raise ValueError(
                t(
                    "ids must be in [0, {highest}], got {got}",
                    highest=str(self.vocab_size - 1),
                    got=bad,
                )
            )
        return ids

    def close(self) -> None:
        """Leave the engine at once: a request that waits ends with RunStopped, the cache is freed.
        Closing twice is harmless."""
        self._closed = True
        self._leave()
