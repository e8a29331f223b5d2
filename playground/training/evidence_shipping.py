"""What is shipped of an evidence network: the averaged weights' files and the curve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.backend.evidence import LARGEST_FILE, load_evidence

LOG = "log.csv"  # of a training's folder


def ship(folder: str | Path, out: str | Path, network: Any) -> list[Path]:
    """Copy averaged/ and log.csv of a run's folder; returns the weights' files. network: the
    masked one they belong to.

    ValueError where a file is too large, WeightsRefused where they do not fit; nothing is written
    then.
    """
    folder, out = Path(folder), Path(out)
    sources = sorted((folder / "averaged").glob("evidence-*-of-*.safetensors"))
    for source in sources:
        if source.stat().st_size > LARGEST_FILE:
            raise ValueError(
                f"{source.name} must stay below {LARGEST_FILE} bytes, got {source.stat().st_size}"
            )
    load_evidence(folder / "averaged", network)
    out.mkdir(parents=True, exist_ok=True)
    for source in sources:
        (out / source.name).write_bytes(source.read_bytes())
        (out / source.name).chmod(0o644)
    (out / "curve.csv").write_bytes((folder / LOG).read_bytes())
    return [out / source.name for source in sources]
