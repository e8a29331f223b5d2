"""The few largest of a long row without sorting it: the same positions, in the same order, as a whole stable sort gives."""

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


def test_the_order_that_is_known_stays_the_one_of_a_stable_sort():
    """Through cuts, temperatures that make logits equal by rounding, short orders and long ones."""
    numbers = np.random.default_rng(6)
    for size in (60, 9000):
        for _ in range(60):
            values = np.round(numbers.normal(size=size), int(numbers.integers(1, 4))).astype("f4")
            values[numbers.random(size) < 0.1] = -np.inf
            values[0] = 0.0
            now = Candidates(values, size)
            for _ in range(5):
                length = len(now.values)
                act = int(numbers.integers(4))
                if act == 0:
                    now.order(int(numbers.integers(1, length + 1)))
                elif act == 1:
                    kept = numbers.random(length) < 0.8
                    kept[int(now.values.argmax())] = True
                    now = now.keep(kept)
                elif act == 2:
                    low = np.sort(now.values)[int(numbers.integers(length))]
                    head = np.flatnonzero(now.values >= low)
                    expected = head[np.argsort(-now.values[head], kind="stable")]
                    assert now.order_of(head).tolist() == expected.tolist()
                else:
                    with np.errstate(over="ignore"):
                        moved = now.values / np.float32(numbers.choice([0.3, 3.0, 1e30, 1e38]))
                    now = now.scaled(moved)
                expected = np.argsort(-now.values, kind="stable")
                known = now._order
                alive = expected[now.values[expected] > -np.inf]
                if known is not None:
                    assert known.tolist() == expected[: len(known)].tolist()
                assert now.largest(30).tolist() == alive[:30].tolist()


def test_a_chain_of_all_rules_sorts_a_long_row_once_and_once_more_for_typical(monkeypatch):
    """Cuts so wide that thousands of tokens stay to the end: each rule would sort them anew."""
    from playground.decoding import DecodingSettings, apply_stages, distribution, truncation

    sorts = []

    def counted(values, limit=None):
        sorts.append(len(values))
        return descending(values, limit)

    monkeypatch.setattr(distribution, "descending", counted)
    monkeypatch.setattr(truncation, "descending", counted)
    row = np.random.default_rng(1).normal(size=49_152).astype(np.float32)
    wide = {"temperature": 1.5, "top_k": 40_000, "top_p": 0.999, "min_p": 1e-5, "top_n_sigma": 9.0}
    wide |= {"epsilon_cutoff": 1e-9, "eta_cutoff": 1e-9, "repetition_penalty": 1.1}
    for more, most in (({}, 1), ({"typical_p": 0.999}, 2)):
        for order in ("transformers", "llama.cpp"):
            sorts.clear()
            settings = DecodingSettings(**wide, **more, order=order)
            stages = apply_stages(row, range(40), settings, 20, u=0.3)
            stages[-1].candidates.draw(0.99)
            assert stages[-1].candidates.count > 10_000
            assert len([size for size in sorts if size > 4096]) <= most, (order, sorts)
