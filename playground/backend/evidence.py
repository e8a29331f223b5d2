"""One network for every noise: what is known of each place comes in as evidence of any kind, what
follows from all of it goes out.

Evidence e_i(w) is the log-probability of what was seen at place i if its word were w, up to a
constant of the place: zeros for a mask, 0 and -inf for a given word or a group of words, log(alpha
[w = x] + (1 - alpha) / V) for uniform noise, x.e_w / sigma^2 for Gaussian noise on unit vectors
e_w. With pi the words' shares in the text and p_i ~ pi exp(e_i):

    input    (1 - c) E[MASK] + sum_w o_i(w) E[w] + A s_i,
             o_i(w) = (p_i(w) - pi(w))+ / (1 - pi(w)), c their sum: where nothing is known this is
             [MASK] exactly, where w is certain E[w] exactly;
             s_i = sum_w p'_i(w) E[w] of an earlier answer p' (self-conditioning), nothing without
    output   log p(x_i = w | all evidence) = network_i(w) + e_i(w) - logsumexp
             (the output prior of PLAID, arXiv 2305.18619)

The blocks and the head are trained from those of fairy-diffusion (`playground.training.evidence`),
E and the output matrix are fairy-diffusion's own. The unit vectors of Gaussian noise are trained
and normalised as in CDCD (arXiv 2211.15089).
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from playground.backend.errors import WeightsRefused
from playground.backend.trained_files import check_shapes, read_trained
from playground.i18n import t

FORMAT = "evidence-network-1"
LARGEST_FILE = 9_400_000  # bytes: what a plain push to a Space takes
BLOCKS_OF_A_FILE = 2
IMPOSSIBLE = -1e4  # stands for -inf where a network adds to it
CURVE_POINTS = 15
PADDED_TO = 64  # products with a matrix of an odd number of rows are slow


class EvidenceNetwork(nn.Module):
    """The network with its unit vectors (V, W), the words' shares pi (V,) and the group (coarse
    word) of each word (V,)."""

    share: torch.Tensor
    group: torch.Tensor
    curve: torch.Tensor
    barred: torch.Tensor

    def __init__(
        self, network: Any, width: int = 64, groups: int = 128, mask_id: int = 4, pad_id: int = 0
    ):
        """network: a BertForMaskedLM; copied, and trained on but for its embeddings. width: of the
        unit vectors."""
        super().__init__()
        self.network: Any = copy.deepcopy(network)
        self.network.requires_grad_(False)
        bert, head = self.network.bert, self.network.cls.predictions
        for part in (bert.encoder, bert.embeddings.LayerNorm, head.transform):
            part.requires_grad_(True)
        head.decoder.bias.requires_grad_(True)
        config = self.network.config
        size, inner = config.vocab_size, config.hidden_size
        self.mask_id, self.pad_id = mask_id, pad_id
        self.size, self.groups = size, groups
        self.padding = -size % PADDED_TO
        self.earlier = nn.Linear(inner, inner, bias=False)
        nn.init.zeros_(self.earlier.weight)
        self.vectors = nn.Parameter(torch.zeros(size, width))
        self._trained = [name for name, p in self.named_parameters() if p.requires_grad]
        self.register_buffer("share", torch.full((size,), 1.0 / size))
        self.register_buffer("group", torch.zeros(size, dtype=torch.long))
        # deviations of Gaussian noise, falling, and the mean loss (nats) that training met there
        self.register_buffer("curve", torch.zeros(2, CURVE_POINTS))
        barred = torch.zeros(size + self.padding)
        barred[[self.mask_id, self.pad_id]] = IMPOSSIBLE
        barred[size:] = IMPOSSIBLE
        self.register_buffer("barred", barred, persistent=False)

    @property
    def config(self) -> Any:
        """The masked network's configuration."""
        return self.network.config

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.vectors.device

    # ----------------------------------------------------------------------------------------------
    # tables
    @property
    def words(self) -> torch.Tensor:
        """(V, D): the embeddings that the input and the output matrix share with the masked
        network."""
        return self.network.bert.embeddings.word_embeddings.weight

    @property
    def table(self) -> torch.Tensor:
        """(V, W): the unit vectors to which Gaussian noise is added."""
        return functional.normalize(self.vectors, dim=-1)

    @torch.no_grad()
    def begin(self, share: torch.Tensor, seed: int = 0) -> None:
        """Set pi (V,), start the vectors as the words' largest principal components, and group the
        words by them."""
        self.share.copy_(share / share.sum())
        centred = self.words - self.words.mean(0)
        _, _, directions = torch.linalg.svd(centred, full_matrices=False)
        self.vectors.copy_(functional.normalize(centred @ directions[: self.width].T, dim=-1))
        self.group.copy_(group_words(self.vectors, self.groups, seed))

    @property
    def width(self) -> int:
        """Length of a unit vector."""
        return self.vectors.shape[1]

    def group_table(self) -> torch.Tensor:
        """(groups, D): what stands at the input of a place of which the group alone is known."""
        inside = functional.one_hot(self.group, self.groups).T * self.share  # (groups, V)
        mass = inside.sum(1, keepdim=True).clamp(min=1e-30)
        return self.mix(self.over(inside / mass))

    # ----------------------------------------------------------------------------------------------
    # passes
    def over(self, local: torch.Tensor) -> torch.Tensor:
        """(..., V): by how much probabilities local (..., V) exceed the words' shares, as a part
        of what they could."""
        return (local - self.share).clamp_(min=0).div_(1 - self.share)

    def mix(self, over: torch.Tensor) -> torch.Tensor:
        """(..., D): (1 - c) E[MASK] + sum_w over(w) E[w] from over (..., V), c its sum."""
        known = over.sum(-1, keepdim=True)
        return (1 - known) * self.words[self.mask_id] + over @ self.words.to(over.dtype)

    def read(self, evidence: torch.Tensor) -> torch.Tensor:
        """(..., D): the input for evidence (..., V)."""
        return self.mix(self.over(torch.softmax(self.share.log() + evidence, -1)))

    def states(self, inputs: torch.Tensor, expected: torch.Tensor | None = None) -> torch.Tensor:
        """(B, L, D): what leaves the last block. expected (B, L, D): s of an earlier answer."""
        if expected is not None:
            inputs = inputs + self.earlier(expected)
        return self.network.bert(inputs_embeds=inputs).last_hidden_state

    def scores(self, states: torch.Tensor) -> torch.Tensor:
        """(..., V + padding): the output layer without evidence; words that no text holds are
        barred."""
        head = self.network.cls.predictions
        matrix = functional.pad(head.decoder.weight, (0, 0, 0, self.padding))
        bias = functional.pad(head.decoder.bias, (0, self.padding)) + self.barred
        return functional.linear(head.transform(states), matrix, bias)

    def log_posterior(
        self, evidence: torch.Tensor, earlier: torch.Tensor | None = None
    ) -> torch.Tensor:
        """(B, L, V) log p(x_i | all evidence (B, L, V)); earlier (B, L, V): probabilities of an
        answer before this one."""
        expected = None if earlier is None else earlier @ self.words
        scores = self.scores(self.states(self.read(evidence), expected))[..., : self.size]
        return torch.log_softmax(scores.float() + evidence, -1)

    def get_input_embeddings(self) -> nn.Module:
        """The masked network's own."""
        return self.network.get_input_embeddings()

    def forward(self, **canvas: Any) -> Any:
        """A canvas of ids with masks, as the masked network takes it: the same blocks and head
        read it."""
        found = self.network(**canvas)
        found.logits = found.logits + self.barred[: self.size]
        return found

    # ----------------------------------------------------------------------------------------------
    # files
    def parts(self) -> list[dict[str, torch.Tensor]]:
        """The trained tensors, the shares and the groups, by file: two blocks each, the rest in
        the last."""
        every = dict(self.named_parameters())
        named = {name: every[name] for name in self._trained}
        stems = [
            f"network.bert.encoder.layer.{number}."
            for number in range(self.network.config.num_hidden_layers)
        ]
        parts: list[dict[str, torch.Tensor]] = []
        for first in range(0, len(stems), BLOCKS_OF_A_FILE):
            mine = tuple(stems[first : first + BLOCKS_OF_A_FILE])
            parts.append({name: named.pop(name) for name in list(named) if name.startswith(mine)})
        return [*parts, {**named, "share": self.share, "group": self.group, "curve": self.curve}]

    def save(self, folder: str | Path, trunk: str) -> list[Path]:
        """Write the parts as safetensors (float16; shares and curve float32, groups int16) that
        name their format and the masked network."""
        folder, paths = Path(folder), []
        parts = self.parts()
        kinds = {"share": torch.float32, "group": torch.int16, "curve": torch.float32}
        for number, part in enumerate(parts):
            path = folder / f"evidence-{number + 1}-of-{len(parts)}.safetensors"
            stored = {
                name: value.detach().to("cpu", kinds.get(name, torch.float16)).contiguous()
                for name, value in part.items()
            }
            about = {"format": FORMAT, "trunk": trunk, "width": str(self.width)}
            save_file(stored, path, metadata={**about, "groups": json.dumps(self.groups)})
            paths.append(path)
        return paths


