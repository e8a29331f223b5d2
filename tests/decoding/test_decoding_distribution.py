"""The few largest of a long row without sorting it: the same positions, in the same order, as a
whole stable sort gives."""

import numpy as np
import pytest

from playground.decoding.distribution import Candidates, descending


def rows():
    generator = np.random.default_rng(3)
    normal = generator.normal(size=50_257).astype(np.float32)
    yield "normal", normal
    yield (
        "no multiple of the blocks, the largest behind the last one",
        np.append(normal[: 8192 + 700], np.float32(99)),
    )
    yield "many ties", np.round(normal)
    yield "all equal", np.zeros(20_000, np.float32)
    yield "two zeros", np.where(normal > 0, np.float32(0), np.float32(-0.0))
    yield "mostly forbidden", np.where(np.arange(50_257) % 5_000 == 7, normal, np.float32(-np.inf))
    yield "falling, all of the head in one block", -np.arange(50_257, dtype=np.float32)


@pytest.mark.parametrize(
    ("name", "values"), list(rows()), ids=lambda part: part if isinstance(part, str) else ""
)
@pytest.mark.parametrize("limit", [1, 20, 256, 512, 513, 4096])
def test_the_largest_are_the_beginning_of_a_stable_sort(name, values, limit):
    expected = np.argsort(-values, kind="stable")[:limit]
    assert descending(values, limit).tolist() == expected.tolist()


def test_a_longer_order_is_found_after_a_shorter_one_and_the_other_way_round():
    values = np.random.default_rng(4).normal(size=30_000).astype(np.float32)
    expected = np.argsort(-values, kind="stable")
    candidates = Candidates(values, len(values))
    for limit in (20, 4096, 40, 100_000, 1):
        assert candidates.largest(limit).tolist() == expected[:limit].tolist()


def test_forbidden_tokens_are_never_among_the_largest():
    values = np.full(20_000, -np.inf, np.float32)
    values[[5, 700, 19_999]] = 1, 3, 2
    assert Candidates(values, len(values)).largest(20).tolist() == [700, 19_999, 5]
