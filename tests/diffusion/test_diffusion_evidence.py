"""The network that reads evidence, as the denoiser protocol has it: a small random network stands
for the trained one."""

import numpy as np
import pytest
import torch

from playground.backend.errors import WeightsRefused
from playground.backend.evidence import load_evidence
from playground.diffusion.evidence import NetworkDenoiser, guide
from playground.diffusion.noise import group_evidence
from tests.diffusion.evidence_network import (
    MASK,
    SIZE,
    Letters,
    small_evidence,
    small_network,
)


@pytest.fixture
def network():
    return small_evidence()


@pytest.fixture
def denoiser(network):
    return NetworkDenoiser(network, Letters())


def test_masks_read_as_evidence_are_what_the_masked_network_says(network, denoiser):
    canvas = torch.tensor([[7, 20, 20, 9], [20, 20, 5, 20]])
    plain = network.network(input_ids=canvas.where(canvas < SIZE, MASK)).logits
    plain[..., [0, MASK]] = -1e4  # what no text holds
    got = denoiser.logits(canvas)
    masked = canvas == denoiser.mask_id
    assert torch.allclose(got[masked].exp(), plain[masked].softmax(-1), atol=1e-6)
    assert torch.equal(got[~masked].argmax(-1), canvas[~masked])
    assert torch.allclose(got[~masked].exp().amax(-1), torch.ones(3))


def test_an_answer_is_a_distribution_that_the_places_own_evidence_bounds(denoiser):
    evidence = np.random.default_rng(2).normal(size=(2, 5, SIZE)) * 3
    evidence[0, 0, 7] = -np.inf
    law = denoiser.posterior(evidence)
    assert torch.allclose(law.sum(-1), torch.ones(2, 5), atol=1e-5)
    assert law[0, 0, 7] == 0 and bool((law[..., [0, MASK]] < 1e-6).all())


def test_a_constant_of_a_place_changes_nothing(denoiser):
    evidence = np.random.default_rng(3).normal(size=(1, 4, SIZE))
    moved = evidence + np.array([0.0, 1e6, -300.0, 7.0])[:, None]
    assert torch.allclose(denoiser.posterior(evidence), denoiser.posterior(moved), atol=1e-5)


def test_the_answer_before_is_a_second_input(network, denoiser):
    evidence = np.random.default_rng(4).normal(size=(2, 4, SIZE))
    first = denoiser.posterior(evidence)
    again = denoiser.posterior(evidence, first)
    assert not torch.allclose(first, again, atol=1e-4)
    network.earlier.weight.zero_()
    assert torch.allclose(denoiser.posterior(evidence, first), first, atol=1e-6)


def test_only_the_answers_mean_word_is_read_of_it(network, denoiser):
    evidence = np.zeros((1, 3, SIZE))
    earlier = torch.softmax(torch.randn(1, 3, SIZE), -1)
    states = network.states(network.read(torch.zeros(1, 3, SIZE)), earlier @ network.words)
    wanted = network.scores(states)[..., :SIZE].log_softmax(-1).exp()
    assert torch.allclose(denoiser.posterior(evidence, earlier), wanted, atol=1e-6)


def test_what_is_no_evidence_is_refused(denoiser):
    with pytest.raises(ValueError, match="shape"):
        denoiser.posterior(np.zeros((1, 3, SIZE - 1)))
    for bad in (np.nan, np.inf):
        evidence = np.zeros((1, 3, SIZE))
        evidence[0, 1, 2] = bad
        with pytest.raises(ValueError, match="one word possible"):
            denoiser.posterior(evidence)
    with pytest.raises(ValueError, match="one word possible"):
        denoiser.posterior(np.full((1, 3, SIZE), -np.inf))
    with pytest.raises(ValueError, match="canvas"):
        denoiser.logits(torch.tensor([[SIZE + 1]]))


def test_a_group_leaves_its_words_alone(denoiser):
    groups = denoiser.groups
    known = np.array([[-1, groups[9], groups[12]]])
    law = denoiser.posterior(group_evidence(groups, known)).numpy()
    for place in (1, 2):
        assert np.allclose(law[0, place, groups != known[0, place]], 0)
    assert (law[0, 0] > 1e-6).sum() == SIZE - 2


def test_text_has_the_mask_behind_the_vocabulary(denoiser):
    assert denoiser.mask_id == denoiser.vocab_size == SIZE
    assert denoiser.encode("ab_") == [5, 6, SIZE]
    assert denoiser.decode([5, SIZE, 6]) == "a_b"


def test_guidance_of_nothing_equals_none_and_keeps_what_is_impossible():
    torch.manual_seed(0)
    with_prompt, without = torch.randn(3, 7).log_softmax(-1), torch.randn(3, 7).log_softmax(-1)
    with_prompt[0, 2] = without[1, 3] = -torch.inf
    assert torch.equal(guide(with_prompt, without, 0.0), with_prompt)
    guided = guide(with_prompt, without, 2.0)
    assert guided[0, 2] == -torch.inf and guided[1, 3] == with_prompt[1, 3]
    assert torch.allclose(guided[2], 3 * with_prompt[2] - 2 * without[2])


def test_vectors_are_unit_vectors_and_groups_have_names_for_all_words(network, denoiser):
    assert np.allclose(np.linalg.norm(denoiser.embeddings, axis=1), 1.0, atol=1e-6)
    assert denoiser.groups.shape == (SIZE,) and denoiser.groups.max() < 5


def test_files_give_the_network_back_and_others_are_refused(network, tmp_path):
    network.curve.copy_(torch.rand(2, network.curve.shape[1]))
    network.save(tmp_path, "small")
    loaded = load_evidence(tmp_path, small_network())
    evidence = torch.randn(2, 4, SIZE)
    assert torch.allclose(
        loaded.log_posterior(evidence), network.log_posterior(evidence), atol=0.05
    )
    assert torch.equal(loaded.curve, network.curve)
    with pytest.raises(WeightsRefused, match="holds no evidence network"):
        load_evidence(tmp_path / "nothing", small_network())
    next(tmp_path.glob("evidence-1-*")).unlink()
    with pytest.raises(WeightsRefused, match="exactly the tensors"):
        load_evidence(tmp_path, small_network())
