"""What a step of a sampler that moves vectors shows: coordinates, near words, the clamp."""

import numpy as np
import pytest

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.embedding import plane
from tests.diffusion.evidence_network import SIZE, small_denoiser

CANVAS = np.array([[7, SIZE, SIZE, SIZE, 12]])


def records(sampler, **fields):
    settings = UnmaskSettings(sampler, 5, seed=3, **fields)
    return [s.record() for s in unmask(small_denoiser(), CANVAS, settings)]


@pytest.mark.parametrize("sampler", ["diffusion-lm", "cdcd"])
def test_every_step_has_the_coordinates_of_the_places_that_are_not_given(sampler):
    table = small_denoiser().embeddings
    flat = plane(table)
    for record in records(sampler):
        vectors = record["vectors"]
        for name in ("at", "origin", "near"):
            assert [entry is None for entry in vectors[name]] == [True, False, False, False, True]
        for word, place in vectors["words"].items():
            assert np.allclose(place, table[int(word)] @ flat, atol=1e-3)
        assert {str(i) for near in vectors["near"] if near for i in near} <= vectors["words"].keys()
        assert "clamped" not in vectors  # nothing was clamped


def test_the_words_near_are_the_nearest_in_all_components_nearest_first():
    (step, *_) = unmask(small_denoiser(), CANVAS, UnmaskSettings("diffusion-lm", 5, seed=3))
    table, moving = small_denoiser().embeddings, step.vectors
    distance = np.linalg.norm(moving.origin[0, 2] - table, axis=1)
    assert step.record()["vectors"]["near"][2] == np.argsort(distance)[:3].tolist()


def test_the_clamp_is_shown_with_the_distance_that_it_moved_the_origin():
    table = small_denoiser().embeddings
    for step in unmask(
        small_denoiser(), CANVAS, UnmaskSettings("diffusion-lm", 5, seed=3, selection="clamp")
    ):
        vectors = step.record()["vectors"]
        for place in (1, 2, 3):
            word = vectors["clamped"][place]
            assert word == vectors["near"][place][0] == int(step.canvas[0, place])
            moved = np.linalg.norm(table[word] - step.vectors.origin[0, place])
            assert vectors["gap"][place] == pytest.approx(moved, abs=1e-4)
        assert vectors["gap"][0] is None


def test_cdcds_vectors_start_as_wide_as_the_noise_and_end_at_words():
    first, *_, last = records("cdcd")
    spread = np.std([place for place in first["vectors"]["at"] if place])
    assert spread < 5  # the deviation of the start is divided out
    end = [place for place in last["vectors"]["at"] if place]
    words = list(last["vectors"]["words"].values())
    for place in end:
        assert min(np.linalg.norm(np.subtract(place, word)) for word in words) < 0.5


def test_samplers_of_masks_have_no_vectors():
    assert all("vectors" not in record for record in records("mdlm"))


def test_a_word_that_stands_for_its_group_is_no_word_yet():
    steps = records("coarse-to-fine")
    middle, last = steps[1], steps[-1]  # 2 steps for groups, 3 for words
    assert middle["state"] == ["locked", "grouped", "grouped", "grouped", "locked"]
    assert [step["revealed"] for step in steps] == [0, 0, 1, 1, 1]
    assert "grouped" not in last["state"] and steps[2]["state"].count("grouped") == 2