def group_words(table: torch.Tensor, count: int, seed: int, rounds: int = 15) -> torch.Tensor:
    """(V,) group of each unit vector of table (V, W): spherical k-means."""
    generator = torch.Generator().manual_seed(seed)
    count = min(count, len(table))
    centres = table[torch.randperm(len(table), generator=generator)[:count]].clone()
    for _ in range(rounds):
        group = (table @ centres.T).argmax(1)
        sums = torch.zeros_like(centres).index_add_(0, group, table)
        empty = torch.bincount(group, minlength=count) == 0
        centres = torch.where(empty[:, None], centres, functional.normalize(sums, dim=-1))
    return (table @ centres.T).argmax(1)


def load_evidence(folder: str | Path, network: Any) -> EvidenceNetwork:
    """The network of the files that `EvidenceNetwork.save` wrote, float32, ready to use;
    WeightsRefused if they do not fit."""
    folder = Path(folder)
    state: dict[str, torch.Tensor] = {}
    about: dict[str, str] = {}
    for path in sorted(folder.glob("evidence-*-of-*.safetensors")):
        refusal = t(
            "{name} is no evidence network: its header does not say {format}",
            name=path.name,
            format=repr(FORMAT),
        )
        part, about = read_trained(path, FORMAT, refusal)
        state |= part
    if not state:
        raise WeightsRefused(t("{name} holds no evidence network", name=folder.name))
    loaded = EvidenceNetwork(network, int(about["width"]), json.loads(about["groups"]))
    check_shapes(
        state,
        {name: value for part in loaded.parts() for name, value in part.items()},
        t("{name} does not hold exactly the tensors of this network", name=folder.name),
    )
    own = loaded.state_dict(keep_vars=True)
    with torch.no_grad():
        for name, value in state.items():
            own[name].copy_(value)
    return loaded.eval().requires_grad_(False)
