"""Output distributions: enumerated, drawn 20,000 times, and compared with the truth."""

from itertools import pairwise

import numpy as np
import pytest

from playground.diffusion import (
    ExactDenoiser,
    UnmaskSettings,
    exact_distribution,
    list_samplers,
)
from playground.diffusion.meter import (
    all_texts,
    divergence,
    exactness,
    gibbs_exactness,
    step_numbers,
    total_variation,
    true_distribution,
)
from tests.diffusion.laws import CHAIN, LENGTH, agrees, drawn

TRUTH = true_distribution(CHAIN, LENGTH)


CASES = [
    ("mdlm", 2, {}),
    ("mdlm", 4, {"as_published": True, "temperature": 0.7}),
    ("mdlm", 4, {"block_length": 2}),
    ("mdlm", 3, {"schedule": "cosine", "top_p": 0.8}),
    ("mdlm", 4, {"schedule": "entropy-linear"}),
    ("sedd", 3, {"schedule": "geometric"}),
    ("sedd", 3, {"schedule": "geometric", "selection": "euler"}),
    ("maskgit", 4, {}),
    ("maskgit", 2, {"alg_temp": 1.0}),
    ("maskgit", 4, {"alg_temp": 2.0}),
    ("llada", 4, {}),
    ("llada", 2, {"block_length": 2}),
    ("llada", 2, {"selection": "random"}),
    ("dream", 3, {"selection": "origin"}),
    ("dream", 2, {"selection": "maskgit_plus"}),
    ("dream", 3, {"selection": "topk_margin", "alg_temp": 0.3}),
    ("dream", 2, {"selection": "entropy"}),
    ("dream", 4, {"selection": "maskgit_plus", "as_published": True}),
    (
        "dream",
        3,
        {"selection": "entropy", "as_published": True, "temperature": 0.7, "alg_temp": 0.2},
    ),
    ("dream", 4, {"selection": "topk_margin", "as_published": True, "top_p": 0.8}),
    ("remdm", 4, {"eta": 0.3}),
    ("remdm", 3, {"eta": 0.5, "schedule": "geometric"}),
    ("fast-dllm", 1, {"threshold": 0.5}),
    ("fast-dllm", 1, {"threshold": 0.5, "as_published": True}),
    ("fast-dllm", 1, {"threshold": 0.5, "block_length": 3, "overlap": 1}),
    ("entropy-bound", 1, {"bound": 0.9}),
    ("entropy-bound", 1, {"bound": 0.9, "block_length": 3}),
    ("joint-threshold", 1, {"threshold": 0.5, "edit_threshold": 0.6}),
    ("entropy-bound", 3, {"selection": "renoise", "bound": 1.5}),
    ("diffusion-gemma", 4, {}),
    ("diffusion-gemma", 4, {"bound": 0.8, "confidence_threshold": 0.6, "t_max": 1.2}),
    ("any-order", 1, {}),
    ("self-verifying", 1, {}),
    ("self-verifying", 4, {"temperature": 0.7}),
    ("self-speculative", 2, {"top_p": 0.8}),
    ("gibbs", 2, {}),
    ("gibbs", 1, {"selection": "random"}),
    ("coarse-to-fine", 3, {}),
    ("coarse-to-fine", 4, {"temperature": 0.6}),
    ("uniform", 3, {}),
    ("uniform", 3, {"schedule": "cosine", "temperature": 0.5}),
]


@pytest.mark.parametrize(("sampler", "steps", "fields"), CASES)
def test_twenty_thousand_samples_follow_the_enumerated_law(sampler, steps, fields):
    settings = UnmaskSettings(sampler, steps, seed=3, **fields)
    law = exact_distribution(CHAIN, settings, LENGTH)
    assert (
        law.shape == (3**LENGTH,) and law.sum() == pytest.approx(1.0, abs=1e-12) and law.min() >= 0
    )
    agrees(drawn(settings), law)


