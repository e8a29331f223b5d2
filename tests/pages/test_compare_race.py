"""The race: clocks that run only for their own side, the same number of tokens, the break-even of
the numbers."""

import itertools

import pytest

from playground.pages.compare.race import Side, break_even, race, run


class Token:
    def __init__(self, token_id):
        self.token_id = token_id


class Canvas:
    def __init__(self, ids, calls):
        self.ids, self.calls = ids, calls

    def record(self, row):
        return {
            "canvas": self.ids,
            "state": ["masked" if i == 9 else "new" for i in self.ids],
            "calls": self.calls,
        }


class Model:
    mask_id = 9

    def decode(self, ids):
        return "".join("abcdefgh"[i] for i in ids)

    def piece(self, token):
        return "abcdefgh"[token]


def timed(steps, costs):
    """A side whose steps cost what is written."""
    now = itertools.accumulate(itertools.chain.from_iterable((0, cost) for cost in costs))
    return Side(iter(steps), lambda: next(now, 0))


@pytest.mark.parametrize("pace", [0.01, 1.0, 100.0])
def test_whoever_has_made_fewer_calls_goes_next_on_a_machine_of_any_speed(pace):
    left = timed([Token(i) for i in range(4)], [1.0, 1.0, 1.0, 1.0, 0.0])
    right = timed(
        [Canvas([9, 9, 1, 9], 1), Canvas([9, 9, 1, 9], 1), Canvas([0, 1, 1, 2], 2)],
        [2.5 * pace, 0.0, 2.5 * pace, 0.0],
    )
    order = [
        (next(side for side in ("left", "right") if side in frame), frame)
        for frame in race(left, right, Model(), Model(), [0], 4)
    ]
    seen = [side for side, frame in order if "calls" in frame[side]]
    # the second step of the right reused what the network had said: 1, 1, 2, 1 again, 2, 3, 4 calls
    assert seen == ["left", "right", "left", "right", "right", "left", "left"]
    assert (left.seconds, right.seconds) == (4.0, 5.0 * pace)
    assert left.calls == 4 and right.calls == 2
    assert "".join(frame["left"]["piece"] for side, frame in order if side == "left") == "abcd"
    last = [
        frame["right"] for side, frame in order if side == "right" and "tokens" in frame["right"]
    ]
    assert [one["tokens"] for one in last] == [1, 1, 4]


def test_the_break_even_of_the_textbook():
    assert break_even(0.05, 30 * 0.2) == pytest.approx(120)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tokens": 3}, r"tokens must be a whole number in \[4, 128\], got 3"),
        ({"steps": 0}, r"steps must be .*got 0"),
        ({"sampler": "magic"}, "sampler must be one of dream"),
        ({"temperature": -1}, r"temperature must be a number in \[0, 5\], got -1"),
        ({"prompt": ""}, "prompt must hold"),
    ],
)
def test_bad_requests_get_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        next(run(None, {"prompt": "once", **change}))
