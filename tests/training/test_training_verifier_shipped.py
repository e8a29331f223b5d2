"""The verifier that is shipped, where it is shipped: it fits its network, knows more than the
draft, and its card has its figures."""

import json

import pytest
import torch

from playground.backend import catalog
from playground.backend.verifier import LARGEST_FILE, SelfSpeculative, load_verifier
from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.samplers import find_sampler
from playground.training.masked_network import load_network
from playground.training.text import MASK, Windows
from playground.training.verifier_report import LENGTH, heldout_figures
from playground.training.verifier_shipping import card

FILE = catalog.verifier_file("fairy-diffusion")
pytestmark = pytest.mark.skipif(FILE is None, reason="no verifier is shipped with this copy")


@pytest.fixture(scope="module")
def parts():
    tokenizer, network = load_network(catalog.MODELS / "fairy-diffusion")
    return tokenizer, network.eval(), load_verifier(FILE, network)


def test_it_is_one_small_file(parts):
    assert FILE.stat().st_size <= LARGEST_FILE
    assert parts[2].shape.blocks == 2


def test_given_the_drafts_before_it_knows_more_than_the_draft(parts, tale_blocks):
    tokenizer, network, verifier = parts
    pieces = Windows(tokenizer, tale_blocks).pieces
    repeated = pieces.repeat(1 + 4 * LENGTH // len(pieces))
    figures = heldout_figures(network, verifier, repeated, 48, limit=4)
    assert figures["verifier"] < figures["draft"] - 1


def test_it_writes_a_text_in_few_passes(parts):
    _, network, verifier = parts
    writer = SelfSpeculative(network, verifier, MASK)
    canvas = torch.full((1, 32), MASK)
    steps = list(unmask(writer, canvas, UnmaskSettings("self-speculative", 1, seed=1)))
    assert (steps[-1].canvas != MASK).all() and len(steps) < 16


def test_its_card_is_the_one_of_its_report():
    report = FILE.with_name("report.json")
    if not report.is_file():
        pytest.skip("its report has not been measured yet")
    assert FILE.with_name("README.md").read_text(encoding="utf-8") == card(
        json.loads(report.read_text(encoding="utf-8"))
    )


def test_a_pass_costs_what_its_report_measured():
    report = json.loads(FILE.with_name("report.json").read_text(encoding="utf-8"))
    assert find_sampler("self-speculative").price == report["price"]["price"]