def test_every_countable_sampler_is_among_the_cases():
    assert {case[0] for case in CASES} == {
        card.name for card in list_samplers() if card.noise != "gaussian"
    }


ONE_AT_A_TIME = [
    ("any-order", 1, {}),
    ("self-verifying", 1, {}),
    ("self-speculative", 1, {}),
    ("llada", 4, {"selection": "random"}),
    ("fast-dllm", 1, {"threshold": 1.5}),
    ("entropy-bound", 1, {"bound": 0.0}),
    ("gibbs", 1, {}),
    ("gibbs", 1, {"selection": "random"}),
    ("llada", 4, {"selection": "random", "block_length": 1}),
    ("llada", 4, {"selection": "random", "block_length": 2}),
]


@pytest.mark.parametrize(("sampler", "steps", "fields"), ONE_AT_A_TIME)
def test_exact_rules_reproduce_the_chain_at_one_token_a_step(sampler, steps, fields):
    law = exact_distribution(CHAIN, UnmaskSettings(sampler, steps, **fields), LENGTH)
    assert total_variation(law, TRUTH) < 1e-9


@pytest.mark.parametrize("selection", ["maskgit_plus", "topk_margin", "entropy"])
def test_dreams_choose_then_sample_rules_are_exact_one_position_at_a_time(selection):
    # its counts end in "all that is left": blocks of one position make every step reveal one
    for fields in ({}, {"alg_temp": 0.5}):
        settings = UnmaskSettings("dream", LENGTH, selection=selection, block_length=1, **fields)
        assert total_variation(exact_distribution(CHAIN, settings, LENGTH), TRUTH) < 1e-9


@pytest.mark.parametrize(
    ("sampler", "fields"),
    [
        ("mdlm", {}),
        ("sedd", {}),
        ("dream", {"selection": "origin"}),
        ("uniform", {}),
        ("remdm", {"eta": 0.0}),
    ],
)
def test_random_times_approach_the_chain_as_steps_grow(sampler, fields):
    distances = [
        total_variation(
            exact_distribution(CHAIN, UnmaskSettings(sampler, steps, **fields), 3),
            true_distribution(CHAIN, 3),
        )
        for steps in (2, 8, 32, 128)
    ]
    assert all(later < earlier / 2.5 for earlier, later in pairwise(distances))
    assert distances[-1] < 0.004


def test_the_bias_of_low_confidence_at_one_token_a_step_is_a_number():
    """It cools: far from the chain even though the denoiser is exact and one token is drawn at a
    time."""
    biased = {
        name: total_variation(
            exact_distribution(CHAIN, UnmaskSettings(name, 4, **fields), LENGTH), TRUTH
        )
        for name, fields in (("llada", {}), ("maskgit", {}))
    }
    assert biased["llada"] == pytest.approx(0.575612, abs=1e-6) and biased[
        "maskgit"
    ] == pytest.approx(biased["llada"], abs=1e-9)
    published = UnmaskSettings("fast-dllm", 1, threshold=1.5, as_published=True)
    assert total_variation(exact_distribution(CHAIN, published, LENGTH), TRUTH) == pytest.approx(
        biased["llada"], abs=1e-9
    )
    greedy = exact_distribution(CHAIN, UnmaskSettings("llada", 4, temperature=0.0), LENGTH)
    assert greedy.max() == pytest.approx(1.0)


def test_the_cards_say_which_rules_are_exact():
    exact = {card.name: card.exact_at_one for card in list_samplers()}
    assert (
        not exact["llada"]
        and not exact["maskgit"]
        and not exact["diffusion-lm"]
        and not exact["cdcd"]
    )
    assert all(
        exact[name]
        for name in (
            "mdlm",
            "sedd",
            "dream",
            "remdm",
            "fast-dllm",
            "entropy-bound",
            "any-order",
            "self-verifying",
            "self-speculative",
        )
    )


