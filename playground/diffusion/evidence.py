"""A trained network as a denoiser that takes evidence of any kind: `.posterior(evidence)`, as the
exact denoisers have it.

Its vocabulary leaves the mask out (mask_id = V), though the network's tokenizer has one: what is
masked is evidence of nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.i18n import t


class NetworkDenoiser:
    """The denoiser protocol over a network that answers `log_posterior(evidence, earlier)`, such
    as `backend.evidence`.

    network: size (V), table (V, W) unit vectors, group (V,), share (V,), curve (two rows:
      deviations of Gaussian noise, falling, and the mean
    loss in nats at each). text: encode and decode of the network's own tokenizer, `mask_id` its
    mask's id there.

    self_conditioned: who asks in turn, step by step, may hand in the answer before (`earlier`).
    """

    self_conditioned = True

    def __init__(self, network: Any, text: Any):
        self.network, self.text = network, text
        self.vocab_size = self.mask_id = int(network.size)
        self.codec = getattr(text, "codec", None)
        self.special_ids = frozenset(getattr(text, "special_ids", None) or ())
        self.context_length = getattr(text, "context_length", None)
        self.uncased = getattr(text, "uncased", False)

    @property
    def draft_problem(self) -> str:
        """Why the sampler self-speculative cannot run here, a sentence."""
        return t(
            "sampler self-speculative needs a trained verifier, and the network for every noise "
            "has none; self-verifying works without one"
        )

    @property
    def embeddings(self) -> np.ndarray:
        """(V, W) float64: the unit vectors that Gaussian noise is added to."""
        return self.network.table.detach().cpu().double().numpy()

    @property
    def groups(self) -> np.ndarray:
        """(V,): the group (coarse word) of each word."""
        return self.network.group.cpu().numpy()

    @property
    def word_shares(self) -> np.ndarray:
        """(V,): how often each word occurs in the text of the training."""
        return self.network.share.cpu().numpy()

    @property
    def entropy_curve(self) -> tuple[np.ndarray, np.ndarray]:
        """(deviations (n,) falling, nats (n,)): how uncertain a word is under Gaussian noise,
        measured in training."""
        deviations, nats = self.network.curve.cpu().double().numpy()
        return deviations, nats

    # ----------------------------------------------------------------------------------------------
    # text
    def encode(self, text: str) -> list[int]:
        """Ids of a text, [MASK] as mask_id."""
        return [self.mask_id if i == self.text.mask_id else i for i in self.text.encode(text)]

    def decode(self, ids: Any) -> str:
        """Text of ids."""
        return self.text.decode([self._theirs(i) for i in ids])

    def piece(self, token: int) -> str:
        """One id for a label."""
        return self.text.piece(self._theirs(token))

    def close(self) -> None:
        """Close the session that the network is asked through, where it is one."""
        if hasattr(self.text, "close"):
            self.text.close()

    def _theirs(self, token: Any) -> int:
        return self.text.mask_id if int(token) == self.mask_id else int(token)

    # ----------------------------------------------------------------------------------------------
    # the protocol
    def evidence(self, canvas: Any) -> np.ndarray:
        """(B, L, V) log-likelihoods of a canvas (B, L): zeros where masked, 0 and -inf where a
        word is given."""
        ids = np.asarray(torch.as_tensor(canvas).cpu(), dtype=np.int64)
        if ids.ndim != 2 or ids.size == 0 or ids.min() < 0 or ids.max() > self.mask_id:
            raise ValueError(
                f"canvas must be (B, L) with ids in [0, {self.mask_id}], got shape {ids.shape}"
            )
        evidence = np.zeros((*ids.shape, self.vocab_size), dtype=np.float32)
        rows, places = np.nonzero(ids != self.mask_id)
        evidence[rows, places] = -np.inf
        evidence[rows, places, ids[rows, places]] = 0.0
        return evidence

    def logits(self, canvas: Any) -> torch.Tensor:
        """(B, L, V) log-probabilities given all visible words; a visible place's word is
        certain."""
        return self.posterior_log(self.evidence(canvas))

    def posterior(self, log_likelihood: Any, earlier: Any = None) -> torch.Tensor:
        """(B, L, V) evidence -> (B, L, V) probabilities p(x_i | all evidence, its own too);
        earlier (B, L, V): the answer before."""
        return self.posterior_log(log_likelihood, earlier).exp()

    def posterior_log(self, log_likelihood: Any, earlier: Any = None) -> torch.Tensor:
        """The logarithms of `posterior`, float32. ValueError for NaN, +inf, or a place that leaves
        no word possible."""
        evidence = torch.as_tensor(log_likelihood)
        if evidence.ndim != 3 or evidence.shape[2] != self.vocab_size:
            raise ValueError(
                f"evidence must be (B, L, {self.vocab_size}), got shape {tuple(evidence.shape)}"
            )
        top = evidence.amax(-1, keepdim=True)
        if not bool((top.isfinite()).all()):
            raise ValueError("evidence must leave one word possible and hold neither NaN nor +inf")
        if earlier is not None:
            earlier = torch.as_tensor(earlier).float()
        # a constant of a place changes nothing; taken off in the precision in which it came
        with torch.no_grad():
            return self.network.log_posterior((evidence - top).float(), earlier)


def guide(conditional: torch.Tensor, blank: torch.Tensor, scale: float) -> torch.Tensor:
    """Classifier-free guidance of logits (..., V): (1 + scale) conditional - scale blank, blank
    without the prompt.

    A word that is impossible with the prompt stays so; one impossible only without it keeps its
    own logit."""
    guided = (1.0 + scale) * conditional - scale * blank
    return torch.where(torch.isfinite(conditional) & torch.isfinite(blank), guided, conditional)
