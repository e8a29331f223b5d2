"""What the page sends of drafts and checks, the perplexity after a run, and the choice among many
texts."""

import json

import pytest

from playground.diffusion import UnmaskSettings
from playground.diffusion.drafts import SelfReading
from playground.diffusion.samplers import find_sampler
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import read_canvas
from playground.pages.diffusion.runs import Side, stream, whole_trace
from playground.pages.diffusion.scores import many, scorer
from playground.pages.diffusion.timing import text_perplexity
from playground.takeaway.files import opened
from tests.pages.denoiser_double import Pieces


@pytest.fixture(scope="module")
def tale():
    return models.get_denoiser(models.TALE, None)


def side(denoiser, sampler="self-speculative", canvas="the king [MASK]*9 .", **more):
    model = models.TALE if hasattr(denoiser, "posterior") else "network"
    settings = UnmaskSettings(sampler, more.pop("steps", 1), **more)
    return Side(model, denoiser, read_canvas(canvas, denoiser), settings)


@pytest.mark.parametrize("sampler", ["self-speculative", "self-verifying"])
def test_every_word_of_a_pass_is_told_before_it_is_drawn(tale, sampler):
    known, refusals = set(), 0
    for seed in range(6):
        one = side(tale, sampler, seed=seed)
        card = one.card()
        known = set(card["words"])
        assert card["expected"] == 0  # how many passes it takes nobody knows
        assert card.get("price") == (
            find_sampler(sampler).price if sampler == "self-speculative" else None
        )
        for step in one.steps():
            record, words = one.frame(step)
            known |= set(words)
            json.dumps(record, allow_nan=False)
            refused = record["refused"]
            ids = [draft["draft"] for draft in record["drafts"]]
            if refused:
                refusals += 1
                ids += [refused["replacement"], *(entry[0] for entry in refused["left"])]
            assert {str(i) for i in ids} <= known
    assert refusals > 3


class Checked(Pieces):
    """Word pieces in a frame, with a verifier."""

    def draft(self, canvas):
        return SelfReading(self, canvas)


def test_places_count_from_what_the_visitor_sees():
    one = side(Checked(), canvas="the [MASK]*4 .")
    seen = set()
    for step in one.steps():
        record, _ = one.frame(step)
        for draft in record["drafts"]:
            if draft["accepted"]:
                assert record["canvas"][draft["place"]] == draft["draft"]
        seen |= {draft["place"] for draft in record["drafts"]}
    assert seen == {1, 2, 3, 4}


def test_a_saved_run_keeps_its_drafts(tale):
    *_, trace = whole_trace(side(tale))
    again = opened({"text": json.dumps(trace)}, ("unmask",))["trace"]
    assert again["steps"] == trace["steps"] and "drafts" in again["steps"][0]
    assert trace["start"]["about"]["text"].startswith("Drafts many words in one call;")


def test_the_perplexity_comes_last_and_is_the_twins(tale):
    one = side(tale, "llada", canvas="the king [MASK]*5 .", steps=5)
    frames = [
        frame
        for message in stream([one], score=scorer(lambda: None))
        if message["kind"] == "frame"
        for frame in message["frames"]
    ]
    text = tale.decode(frames[-2]["step"]["canvas"])
    assert frames[-1] == {"scores": [pytest.approx(text_perplexity(models.tale_model(), text))]}
    assert scorer(lambda: None)("a network of the hub", text) is None
    assert scorer(lambda: None)(models.TWIN, text) is None  # its weights cannot be had here


def test_many_texts_and_the_one_most_like_all_the_others(tale):
    one = side(tale, "llada", canvas="the king [MASK]*5 .", steps=5, seed=3)
    messages = list(many(one, 4, "bleu", scorer(lambda: None)))
    frames = [m["frames"][0] for m in messages if m["kind"] == "frame"]
    assert messages[0]["kind"] == "begin" and messages[-1]["reason"] == "done"
    assert len(frames) == 5 and all(frame["perplexity"] > 1 for frame in frames[:4])
    utilities = frames[4]["utilities"]
    assert frames[4]["best"] == utilities.index(max(utilities)) and len(set(utilities)) > 1
    *_, alone = one.steps()  # the first text is the run on view
    assert frames[0]["text"] == tale.decode(alone.canvas[0].tolist())
    shares = [m["share"] for m in messages if m["kind"] == "progress"]
    assert shares == sorted(shares) and shares[-1] == 1


@pytest.mark.parametrize(
    ("count", "utility", "says"),
    [
        (1, "bleu", r"texts must be a whole number in \[2, 16\], got 1"),
        (17, "bleu", "texts must be"),
        (True, "bleu", "texts must be"),
        ("8", "bleu", "texts must be"),
        (4, "x", "utility must be one of bleu, rougeL, got 'x'"),
    ],
)
def test_a_wrong_number_or_measure_is_a_sentence(tale, count, utility, says):
    with pytest.raises(ValueError, match=says):
        next(many(side(tale), count, utility, scorer(lambda: None)))
