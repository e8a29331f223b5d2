"""What is shipped of a verifier: its file, its curve, and its card, which is verifier_card.md with
the figures of a report."""

from __future__ import annotations

from pathlib import Path

LOG = "log.csv"  # of a training's folder
TEMPLATE = Path(__file__).with_name("verifier_card.md")
BEGINS = "---\n"  # what stands before it is for whoever ships


def ship(folder: str | Path, out: str | Path, largest: int) -> Path:
    """Ship what a run's folder holds now, averaged.safetensors and log.csv, without the texts or
    the checkpoint; returns the file.

    ValueError where it is larger than `largest` bytes.
    """
    folder, out = Path(folder), Path(out)
    source = folder / "averaged.safetensors"
    if source.stat().st_size > largest:
        raise ValueError(
            f"{source.name} must stay below {largest} bytes, got {source.stat().st_size}"
        )
    out.mkdir(parents=True, exist_ok=True)
    path = out / "verifier.safetensors"
    path.write_bytes(source.read_bytes())
    path.chmod(0o644)
    (out / "curve.csv").write_bytes((folder / LOG).read_bytes())
    return path


def card(report: dict) -> str:
    """The text of the card, from what `playground.training.verifier_report` measured."""
    held = {figures["hidden"]: figures for figures in report["heldout"]}
    trained, price = report["trained"], report["price"]
    holes = {
        "PARAMETERS": f"{report['parameters']:,}",
        "MEGABYTES": f"{report['megabytes']:.1f}",
        "STEPS": f"{int(trained['step']):,}",
        "STEPS_ASKED": str(int(trained["step"])),
        "MINUTES": f"{float(trained['minutes']):.0f}",
        "WINDOWS": f"{held[64]['windows']:,}",
        "TEXTS": str(report["texts"]),
        "PRICE": f"{price['price']:.2f}",
        "CALL_MS": f"{price['call_ms']:.1f}",
        "PASS_MS": f"{price['pass_ms']:.1f}",
        "ROWS": "\n".join(_line(row) for row in report["rows"]),
        "VERDICT": " ".join(verdict(found) for found in report["compared"]),
    }
    for hidden, figures in held.items():
        holes[f"DRAFT_{hidden}"] = f"{figures['draft']:.2f}"
        holes[f"VERIFIER_{hidden}"] = f"{figures['verifier']:.2f}"
        holes[f"ERROR_{hidden}"] = f"{figures['error']:.2f}"
    text = TEMPLATE.read_text(encoding="utf-8")
    text = text[text.index(BEGINS) :]
    for name, value in holes.items():
        text = text.replace("{" + name + "}", value)
    return text


def _line(row: dict) -> str:
    name = "MDLM" if row["sampler"] == "mdlm" else "self-speculative"
    way = f"{row['steps']} steps" if name == "MDLM" else _window(row["steps"])
    return (
        f"| {name}, {way} | {row['passes']:.1f} | {row['calls']:.1f} | {row['seconds']:.3f} "
        f"| {row['nats']:.2f} ± {row['error']:.2f} | {row['distinct']:.2f} |"
    )


def _window(steps: int) -> str:
    return "whole canvas" if steps == 1 else f"cosine window of {steps}"


def verdict(found: dict) -> str:
    """One sentence about one comparison at equal cost; a difference below two standard errors is
    none."""
    where = "counted in calls" if found["cost"] == "calls" else "counted in seconds"
    begin = f"At the cost of MDLM's {found['calls']} calls, {where},"
    row = found["speculative"]
    if row is None:
        return f"{begin} it cannot finish a text."
    figures = (
        f"{row['nats']:.2f} ± {row['error']:.2f} nats a piece against "
        f"{found['mdlm']['nats']:.2f} ± {found['mdlm']['error']:.2f}"
    )
    if abs(found["difference"]) < 2 * found["error"]:
        return f"{begin} neither reads better ({figures})."
    wins = "it reads better" if found["difference"] < 0 else "it reads worse"
    return f"{begin} {wins} ({figures})."
