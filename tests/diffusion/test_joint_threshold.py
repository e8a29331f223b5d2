"""Joint threshold: what opens, what is replaced, when it ends; its law is one canvas, stated by
the meter."""

import numpy as np
import pytest
import torch

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.enumeration import exact_distribution
from playground.diffusion.exact import ExactDenoiser
from playground.diffusion.samplers.joint_threshold import AFTERWARDS

MASK = 4


class Answers:
    """A network over four words whose answer to a canvas is a function of it: {position: (word,
    probability)}."""

    vocab_size, mask_id = 5, MASK

    def __init__(self, answer):
        self.answer, self.seen = answer, []

    def logits(self, canvas):
        rows = []
        for row in canvas.tolist():
            self.seen.append(row)
            said = self.answer(row)
            for word, p in said:
                law = torch.full((5,), (1 - p) / 3)
                law[word], law[MASK] = p, 0.0
                rows.append(law.log())
        return torch.stack(rows).reshape(len(canvas), -1, 5)


def canvases(answer, start, locked=None, **fields):
    settings = UnmaskSettings(
        "joint-threshold", 1, **{"threshold": 0.8, "edit_threshold": 0.8, **fields}
    )
    steps = unmask(Answers(answer), [start], settings, locked=locked)
    return [step.canvas[0].tolist() for step in steps]


def test_masks_open_above_the_threshold_and_the_surest_one_in_any_case():
    said = lambda row: [(0, 0.9), (1, 0.5), (2, 0.6), (3, 0.85)]  # noqa: E731
    assert canvases(said, [MASK] * 4) == [
        [0, MASK, MASK, 3],
        [0, MASK, 2, 3],
        [0, 1, 2, 3],
        [0, 1, 2, 3],  # a last look: nothing changes
    ]


def test_a_settled_word_is_replaced_where_the_network_is_surer_of_another_one():
    def said(row):
        first = (0, 0.95) if MASK in row else (2, 0.9)
        return [first, (1, 0.6)]

    assert canvases(said, [MASK, MASK]) == [[0, MASK], [0, 1], [2, 1], [2, 1]]
    assert canvases(said, [MASK, MASK], edit_threshold=0.95)[-1] == [0, 1]


def test_given_words_are_never_replaced_locked_or_not():
    said = lambda row: [(2, 0.99), (1, 0.99)]  # noqa: E731
    for locked in (None, [[False, False]]):
        assert canvases(said, [0, MASK], locked)[-1] == [0, 1]


def test_it_ends_where_words_change_for_ever():
    flips = lambda row: [((row[0] + 1) % 3 if row[0] != MASK else 0, 0.99)]  # noqa: E731
    assert len(canvases(flips, [MASK])) == 1 + AFTERWARDS


def test_rows_of_a_batch_end_each_in_its_own_time_and_ask_no_more():
    def said(row):
        return [(0, 0.9), (1, 0.9)] if row[0] != 3 else [(3, 0.9), (1, 0.5)]

    network = Answers(said)
    settings = UnmaskSettings("joint-threshold", 1, threshold=0.8)
    *_, last = unmask(network, [[MASK, MASK], [3, MASK]], settings)
    assert last.canvas.tolist() == [[0, 1], [3, 1]] and last.calls.tolist() == [2, 2]


@pytest.mark.parametrize("threshold", [0.0, 0.6, 2.0])
def test_its_law_is_one_canvas_far_from_the_models(threshold):
    chain = ExactDenoiser([0.6, 0.4], [[0.7, 0.3], [0.4, 0.6]])
    settings = UnmaskSettings("joint-threshold", 1, threshold=threshold)
    law = exact_distribution(chain, settings, 3)
    assert sorted(law)[-2:] == [0, 1]
    *_, last = unmask(chain, [[chain.mask_id] * 3], settings)
    assert law.argmax() == int(np.array(last.canvas[0]) @ [4, 2, 1])
