"""The GIF of what was played on Home: one picture after another, bounded, and hostile requests are
refused in sentences."""

import base64
import copy
import io

import pytest
from PIL import Image

from playground.takeaway.film import MOST_STEPS, MOST_TILES, film

TILES = [
    {"text": "king", "share": 0.6},
    {"text": "-ing", "share": 0.3},
    {"text": "…", "share": 0.1},
]
PLAYED = {
    "prompt": "Once upon a time there was a",
    "length": 6,
    "masks": False,
    "dark": False,
    "steps": [
        {"tiles": TILES, "u": 0.7, "index": 1, "by": "chance", "at": 0, "text": "##ing"},
        {"tiles": TILES, "u": None, "index": 0, "by": "you", "at": 1, "text": ","},
    ],
}


def opened(answer):
    kind, data = answer["film"].split(",", 1)
    assert kind == "data:image/gif;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_the_ball_rolls_falls_and_the_words_come_one_after_another():
    moving = opened(film(PLAYED))
    assert moving.format == "GIF" and moving.n_frames == 1 + 4 + 1 + 2 + 1
    pictures = []
    for k in range(moving.n_frames):
        moving.seek(k)
        pictures.append(moving.convert("RGB").tobytes())
    assert len(set(pictures)) >= 7 and film(PLAYED) == film(PLAYED)


@pytest.mark.parametrize("masks", [False, True])
def test_the_largest_one_stays_small(masks):
    tile = {"text": "<img src=x>\u202e" + "x" * 40, "share": 1 / MOST_TILES}
    step = {"tiles": [tile] * MOST_TILES, "u": 0.999, "index": 0, "by": "you", "text": "w" * 60}
    steps = [{**step, "at": k} for k in range(MOST_STEPS)]
    answer = film({**PLAYED, "length": MOST_STEPS, "masks": masks, "dark": True, "steps": steps})
    assert opened(answer).n_frames <= 7 * MOST_STEPS and len(answer["film"]) < 1_000_000


def changed(path, value):
    raw = copy.deepcopy(PLAYED)
    at = raw
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return raw


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "film must be an object"),
        (changed(["prompt"], 7), "prompt must be a text"),
        (changed(["prompt"], "x" * 121), "prompt must be a text of at most 120"),
        (changed(["length"], 10**9), "length must be a whole number in"),
        (changed(["steps"], []), "steps must be a list"),
        (changed(["steps"], [None]), "steps must be a list"),
        (changed(["steps"], PLAYED["steps"] * 4), "steps must be a list of 1 to 6"),
        (changed(["steps", 0, "tiles"], TILES * 6), "tiles must be a list of 1 to 16"),
        (changed(["steps", 0, "tiles", 0, "share"], float("nan")), "share must be a number"),
        (changed(["steps", 0, "tiles", 0, "text"], "x" * 61), "text must be a text of at most 60"),
        (changed(["steps", 0, "u"], 1.5), "u must be a number in"),
        (changed(["steps", 0, "index"], 3), "index must be a whole number in"),
        (changed(["steps", 0, "at"], 6), "at must be a whole number in"),
    ],
)
def test_a_hostile_request_is_refused_in_a_sentence(raw, words):
    with pytest.raises(ValueError) as refused:
        film(raw)
    assert words in str(refused.value) and len(str(refused.value)) < 200