def test_gibbs_and_uniform_noise_are_exact_in_the_limit_only():
    """One word at a time and yet far off: the sticky chain after one sweep from the same start, two
    words."""
    limits = {card.name: card.exact_in_limit for card in list_samplers()}
    assert {name for name, limit in limits.items() if limit} == {"gibbs", "uniform"}
    assert limits["gibbs"] == "sweeps" and limits["uniform"] == "steps"
    assert not any(card.exact_at_one for card in list_samplers() if card.exact_in_limit)
    denoiser = ExactDenoiser([0.5, 0.5], [[0.9, 0.1], [0.1, 0.9]])
    far = [point["total_variation"] for point in gibbs_exactness(denoiser, 2, 60)]
    assert far[1] == pytest.approx(0.40, abs=0.005) and far[60] < 1e-3
    truth = true_distribution(denoiser, 2)
    steps = [
        total_variation(exact_distribution(denoiser, UnmaskSettings("uniform", n), 2), truth)
        for n in (2, 8, 64)
    ]
    assert steps[0] > 0.05 and steps[0] > steps[1] > steps[2] and steps[2] < 0.02


def test_sedd_analytic_is_mdlm_and_euler_too_where_the_schedule_is_linear():
    mdlm = exact_distribution(CHAIN, UnmaskSettings("mdlm", 3), LENGTH)
    for selection in ("analytic", "euler"):
        assert np.allclose(
            exact_distribution(CHAIN, UnmaskSettings("sedd", 3, selection=selection), LENGTH),
            mdlm,
            atol=1e-12,
        )
    curved = [
        exact_distribution(
            CHAIN, UnmaskSettings("sedd", 3, selection=s, schedule="geometric"), LENGTH
        )
        for s in ("analytic", "euler")
    ]
    assert total_variation(*curved) > 0.1


def test_a_prompt_conditions_the_law():
    canvas, locked = [3, 2, 3, 3], None
    law = exact_distribution(CHAIN, UnmaskSettings("any-order", 1), LENGTH, canvas=canvas)
    given = TRUTH * (all_texts(3, LENGTH)[:, 1] == 2)
    assert total_variation(law, given / given.sum()) < 1e-9
    settings = UnmaskSettings("llada", 2, guidance=1.0, selection="random", seed=1)
    agrees(
        drawn(settings, canvas=canvas, locked=locked),
        exact_distribution(CHAIN, settings, LENGTH, canvas=canvas),
    )


def test_gibbs_forgets_any_start_sweep_by_sweep():
    curve = list(gibbs_exactness(CHAIN, 3, 6, start=[2, 2, 2]))
    distances = [point["total_variation"] for point in curve]
    assert distances[0] > 0.9 and distances[-1] < 0.01
    assert all(later < earlier for earlier, later in pairwise(distances))
    settings = UnmaskSettings("gibbs", 1, burn_in=1, seed=5)
    start, locked = [2, 0, 2, 2], [False, True, False, False]
    law = exact_distribution(CHAIN, settings, LENGTH, canvas=start, locked=locked)
    agrees(drawn(settings, canvas=start, locked=locked), law)
    assert law[all_texts(3, LENGTH)[:, 1] != 0].sum() == 0


def test_a_denoiser_that_holds_the_mask_in_its_vocabulary():
    class Padded:
        vocab_size, mask_id = 4, 1

        def logits(self, canvas):
            inner = np.where(canvas == 1, 3, np.where(canvas.numpy() > 1, canvas.numpy() - 1, 0))
            logits = CHAIN.logits(inner)
            out = np.full((*canvas.shape, 4), 50.0)  # it prefers the mask
            out[..., [0, 2, 3]] = logits
            return out

    law = exact_distribution(Padded(), UnmaskSettings("mdlm", 2), 3).reshape(4, 4, 4)
    plain = exact_distribution(CHAIN, UnmaskSettings("mdlm", 2), 3).reshape(3, 3, 3)
    assert np.allclose(law[np.ix_([0, 2, 3], [0, 2, 3], [0, 2, 3])], plain, atol=1e-12)


