"""Home's two recorded texts are what their stated settings give: the sentence under them is read here, and nothing else."""

import json
import re

import pytest
import torch

from playground.backend import get_backend
from playground.decoding import DecodingSettings, generate
from playground.decoding.text import text_pieces
from playground.diffusion import UnmaskSettings, unmask
from playground.pages.home.record import RECORDED

NUMBER = r"([\d.]*\d)"


@pytest.fixture(scope="module")
def race():
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def stated(note, *names):
    """The numbers that stand behind the names in a clause of the note."""
    return [float(re.search(rf"{name} {NUMBER}", note)[1]) for name in names]


def test_the_left_text_is_written_by_the_rules_that_are_stated(race):
    left = race["note"].split(", the right one")[0]
    temperature, top_p, penalty, seed = stated(
        left, "temperature", "top-p", "repetition penalty", "seed"
    )
    frames = race["causal"]["frames"]
    settings = DecodingSettings(
        temperature=temperature,
        top_p=top_p,
        repetition_penalty=penalty,
        seed=int(seed),
        max_new_tokens=len(frames),
    )
    model = get_backend().causal("fairy-causal")
    prompt = model.encode(race["causal"]["prompt"])
    ids = [*prompt, *(step.token_id for step in generate(model, prompt, settings))]
    pieces = [str(piece) for piece in text_pieces(model.decode, ids)[len(prompt) :]]
    assert pieces == [frame["piece"] for frame in frames]


def test_the_right_text_is_unmasked_as_it_is_stated(race):
    right = race["note"].split("the right one ")[1]
    assert right.startswith("by Dream's entropy order")
    temperature, seed = stated(right, "temperature", "seed")
    steps = int(re.search(rf"in {NUMBER} steps", right)[1])
    shown = race["diffusion"]["steps"]
    model = get_backend().denoiser("fairy-diffusion")
    start = [word["state"] == "masked" for word in shown[0]["words"]]
    prompt, end = model.encode(race["causal"]["prompt"]), model.encode(".")
    canvas = [*prompt, *[model.mask_id] * sum(start), *end]
    assert [i == model.mask_id for i in canvas] == start
    settings = UnmaskSettings(
        "dream", steps, selection="entropy", temperature=temperature, seed=int(seed)
    )
    written = [step.record(row=0) for step in unmask(model, torch.tensor([canvas]), settings)]
    assert len(written) == len(shown) - 1
    for record, frame in zip(written, shown[1:], strict=True):
        hidden = [state in ("masked", "remasked") for state in record["state"]]
        texts = [
            "" if mask else model.piece(i).replace("##", "")
            for i, mask in zip(record["canvas"], hidden, strict=True)
        ]
        assert texts == [word["text"] for word in frame["words"]]
