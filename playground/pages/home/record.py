"""Records the home page's animation from the shipped twins: `python -m playground.pages.home.record`."""

from __future__ import annotations

import json

from playground import decoding, diffusion
from playground.backend import get_backend
from playground.decoding.settings import DecodingSettings
from playground.diffusion.settings import UnmaskSettings
from playground.paths import ASSETS

RECORDED = ASSETS / "examples" / "home.json"
PROMPT = "once upon a time there was a king"
TOKENS, STEPS = 20, 10
CAUSAL_SEED, DIFFUSION_SEED = (
    24,
    16,
)  # picked by eye from thirty: what a visitor sees first shall read well, and the page says so


def record() -> dict:
    import torch

    causal, denoiser = (
        get_backend().causal("fairy-causal"),
        get_backend().denoiser("fairy-diffusion"),
    )
    prompt = causal.encode(PROMPT)
    frames, ids = [], list(prompt)
    rules = DecodingSettings(
        temperature=0.6,
        top_p=0.9,
        repetition_penalty=1.1,
        max_new_tokens=TOKENS,
        seed=CAUSAL_SEED,
    )
    for step in decoding.generate(causal, prompt, rules):
        rows = step.record(text_of=causal.piece, top=20)["rows"]
        best = sorted(rows, key=lambda row: -row["final"])[:3]
        if step.token_id not in [row["id"] for row in best]:
            best[-1] = next(row for row in rows if row["id"] == step.token_id)
        frames.append(
            {
                "rows": [
                    [row["text"], round(row["final"], 4), row["id"] == step.token_id]
                    for row in best
                ]
            }
        )
        ids.append(step.token_id)
    for frame, piece in zip(
        frames, decoding.text_pieces(causal.decode, ids)[len(prompt) :], strict=True
    ):
        frame["piece"] = str(piece)

    canvas = torch.tensor(
        [[*denoiser.encode(PROMPT), *[denoiser.mask_id] * (TOKENS - 1), *denoiser.encode(".")]]
    )
    settings = UnmaskSettings(
        "dream", STEPS, selection="entropy", temperature=0.6, seed=DIFFUSION_SEED
    )
    steps = [
        {
            "words": _words(
                denoiser,
                canvas[0].tolist(),
                ["masked" if i == denoiser.mask_id else "locked" for i in canvas[0].tolist()],
            )
        }
    ]
    for step in diffusion.unmask(denoiser, canvas, settings):
        row = step.record(row=0)
        steps.append({"words": _words(denoiser, row["canvas"], row["state"])})
    return {
        "causal": {"prompt": PROMPT, "frames": frames},
        "diffusion": {"steps": steps},
        # Whoever sets what is said here gets what is shown: tests/pages/test_home_recorded.py.
        "note": f"the left one at temperature {rules.temperature:g}, top-p {rules.top_p:g}, repetition penalty "
        f"{rules.repetition_penalty:g} and seed {rules.seed}, the right one by Dream's entropy order in {settings.steps} steps at "
        f"temperature {settings.temperature:g} and seed {settings.seed}; the seeds were picked by eye from thirty",
    }


def _words(denoiser, ids: list[int], states: list[str]) -> list[dict]:
    return [
        {
            "text": denoiser.piece(i).replace("##", "")
            if state not in ("masked", "remasked")
            else "",
            "state": "masked" if state == "remasked" else state,
        }
        for i, state in zip(ids, states, strict=True)
    ]


def main() -> None:
    text = json.dumps(record(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    RECORDED.write_text(text + "\n", encoding="utf-8")
    print(f"{RECORDED.name}: {len(text):,} characters")


if __name__ == "__main__":
    main()
