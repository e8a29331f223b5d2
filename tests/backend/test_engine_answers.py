"""A real engine's answers, SmolLM2 behind llama-cpp-python's server: asked anew where it is
installed (PLAYGROUND_TEST_ENGINE_PYTHON, or this Python's own llama_cpp, and the file named by
PLAYGROUND_TEST_GGUF), recorded elsewhere. `engine_server.py` records."""

from __future__ import annotations

import importlib.util
import os
import sys

import numpy as np
import pytest

from playground.backend.openai_engine import Completions, Offer
from tests.backend import engine_questions as questions
from tests.backend.engine_server import ANSWERS, real_engine, recorded, serving

pytestmark = pytest.mark.smollm2
PYTHON = os.environ.get("PLAYGROUND_TEST_ENGINE_PYTHON") or (
    sys.executable if importlib.util.find_spec("llama_cpp") else ""
)
GGUF = os.environ.get("PLAYGROUND_TEST_GGUF", "")


@pytest.fixture(scope="module")
def answers(smollm2):
    """What the engine gave, and the weights' own figures: [(name, total variation, same likeliest
    token)]."""
    with (
        real_engine(PYTHON, GGUF) if PYTHON and GGUF else serving(recorded) as address,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("PLAYGROUND_CACHE", str(folder_of(smollm2)))
        answers = questions.ask(
            Completions(Offer("smollm2-gguf", address, "smollm2-135m")),
            Offer("smollm2-gguf", address, "smollm2-135m", top=100),
        )
    with smollm2.causal("smollm2-135m") as own:
        answers["compared"] = questions.compare(answers, own)
    return answers


def folder_of(backend):
    """The cache in which the session's SmolLM2 lies (each test has a cache of its own
    otherwise)."""
    from tests.backend.conftest import HOME_CACHE

    if HOME_CACHE:
        return HOME_CACHE
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PLAYGROUND_CACHE", raising=False)
        from playground.backend.weights import cache_folder

        return cache_folder()


def test_rows_as_told_and_the_rest_exact_at_every_step(answers):
    for record in (*answers["greedy"], *answers["drawn"], *answers["chat"]):
        assert sum(row["raw"] for row in record["rows"]) + record["remainder"][
            "raw"
        ] == pytest.approx(1, abs=1e-6)
        limit = record["stages"][1]
        assert (
            limit["name"] == "engine_limit"
            and 1 <= limit["kept"] <= 20
            and limit["kept"] + limit["removed"] == record["vocab_size"]
        )
        assert limit["removed_mass"] == pytest.approx(
            1 - sum(row["raw"] for row in record["rows"] if row["cut"] != "engine_limit"), abs=1e-6
        )
        assert record["token_id"] in {row["id"] for row in record["rows"]} and record["remainder"][
            "final"
        ] == pytest.approx(0, abs=1e-9)
        assert record["raw_entropy"] is None and len(record["rows"]) == limit["kept"]


def test_the_engine_and_our_own_copy_of_the_weights_agree(answers):
    """The same 4-bit weights; the engine rounds what flows through them to 8 bits, so a few
    hundredths are its own."""
    for name, distance, same in answers["compared"]:
        assert distance < 0.1 and same, name


def test_the_greedy_text_takes_the_engines_likeliest_token(answers):
    for record in answers["greedy"]:
        assert record["rank"] == 1 and record["rows"][0]["id"] == record["token_id"]


def test_a_hundred_rows_tell_more_and_agree_with_twenty(answers):
    many, few = answers["many"], answers["contexts"]["greedy 0"][1]
    shown = np.asarray(answers["contexts"]["greedy 0"][2])
    assert 90 <= int(many.shown.sum()) <= 100 and bool(many.shown[shown].all())
    # The same question asked twice: what lies in the engine's cache changes the order of its sums,
    # and it rounds to 8 bits in between.
    assert 0.5 * np.abs(np.exp(many.numpy()) - np.exp(few.numpy()))[shown].sum() < 0.1
    assert np.exp(many.numpy().astype(np.float64)).sum() == pytest.approx(1, abs=1e-5)


def test_an_answer_ends_where_the_engine_ends_it(answers):
    assert answers["finish"] == "end_of_text" and answers["chat"][-1]["token_id"] == answers["end"]


def test_the_recorded_answers_are_small():
    assert ANSWERS.stat().st_size < 200_000
