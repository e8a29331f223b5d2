"""Rules that are given words, and free orders, on their way through links, streams, endpoints,
Compare and saved files."""

import json
import threading
from urllib.parse import parse_qsl

import pytest

from playground.decoding import DecodingSettings
from playground.decoding.orders import CONVENTIONS
from playground.pages.compare.batch_writers import SampledLane
from playground.pages.escape.links import LINK as ESCAPE
from playground.pages.escape.logits import penalised
from playground.pages.generate import endpoints, figures, presets
from playground.pages.generate.links import query_of, state_of
from playground.pages.generate.request import RunRequest
from playground.pages.generate.run import write
from playground.takeaway.reading_kinds import plain_settings
from tests.pages.doubles import DoubleBackend

WORDS = {
    "banned": "the king\n#12",
    "logit_bias": "wolf, a=-5\n#3=2.5",
    "stop": "\\n\\n\n, and",
    "negative_prompt": "A sad, dull text\nof two lines",
    "guidance": 0.5,
    "dry_sequence_breakers": CONVENTIONS["llama.cpp"]["dry_sequence_breakers"],
    "ignore_end": True,
    "p_less": True,
    "order": ["min_p", "temperature", "top_n_sigma"],
}


def frames_of(settings, backend=None):
    asked = {
        "run": "r",
        "model": "double",
        "prompt": "The fox",
        "settings": {**presets.OFF, "seed": 3, "max_new_tokens": 12, **settings},
    }
    news = list(write(backend or DoubleBackend(), RunRequest.read(asked), threading.Event()))
    end = next(one["reason"] for one in news if one["kind"] == "end")
    return [frame for one in news for frame in one.get("frames", [])], end


def test_a_link_brings_words_and_an_order_of_ones_own_back():
    settings = DecodingSettings(**WORDS)
    query = query_of({"settings": settings.to_dict(), "prompt": "x"})
    state = state_of(dict(parse_qsl(query.lstrip("?"), keep_blank_values=True)))
    assert not state["message"]
    assert DecodingSettings.from_dict(state["values"]["settings"]) == settings


def test_a_saved_file_keeps_them():
    settings = json.loads(json.dumps(DecodingSettings(**WORDS).to_dict()))
    assert DecodingSettings.from_dict(plain_settings(settings, "settings")) == DecodingSettings(
        **WORDS
    )


def test_a_banned_token_is_not_written():
    plain, _ = frames_of({})
    token = plain[2]["token_id"]
    banned, _ = frames_of({"banned": f"#{token}"})
    assert all(frame["token_id"] != token for frame in banned)
    assert banned[0]["stages"][1]["name"] == "banned"


def test_a_text_ends_before_its_stop_string_everywhere():
    plain, _ = frames_of({})
    text = "".join(frame["piece"] for frame in plain)
    stop = text[5:9]
    frames, end = frames_of({"stop": [stop]})
    written = "".join(frame["piece"] for frame in frames)
    kept = written[: len(written) - frames[-1]["beyond"]]
    assert end == "stop_string" and text.startswith(kept) and stop not in kept
    fields = {**presets.OFF, "seed": 3, "max_new_tokens": 12, "stop": [stop]}
    *_, trace = endpoints.decode_text(DoubleBackend(), "double", "The fox", **fields)
    assert trace["text"] == kept and trace["finish"] == "stop_string"


def test_guidance_streams_and_a_moved_slider_gives_the_same_step():
    backend = DoubleBackend()
    rules = {"guidance": 2.0, "negative_prompt": "A king"}
    frames, _ = frames_of(rules, backend)
    assert frames[4]["stages"][1]["name"] == "guidance"
    plain, _ = frames_of({}, backend)
    prompt = backend.causal("double").encode("The fox")
    ids = [*prompt, *(frame["token_id"] for frame in frames[:4])]
    again = figures.recompute_step(
        backend,
        {
            "model": "double",
            "ids": ids,
            "prompt_length": len(prompt),
            "index": 4,
            "settings": {**presets.OFF, "seed": 3, **rules},
        },
    )
    assert again["rows"] == frames[4]["rows"] != plain[4]["rows"]


def test_compare_writes_what_generate_writes():
    backend = DoubleBackend()
    rules = {"guidance": 1.0, "negative_prompt": "A king", "banned": "fox"}
    frames, _ = frames_of(rules, backend)
    model = backend.causal("double")
    settings = DecodingSettings(seed=3, max_new_tokens=12, **rules)
    lane = SampledLane(model, model.encode("The fox"), settings)
    while contexts := lane.contexts():
        assert len(contexts) == 2
        lane.take([model.next_logits(context) for context in contexts])
    assert lane.ids == [frame["token_id"] for frame in frames]


def test_a_bad_bias_is_a_sentence():
    with pytest.raises(ValueError, match=r"logit_bias must be lines of word=number"):
        frames_of({"logit_bias": "wolf"})


def test_escape_names_the_words_that_were_taken_into_the_logits():
    from playground.pages.escape.logits import Distribution

    settings = DecodingSettings(banned="#0", logit_bias="#2=3")
    import numpy as np

    found = Distribution(np.float32([5, 4, 3]), str, "table", settings, [1], 0)
    left = penalised(found)
    assert left.logits.tolist() == [-np.inf, 4, 6] and not left.settings.rules_on()
    assert "banned #0" in str(left.source) and ESCAPE.slug == "escape"
