"""Every wrong value is refused by a sentence that names field, value and range."""

import json
import subprocess
import sys

import pytest

from playground.diffusion import UnmaskSettings, list_samplers
from playground.diffusion.settings import PARAMETERS
from playground.pages.diffusion.controls import LINK


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"sampler": "magic"}, "sampler must be one of dream, .* got 'magic'"),
        ({"steps": 0}, r"steps must be a whole number in \[1, 100000\], got 0"),
        ({"steps": 2.5}, "steps must be a whole number .* got 2.5"),
        ({"steps": True}, "steps must be a whole number .* got True"),
        ({"temperature": -1}, r"temperature must be a number in \[0, 100\], got -1"),
        ({"temperature": float("nan")}, r"temperature must be a number in \[0, 100\], got nan"),
        ({"temperature": "1"}, r"temperature must be a number in \[0, 100\], got '1'"),
        ({"top_p": 1.5}, r"top_p must be a number in \[0, 1\] \(1 turns it off\), got 1.5"),
        ({"seed": -1}, r"seed must be a whole number in \[0, 2\^53\], got -1"),
        ({"seed": 2**53 + 1}, "seed must be a whole number"),
        ({"schedule": "steep"}, "schedule must be one of linear, .* got 'steep'"),
        (
            {"sampler": "dream", "selection": "random"},
            "selection must be one of entropy, .*, origin for dream, got 'random'",
        ),
        (
            {"sampler": "mdlm", "selection": "random"},
            "selection must be None for mdlm, got 'random'",
        ),
        ({"sampler": "llada", "block_length": 0}, "block_length must be a whole number"),
        ({"sampler": "gibbs", "block_length": 4}, "block_length must be None for gibbs, got 4"),
        (
            {"sampler": "llada", "block_length": 4, "overlap": 4},
            r"overlap must be in \[0, 3\], got 4",
        ),
        ({"overlap": 1}, "overlap must be in 0 where block_length is None, got 1"),
        ({"threshold": -0.1}, "threshold must be a number in"),
        ({"bound": float("inf")}, "bound must be a number of nats in"),
        ({"eta": 1.1}, r"eta must be a number in \[0, 1\], got 1.1"),
        ({"guidance": 200}, r"guidance must be a number in \[0, 100\] .*got 200"),
        (
            {"sampler": "diffusion-gemma", "guidance": 1},
            "guidance must be 0 for diffusion-gemma, got 1",
        ),
        ({"burn_in": -1}, "burn_in must be"),
        ({"as_published": "yes"}, "as_published must be true or false, got 'yes'"),
    ],
)
def test_bad_values(fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        UnmaskSettings(**{"sampler": "mdlm", "steps": 4, **fields})


def test_a_record_makes_the_same_settings_again():
    settings = UnmaskSettings("llada", 8, selection="random", block_length=4, temperature=0.5)
    assert UnmaskSettings(**json.loads(json.dumps(settings.record()))) == settings


def test_the_cards_of_all_samplers():
    cards = list_samplers()
    assert [card.name for card in cards] == [
        "dream",
        "llada",
        "mdlm",
        "maskgit",
        "remdm",
        "fast-dllm",
        "joint-threshold",
        "entropy-bound",
        "diffusion-gemma",
        "any-order",
        "self-verifying",
        "self-speculative",
        "gibbs",
        "sedd",
        "uniform",
        "coarse-to-fine",
        "diffusion-lm",
        "cdcd",
    ]
    assert all(len(card.explanation.splitlines()) == 2 and card.source for card in cards)
    assert {card.noise for card in cards} == {"absorbing", "uniform", "gaussian"}


def test_a_card_reads_settings_that_exist_and_its_defaults_are_on_offer():
    fields = set(UnmaskSettings("mdlm", 1).record()) - {"sampler", "temperature", "top_p", "seed"}
    for card in list_samplers():
        assert set(card.reads) <= fields and len(set(card.reads)) == len(card.reads)
        assert ("selection" in card.reads) == bool(card.selections)
        assert UnmaskSettings(card.name, 1).rule == next(iter(card.selections), None)


def test_the_cards_can_be_read_without_torch():
    code = (
        "import sys; from playground.diffusion import UnmaskSettings, list_samplers; "
        "UnmaskSettings('dream', 4); list_samplers(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_page_link_endpoint_and_library_begin_with_the_same_values():
    """They were written out four times before, and Dream's order had come to differ."""
    link = LINK.defaults()
    settings = UnmaskSettings("dream", link["steps"])
    assert settings.rule == link["selection"] == list_samplers()[0].selections[0] == "entropy"
    for name in PARAMETERS:
        if name not in ("temperature", "seed", "block_length", "steps"):  # the page's first example
            assert getattr(settings, name) == link[name] == PARAMETERS[name].default, name
