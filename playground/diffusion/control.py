"""Control: texts of which something is wanted, c, from a denoiser that was never trained for it
(Diffusion-LM, arXiv 2205.14217).

By gradient: after each reverse step a few Adagrad updates of the vectors x on -log p(c | x) +
weight |x - mean|^2 / deviation. By words: a word is drawn with p(w | canvas) p(c | canvas with w);
with the exact p(c | canvas) the texts follow p(text | c).

"Contains one of these words" needs no classifier: p(c | x) = 1 - prod_i (1 - sum_{w in S} p_i(w)),
as if places were independent.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import torch


def log_contains(law: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """(B,): log of the probability that at least one of words (S,) stands somewhere, from law (B,
    L, V), places independent."""
    share = law[..., words].sum(-1).clamp(max=1.0 - 1e-7)
    without = torch.log1p(-share).sum(-1)
    return torch.log(-torch.expm1(without).clamp(max=-1e-30))


def steer(
    x: torch.Tensor,
    mean: torch.Tensor,
    deviation: float,
    log_wanted: Callable[[torch.Tensor], torch.Tensor],
    updates: int = 3,
    rate: float = 0.05,
    weight: float = 0.01,
) -> tuple[torch.Tensor, list[float]]:
    """(x (B, L, D) after Adagrad updates, mean log p(c | x) before each and after the last).

    mean (B, L, D) and deviation: those of the reverse step that drew x. log_wanted: (B, L, D) ->
    (B,), differentiable.
    """
    moved = x.detach().clone().requires_grad_(True)
    adagrad = torch.optim.Adagrad([moved], lr=rate)
    found = []
    for _ in range(updates):
        wanted = log_wanted(moved)
        found.append(wanted.mean().item())
        fluent = ((moved - mean) ** 2).flatten(1).sum(1) / deviation
        adagrad.zero_grad()
        (-wanted + weight * fluent).sum().backward()
        adagrad.step()
    with torch.no_grad():
        found.append(log_wanted(moved).mean().item())
    return moved.detach(), found


def steered_origin(origin: torch.Tensor, gradient: torch.Tensor, deviation: float) -> torch.Tensor:
    """E[x_0 | x, c] = E[x_0 | x] + deviation^2 grad_x log p(c | x), for x = x_0 + deviation noise;
    exact if p(c | x) is."""
    return origin + deviation**2 * gradient


def conditioned_law(denoiser, length: int, holds: Callable[[tuple[int, ...]], bool]) -> np.ndarray:
    """(V ** length,) p(text | c), last place fastest, by enumeration with the denoiser's own
    likelihoods; holds: text -> c."""
    texts = list(itertools.product(range(int(denoiser.vocab_size)), repeat=length))
    law = np.exp(denoiser.log_likelihood(np.array(texts)))
    law = law * np.array([holds(text) for text in texts])
    if law.sum() <= 0:
        raise ValueError("holds must be possible for a text of this length, got none")
    return law / law.sum()


def guided_law(
    denoiser,
    length: int,
    log_wanted: Callable[[np.ndarray], np.ndarray],
    order: Sequence[int] | None = None,
) -> np.ndarray:
    """(V ** length,) law of texts whose places are filled one after another in `order`, each word
    drawn with p(w | canvas) p(c | canvas with w); log_wanted: (n, L) canvases -> (n,) log p(c |
    canvas)."""
    size, mask = int(denoiser.vocab_size), int(denoiser.mask_id)
    canvases, law = np.full((1, length), mask), np.ones(1)
    for place in range(length) if order is None else order:
        words = torch.as_tensor(denoiser.logits(torch.from_numpy(canvases)))[:, place].exp()
        after = np.repeat(canvases, size, axis=0)
        after[:, place] = np.tile(np.arange(size), len(canvases))
        with np.errstate(divide="ignore"):
            score = np.log(words.double().numpy()).reshape(-1)
        likely = np.isfinite(score)
        score[likely] += log_wanted(after[likely])
        score = score.reshape(-1, size)
        top = score.max(-1, keepdims=True)
        shares = np.exp(score - np.where(np.isfinite(top), top, 0.0))
        shares /= np.maximum(shares.sum(-1, keepdims=True), 1e-300)
        law = (law[:, None] * shares).reshape(-1)
        canvases, law = after[law > 0], law[law > 0]
    texts = np.zeros(size**length)
    np.add.at(texts, canvases @ size ** np.arange(length - 1, -1, -1), law)
    return texts