def test_over_the_cost_limit_and_uncountable_samplers_are_refused():
    with pytest.raises(
        ValueError, match="length must keep canvases times outcomes within 20,000,000"
    ):
        exact_distribution(CHAIN, UnmaskSettings("mdlm", 2), 12)
    for sampler in ("diffusion-lm", "cdcd"):
        with pytest.raises(ValueError, match=f"sampler {sampler} cannot be enumerated"):
            exact_distribution(CHAIN, UnmaskSettings(sampler, 2), 2)


def test_the_meter_gives_plain_points():
    curves = {
        "random": {"sampler": "llada", "selection": "random"},
        "low": {"sampler": "llada"},
        "mdlm": {"sampler": "mdlm"},
        "entropy": {"sampler": "dream", "selection": "entropy"},
        "top1": {"sampler": "dream", "selection": "maskgit_plus"},
    }
    points = list(exactness(CHAIN, 3, curves))
    by_name = {name: [point for point in points if point["curve"] == name] for name in curves}
    assert [(p["steps"], p["words"]) for p in by_name["random"]] == [(3, 1.0), (2, 1.5), (1, 3.0)]
    assert by_name["random"][0]["total_variation"] < 1e-9 < by_name["low"][0]["total_variation"]
    # Dream's own counts would draw two words at once in the last of three steps
    own = total_variation(
        true_distribution(CHAIN, 3),
        exact_distribution(CHAIN, UnmaskSettings("dream", 3, selection="entropy"), 3),
    )
    assert (
        by_name["entropy"][0]["total_variation"] < 1e-9 < own
        and by_name["top1"][0]["total_variation"] < 1e-9
    )
    independent = by_name["random"][-1]["total_variation"]
    assert by_name["mdlm"][-1]["total_variation"] == pytest.approx(
        independent
    )  # everything at once: all the same
    assert (
        step_numbers(5) == [5, 3, 2, 1]
        and step_numbers(3) == [3, 2, 1]
        and step_numbers(6) == [6, 3, 2, 1]
    )


def test_distances_by_hand():
    assert divergence(np.array([0.5, 0.5]), np.array([1.0, 0.0])) is None
    assert divergence(np.array([0.5, 0.5]), np.array([0.25, 0.75])) == pytest.approx(
        0.5 * np.log(2) + 0.5 * np.log(2 / 3)
    )
    assert total_variation(np.array([0.5, 0.5]), np.array([0.75, 0.25])) == 0.25


class _Rounded:
    """The exact denoiser with figures that are rounded differently, as another processor's might
    be."""

    def __init__(self, denoiser, seed):
        self.denoiser, self.generator = denoiser, np.random.default_rng(seed)
        self.vocab_size, self.mask_id = denoiser.vocab_size, denoiser.mask_id

    def logits(self, canvas):
        values = self.denoiser.logits(canvas)
        noise = self.generator.uniform(-2e-15, 2e-15, tuple(values.shape))
        return values + values.new_tensor(noise)


@pytest.mark.parametrize(
    ("sampler", "selection"),
    [
        ("llada", "low_confidence"),
        ("dream", "entropy"),
        ("dream", "maskgit_plus"),
        ("maskgit", None),
    ],
)
def test_ties_are_decided_by_position_however_the_figures_are_rounded(sampler, selection):
    """A chain whose two words are alike: at every step several places are exactly as sure as each
    other."""
    chain = ExactDenoiser([0.5, 0.5], [[0.9, 0.1], [0.1, 0.9]])
    settings = UnmaskSettings(sampler, 4, **({"selection": selection} if selection else {}))
    laws = [
        exact_distribution(denoiser, settings, 4)
        for denoiser in (chain, _Rounded(chain, 1), _Rounded(chain, 2))
    ]
    assert total_variation(laws[0], laws[1]) < 1e-9 and total_variation(laws[0], laws[2]) < 1e-9
    assert np.allclose(laws[0], laws[0][::-1], atol=1e-9), (
        "the two words are alike, so their names must not matter"
    )
