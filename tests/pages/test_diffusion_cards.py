"""The controls of the Unmask view: what the page says of each sampler, what the settings may be,
what a link holds."""

from pathlib import Path

import pytest

from playground.backend.catalog import verifier_file
from playground.diffusion import UnmaskSettings, list_samplers
from playground.diffusion.samplers import rule_for
from playground.pages.diffusion import equal_cost, models, sampler_cards
from playground.pages.diffusion.canvas import (
    read_canvas,
)
from playground.pages.diffusion.controls import (
    FIELDS,
    IN_THE_PLAYER,
    LINK,
    about_sampler,
    form,
    settings_of,
)
from playground.pages.diffusion.runs import Side
from tests.pages.denoiser_double import Pieces


def test_the_cards_know_every_sampler():
    names = [sampler.name for sampler in list_samplers()]
    assert list(sampler_cards.TITLES) == names
    for name in names:
        card = sampler_cards.card(UnmaskSettings(name, 4))
        assert card["text"].count(".") >= 2 and card["source"].startswith("Source: ")
        assert "xact" in card["text"]
        settings_of(
            {
                **LINK.defaults(),
                "sampler": name,
                "selection": sampler_cards.SELECTIONS.get(name, ("",))[0],
            }
        )


def test_only_rules_that_choose_before_they_draw_are_called_exact():
    def exact(name, **fields):
        return rule_for(UnmaskSettings(name, 4, **fields)).exact

    assert not exact("llada", selection="low_confidence") and exact("llada", selection="random")
    assert exact("dream", selection="entropy") and exact("dream", as_published=True)
    assert not exact("dream", selection="maskgit_plus", as_published=True)
    assert exact("fast-dllm") and not exact("fast-dllm", as_published=True)
    assert exact("entropy-bound") and not exact("entropy-bound", selection="renoise")


@pytest.mark.parametrize(
    ("fields", "exact"),
    [
        ({}, True),
        ({"block_length": 4}, True),
        ({"temperature": 0.7}, False),
        ({"top_p": 0.9}, False),
        ({"guidance": 0.5}, False),
        ({"block_length": 4, "overlap": 1}, False),
    ],
)
def test_the_verdict_is_that_of_the_settings(fields, exact):
    said = sampler_cards.card(UnmaskSettings("llada", 4, selection="random", **fields))["text"]
    assert (
        said.endswith("not as set here.") is not exact
        and said.endswith("Exact when it draws one word a step.") is exact
    )
    # a rule that is never exact is not said to be so at another temperature
    assert sampler_cards.card(UnmaskSettings("maskgit", 4, temperature=0.7))["text"].endswith(
        "Not exact, not even at one word a step."
    )


@pytest.mark.parametrize(("sampler", "what"), [("gibbs", "sweeps"), ("uniform", "steps")])
def test_what_is_exact_in_the_limit_only_is_not_called_exact(sampler, what):
    said = sampler_cards.card(UnmaskSettings(sampler, 4))["text"]
    assert said.endswith(f"Exact only in the limit of many {what}.")
    cold = sampler_cards.card(UnmaskSettings(sampler, 4, temperature=0.5))["text"]
    assert f"in the limit of many {what}, at temperature one" in cold
    assert cold.endswith("not as set here.")


def test_the_readme_counts_the_samplers_that_the_shipped_networks_take():
    """Of eighteen samplers a network of masks takes fourteen; the other four run on the network
    for every noise, which is shipped."""
    names = [sampler.name for sampler in list_samplers()]
    refused = []
    canvas = read_canvas("the [MASK]*4 .", Pieces())
    for name in names:
        try:
            Side("network", Pieces(), canvas, UnmaskSettings(name, 2))
        except ValueError as error:
            if (
                name == "self-speculative"
            ):  # the shipped network has a verifier, this double has none
                assert "needs a model with a trained verifier" in str(error)
                continue
            assert "the exact models give" in str(error)
            assert "needs probabilities" in str(error) or "only the exact" in str(error)
            refused.append(name)
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert (len(names), len(refused)) == (18, 4)
    assert models.noise_readers() == ["fairy-evidence"]
    assert "watch eighteen samplers unmask it (fourteen with `fairy-diffusion`, four more" in readme
    assert "any of eighteen samplers, each with a shipped network" in readme


@pytest.mark.parametrize("name", sampler_cards.SPECULATIVE)
def test_drafts_and_checks_are_exact_in_words_of_their_own(name):
    def said(**fields):
        return sampler_cards.card(UnmaskSettings(name, 4, **fields))["text"]

    assert "Exact" in said() and "one word a step" not in said()
    assert "under these settings" in said(temperature=0.7) and "Exact" not in said(temperature=0.7)


