"""What is shipped of an evidence network: the averaged weights' files, the curve, how long it was
trained, and the card, which is evidence_card.md with the figures of a report.

report.json is measured by `tests.benchmarks.noises`; one that was measured on other weights is
never kept beside these.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch

from playground.backend.evidence import LARGEST_FILE, EvidenceNetwork, load_evidence

from .evidence_tables import figures_of

LOG, CURVE = "log.csv", "curve.csv"  # of a training's folder, and what it is called when shipped
CHECKPOINT, TRAINED, REPORT, CARD = "checkpoint.pt", "training.json", "report.json", "README.md"
TEMPLATE = Path(__file__).with_name("evidence_card.md")
TRUNK = "fairy-diffusion"  # the masked network, as the files name it
PATTERN = "evidence-*-of-*.safetensors"


def own_shares(text: str) -> dict[str, float]:
    """What `--own` says: ".92", or "1,cls.predictions=.3,layer.2.=.97", where the names are parts
    of the weights' names and the first number is for all others. ValueError for anything else."""
    first, *others = text.split(",")
    shares = {"": float(first)}
    for one in others:
        name, _, share = one.partition("=")
        shares[name] = float(share)
    if not all(0 <= share <= 1 for share in shares.values()):
        raise ValueError(f"shares must be in [0, 1], got {text}")
    return shares


@torch.no_grad()
def mix_into(network: Any, other: Any, own: dict[str, float] | None) -> None:
    """Change the trained weights of `network`, in place: of its blocks and head the share `own`
    becomes that of `other`, a network of the same shape, and the rest stays; everything else becomes
    the other's.

    Mixing a network with the one that its training began from: arXiv 2109.01903."""
    theirs = dict(other.named_parameters())
    for name, value in network.named_parameters():
        if value.requires_grad:
            named = [share for part, share in (own or {"": 1.0}).items() if part in name]
            value.lerp_(theirs[name], named[-1] if name.startswith("network.") else 1.0)


def ship(
    folder: str | Path, out: str | Path, network: Any, own: dict[str, float] | None = None
) -> list[Path]:
    """Copy averaged/ and log.csv of a run's folder, and write training.json and the card; returns
    the weights' files. network: the masked one they belong to; of its blocks and head they keep
    what `own` leaves, see `own_shares`.

    ValueError where a file is too large, WeightsRefused where they do not fit; nothing is written
    then.
    """
    folder, out = Path(folder), Path(out)
    found = folder / "averaged"
    if own is not None:
        found = mixed_files(folder, network, own)
    sources = sorted(found.glob(PATTERN))
    for source in sources:
        if source.stat().st_size > LARGEST_FILE:
            raise ValueError(
                f"{source.name} must stay below {LARGEST_FILE} bytes, got {source.stat().st_size}"
            )
    load_evidence(found, network)
    out.mkdir(parents=True, exist_ok=True)
    for source in sources:
        (out / source.name).write_bytes(source.read_bytes())
        (out / source.name).chmod(0o644)
    (out / CURVE).write_bytes((folder / LOG).read_bytes())
    trained = training_of(folder) | shape_of(load_evidence(out, network), out)
    (out / TRAINED).write_text(json.dumps(trained, indent=1) + "\n", encoding="utf-8")
    measured = found / REPORT
    if measured.is_file():
        (out / REPORT).write_bytes(measured.read_bytes())
    if (out / REPORT).is_file() and read_report(out)["weights"] != digest(out):
        (out / REPORT).unlink()
    write_card(out)
    return [out / source.name for source in sources]


def mixed_files(folder: Path, network: Any, own: dict[str, float]) -> Path:
    """Folder of the averaged weights that `own` has mixed with the masked network's."""
    averaged = load_evidence(folder / "averaged", network)
    mixed = EvidenceNetwork(network, averaged.width, averaged.groups)
    mix_into(mixed, averaged, own)
    for name in ("share", "group", "curve"):
        getattr(mixed, name).copy_(getattr(averaged, name))
    (folder / "mixed").mkdir(exist_ok=True)
    mixed.save(folder / "mixed", TRUNK)
    return folder / "mixed"


def training_of(folder: Path) -> dict[str, Any]:
    """Steps, hours of processor time and settings of the run whose checkpoint lies in folder."""
    kept = torch.load(folder / CHECKPOINT, weights_only=True, mmap=True)
    settings = kept["settings"]
    budget = settings["seconds"]
    done = kept["spent"] / budget if budget else kept["step"] / settings["steps"]
    return {
        "steps": kept["step"],
        "hours": round(kept["spent"] / 3600, 2),
        "budget_hours": round(budget / 3600, 2) if budget else None,
        "done": round(min(1.0, done), 4),
        "descent": settings["descent"],
        "learning_rate": settings["learning_rate"],
        "batch_pieces": settings["batch_pieces"],
    }


def shape_of(network: Any, out: Path) -> dict[str, Any]:
    """How large what is shipped is."""
    files = sorted(out.glob(PATTERN))
    return {
        "parameters": sum(
            value.numel()
            for part in network.parts()
            for value in part.values()
            if isinstance(value, torch.nn.Parameter)
        ),
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "groups": network.groups,
    }


def digest(folder: Path) -> str:
    """Sixteen hexadecimal digits that name the weights of a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.glob(PATTERN)):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def read_report(folder: Path) -> dict[str, Any]:
    """report.json of a folder, {} where there is none."""
    path = folder / REPORT
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write_report(folder: Path, report: dict[str, Any]) -> None:
    """Write report.json for the weights that lie in folder now, and the card where it is
    shipped."""
    text = json.dumps(report | {"weights": digest(folder)}, indent=1, ensure_ascii=False)
    (folder / REPORT).write_text(text + "\n", encoding="utf-8")
    if (folder / TRAINED).is_file():
        write_card(folder)


def write_card(folder: Path) -> None:
    """README.md of a shipped folder, from its training.json and, where it was measured, its
    report.json."""
    trained = json.loads((folder / TRAINED).read_text(encoding="utf-8"))
    (folder / CARD).write_text(card(trained, read_report(folder)), encoding="utf-8")


def card(trained: dict[str, Any], report: dict[str, Any]) -> str:
    """The text of the card."""
    begun = trained["done"] > 1 - trained["descent"]
    if trained["done"] >= 0.999:
        descent = "the rate stayed and fell to zero at the end"
    else:
        descent = (
            f"the run stands at {trained['done']:.0%} of its budget and the rate "
            + ("is falling" if begun else "has not begun to fall")
            + ": this is a state on the way, not the end"
        )
    budget = trained["budget_hours"]
    holes = {
        "PARAMETERS": f"{trained['parameters']:,}",
        "FILES": str(trained["files"]),
        "MEGABYTES": f"{trained['bytes'] / 1e6:.1f}",
        "GROUPS": str(trained["groups"]),
        "STEPS": f"{trained['steps']:,}",
        "PIECES": f"{trained['batch_pieces']:,}",
        "HOURS": f"{trained['hours']:.1f}",
        "BUDGET": f"{budget:g}" if budget else "none",
        "RATE": f"{trained['learning_rate']:.0e}",
        "DESCENT": descent,
        "FIGURES": figures_of(report),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in holes.items():
        text = text.replace("{" + name + "}", value)
    return text
