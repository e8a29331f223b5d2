"""Uniform noise, Diffusion-LM and CDCD on a network that reads evidence: prompts stay, the answer
before is read, guidance."""

import numpy as np
import pytest
import torch

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.embedding import growing_evidence, nearest
from playground.diffusion.generate import measured_schedule
from tests.diffusion.evidence_network import SIZE, small_denoiser

SAMPLERS = ("uniform", "diffusion-lm", "cdcd", "diffusion-gemma", "mdlm")
CANVAS = np.array([[7, 8, SIZE, SIZE, SIZE, 12], [SIZE, SIZE, SIZE, SIZE, 9, SIZE]])


class Listening:
    """The denoiser, which keeps what it was asked and answered."""

    def __init__(self):
        self.inner, self.asked, self.answers = small_denoiser(), [], []

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def posterior(self, evidence, earlier=None):
        self.asked.append((np.array(evidence), earlier))
        self.answers.append(self.inner.posterior(evidence, earlier))
        return self.answers[-1]


def finals(settings, canvas=CANVAS, denoiser=None):
    steps = list(unmask(denoiser or small_denoiser(), canvas, settings))
    return steps, steps[-1].canvas.numpy()


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_text_without_masks_that_keeps_its_prompt_and_repeats(sampler):
    settings = UnmaskSettings(sampler, 6, seed=3)
    _, text = finals(settings)
    assert (text[CANVAS != SIZE] == CANVAS[CANVAS != SIZE]).all()
    assert text.max() < SIZE
    assert (finals(settings)[1] == text).all()
    if sampler != "mdlm":
        assert (finals(UnmaskSettings(sampler, 6, seed=4))[1] != text).any()


@pytest.mark.parametrize("sampler", ["uniform", "diffusion-lm", "cdcd"])
def test_every_step_reads_the_answer_of_the_step_before(sampler):
    listening = Listening()
    finals(UnmaskSettings(sampler, 5), denoiser=listening)
    assert len(listening.asked) == 5 and listening.asked[0][1] is None
    for (_, earlier), before in zip(listening.asked[1:], listening.answers, strict=False):
        assert torch.equal(earlier, before)


@pytest.mark.parametrize("sampler", ["uniform", "diffusion-lm", "cdcd"])
def test_guidance_asks_a_second_time_without_the_prompt(sampler):
    plain, guided = Listening(), Listening()
    steps, text = finals(UnmaskSettings(sampler, 5, seed=1), denoiser=plain)
    more, other = finals(UnmaskSettings(sampler, 5, seed=1, guidance=3.0), denoiser=guided)
    assert more[-1].calls.sum() == 2 * steps[-1].calls.sum()
    for question, blank in zip(guided.asked[::2], guided.asked[1::2], strict=True):
        prompt = CANVAS != SIZE
        assert (blank[0][prompt] == 0).all()
        assert np.array_equal(blank[0][~prompt], question[0][~prompt])
    assert (other[CANVAS != SIZE] == CANVAS[CANVAS != SIZE]).all()
    none = finals(UnmaskSettings(sampler, 5, seed=1, guidance=0.0))[1]
    assert (none == text).all()


def test_cdcd_takes_the_grid_that_training_measured():
    listening = Listening()
    steps, _ = finals(UnmaskSettings("cdcd", 4), denoiser=listening)
    assert steps[-1].calls.tolist() == [4, 4]  # no pilot run
    deviations, nats = listening.entropy_curve
    on_view = np.array([step.t[0] for step in steps])
    got = np.interp(np.log(on_view), np.log(deviations[::-1]), nats[::-1])
    assert np.allclose(got, [2.25, 1.5, 0.75, 0.0], atol=0.02)
    geometric = [s.t[0] for s in finals(UnmaskSettings("cdcd", 4, schedule="geometric"))[0]]
    assert np.allclose(np.diff(np.log([deviations[0], *geometric]), 2), 0, atol=1e-9)


def test_a_schedule_by_entropy_is_the_one_that_training_measured():
    listening = Listening()
    settings = UnmaskSettings("diffusion-lm", 4, schedule="entropy-linear")
    finals(settings, denoiser=listening)
    assert len(listening.asked) == 4  # no pilot run
    schedule, calls = measured_schedule(listening, 6, settings)
    deviations, nats = listening.entropy_curve
    assert calls == 0 and schedule(0.0) == 1.0 and schedule(1.0) == 0.0
    alpha = schedule(np.array([0.25, 0.5, 0.75]))
    got = np.interp(np.sqrt(1 / alpha - 1), deviations[::-1], nats[::-1])
    assert np.allclose(got, [0.75, 1.5, 2.25], atol=0.08)


def test_the_clamp_takes_the_nearest_vector_which_is_the_likeliest_word_of_its_evidence():
    table = small_denoiser().embeddings
    x = np.random.default_rng(0).normal(size=(4, 7, table.shape[1]))
    words = nearest(x, table)
    assert np.array_equal(words, ((x[..., None, :] - table) ** 2).sum(-1).argmin(-1))
    assert np.array_equal(words, growing_evidence(x, table, 0.5).argmax(-1))


def test_the_clamp_lets_every_step_start_from_words_alone():
    plain = finals(UnmaskSettings("diffusion-lm", 6, seed=5))[1]
    listening = Listening()
    settings = UnmaskSettings("diffusion-lm", 6, seed=5, selection="clamp")
    steps, text = finals(settings, denoiser=listening)
    for step, law in zip(steps, listening.answers, strict=True):
        means = law.double().numpy() @ listening.embeddings
        words = nearest(means, listening.embeddings, listening.special_ids)
        assert np.array_equal(step.canvas.numpy(), np.where(CANVAS == SIZE, words, CANVAS))
    assert text.shape == plain.shape


def test_a_sampler_that_needs_a_trained_verifier_says_that_there_is_none():
    with pytest.raises(ValueError, match="network for every noise has none"):
        finals(UnmaskSettings("self-speculative", 4))


@pytest.mark.parametrize(
    ("sampler", "selection"), [("diffusion-lm", "plain"), ("diffusion-lm", "clamp"), ("cdcd", None)]
)
def test_the_marks_of_the_tokenizer_are_never_the_nearest_word(sampler, selection):
    """The vector of mark 2 is the nearest one to an average of all words."""
    denoiser = small_denoiser()
    denoiser.network.vectors[2] = denoiser.network.vectors.mean(0)
    steps, _ = finals(UnmaskSettings(sampler, 5, selection=selection), denoiser=denoiser)
    for step in steps:
        assert step.canvas.min() > 4
        assert not {"0", "1", "2", "3", "4"} & step.vectors.record(1)["words"].keys()