def row(sampler, steps, calls, nats, error=0.05):
    return {
        **{"sampler": sampler, "steps": steps, "calls": calls, "seconds": calls / 50},
        **{"nats": nats, "error": error, "distinct": 0.75},
    }


def found(calls, cost, mdlm, speculative):
    own = row("self-speculative", 8, calls, speculative) if speculative else None
    difference = None if own is None else speculative - mdlm
    return {
        **{"calls": calls, "cost": cost, "mdlm": row("mdlm", calls, calls, mdlm)},
        **{"speculative": own, "difference": difference, "error": 0.07},
    }


@pytest.mark.parametrize(
    ("measured", "says"),
    [
        ([found(16, "calls", 4.9, 4.3), found(16, "seconds", 4.9, 4.4)], "better than MDLM at 16"),
        ([found(16, "calls", 4.9, 4.3), found(16, "seconds", 4.9, 4.8)], "no better than MDLM"),
        ([found(16, "calls", 4.9, None)], "no better than MDLM at 16"),
        (
            [found(16, "calls", 4.9, 4.85), found(20, "calls", 4.8, 4.2)],
            "better than MDLM at 20 calls, and no better at 16",
        ),
        ([], ""),
    ],
)
def test_the_page_says_whether_it_wins_at_equal_cost(measured, says):
    report = {"compared": measured, "texts": 64}
    assert says in equal_cost.verdict(report) and bool(says) == bool(equal_cost.verdict(report))
    assert len(equal_cost.figures(report)) == (len(measured) + 1 if measured else 0)


def test_without_a_report_nothing_is_claimed(monkeypatch, tmp_path):
    monkeypatch.setattr(equal_cost, "verifier_folder", lambda name: tmp_path)
    assert equal_cost.report() == {} and equal_cost.figures() == []
    (tmp_path / "report.json").write_text("{", encoding="utf-8")
    assert equal_cost.report() == {}


def test_the_sampler_chosen_is_explained_before_it_is_run():
    values = {**LINK.defaults(), "sampler": "remdm"}
    assert about_sampler(values) == sampler_cards.card(settings_of(values))
    # another sampler's rule, and no number
    wrong = {**values, "steps": None, "sampler": "gibbs", "selection": "entropy"}
    assert about_sampler(wrong)["name"] == sampler_cards.TITLES["gibbs"]


def test_the_form_knows_what_each_sampler_reads_and_which_need_an_exact_model():
    given = form()
    samplers = {one["name"]: one for one in given["samplers"]}
    assert [name for name, one in samplers.items() if one["posterior"]] == list(
        sampler_cards.NEEDS_POSTERIOR
    )
    assert samplers["llada"]["selections"] == ["low_confidence", "random"]
    assert not samplers["any-order"]["steps"] and "eta" in samplers["remdm"]["fields"]
    assert samplers["self-speculative"]["verifier"] and not samplers["self-verifying"]["verifier"]
    known = {name: flags for _, name, *flags in given["models"]}
    assert known[models.TALE] == [True, True, True]
    assert known[models.TWIN] == [False, verifier_file(models.TWIN) is not None, False]
    assert set(given["first"]) == set(FIELDS)
    # what the page begins with is no default of a link: an old link that leaves it out opens as
    # before
    assert given["first"]["canvas"] != LINK.defaults()["canvas"]
    assert "[MASK]*24 and lived" in given["first"]["canvas"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("steps", 0, r"steps must be a whole number in \[1, 512\], got 0"),
        ("steps", 2.5, "steps must be"),
        ("steps", None, "steps must be"),
        ("seed", -1, "seed must be"),
        ("temperature", -1, r"temperature must be a number in \[0, 100\], got -1"),
        ("sampler", "x", "sampler must be one of"),
    ],
)
def test_bad_settings_name_field_value_and_range(field, value, says):
    with pytest.raises(ValueError, match=says):
        settings_of({**LINK.defaults(), field: value})


def test_a_link_carries_what_the_controls_hold():
    assert {*FIELDS, *IN_THE_PLAYER} == set(LINK.defaults())
    query = LINK.encode(
        {**LINK.defaults(), "canvas": "the [MASK]*3", "sampler": "remdm", "two": True, "seed": 11}
    )
    from urllib.parse import parse_qs

    values, problem = LINK.decode({key: value[0] for key, value in parse_qs(query[1:]).items()})
    assert (
        problem == ""
        and values["sampler"] == "remdm"
        and values["two"] is True
        and values["canvas"] == "the [MASK]*3"
        and values["seed"] == 11
    )


@pytest.mark.parametrize("name", list(sampler_cards.SELECTIONS))
def test_a_link_that_names_a_sampler_and_no_rule_gets_its_first_rule(name):
    found = settings_of({**LINK.defaults(), "sampler": name})
    assert found.selection == sampler_cards.SELECTIONS[name][0]
