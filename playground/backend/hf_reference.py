"""The network as the library itself loads and runs it: its own attention, its own cache, its own
`generate`.

What the playground computes can be laid beside it. It is a second copy of the weights in memory,
gone with the object.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from playground.backend.loading import read_network

_one_at_a_time = threading.Lock()  # the library draws from the process's own random numbers


class LibraryModel:
    """`generate(ids, ...)` is transformers' `model.generate` with exactly the settings given, none
    of a folder's defaults."""

    def __init__(self, folder: Path, eos_id: int | None):
        self.network, _ = read_network(folder, "causal", packed=False)
        self.network.generation_config = GenerationConfig()
        self.eos_id = eos_id

    def generate(
        self,
        ids: Sequence[int],
        seed: int = 0,
        should_stop: Callable[[], bool] | None = None,
        **settings: Any,
    ) -> tuple[list[int], list[torch.Tensor]]:
        """(new ids, the processed scores (V,) of each step; none for beams). settings:
        transformers' names; seed is for torch's generator.

        should_stop is asked after every token: the run then ends with what it has."""

        class Stopped(StoppingCriteria):
            def __call__(self, input_ids, scores, **kwargs):
                stop = should_stop is not None and should_stop()
                return torch.full(
                    (input_ids.shape[0],), stop, dtype=torch.bool, device=input_ids.device
                )

        beams = settings.get("num_beams", 1)
        config = GenerationConfig(
            eos_token_id=self.eos_id,
            pad_token_id=self.eos_id if self.eos_id is not None else 0,
            top_k=settings.pop("top_k", 0),
            return_dict_in_generate=True,
            output_scores=beams == 1,
            **settings,
        )
        device = next(self.network.parameters()).device
        given = torch.tensor([[int(token) for token in ids]], device=device)  # (1, T)
        with _one_at_a_time, torch.random.fork_rng(devices=[]), torch.inference_mode():
            torch.manual_seed(seed)
            found = self.network.generate(
                given,
                attention_mask=torch.ones_like(given),
                generation_config=config,
                stopping_criteria=StoppingCriteriaList([Stopped()]),
            )
        scores = [row[0].float().cpu() for row in found.scores] if beams == 1 else []
        return found.sequences[0, given.shape[1] :].tolist(), scores
