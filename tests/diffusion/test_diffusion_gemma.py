"""DiffusionGemma against transformers' own denoising step, number for number; its law against
walking every outcome."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.draws import START, TOKEN, uniforms
from playground.diffusion.enumeration import exact_distribution, law_and_passes
from playground.diffusion.exact import ExactDenoiser
from playground.diffusion.samplers.diffusion_gemma import DiffusionGemma

generation = pytest.importorskip(
    "transformers.models.diffusion_gemma.generation_diffusion_gemma", reason="transformers < 5.11"
)
WORDS, LENGTH = 7, 5
CHAIN = ExactDenoiser([0.5, 0.3, 0.2], [[0.8, 0.15, 0.05], [0.1, 0.7, 0.2], [0.3, 0.3, 0.4]])


class Network:
    """Logits of a canvas of words: a fixed function of each place and its neighbours, as sharp as
    `scale` makes it; `bias` is added to one word of each place."""

    vocab_size = mask_id = WORDS

    def __init__(self, scale=1.0, bias=0.0):
        numbers = np.random.default_rng(8)
        self.table = torch.from_numpy(
            scale * numbers.standard_normal((WORDS, WORDS, LENGTH, WORDS)).astype(np.float32)
        )
        self.table += bias * torch.eye(WORDS)[[3, 1, 4, 1, 5]]

    def logits(self, canvas):
        ids = torch.as_tensor(canvas)
        return self.table[ids.roll(1, 1), ids.roll(-1, 1), torch.arange(LENGTH)]


def theirs(network, settings, seed):
    """The canvas after each step, and the argmax at the end, by transformers' step with our random
    numbers."""
    steps = settings.steps
    random = lambda step: np.floor(  # noqa: E731
        uniforms(seed, step, np.zeros((1, 1), int), np.arange(LENGTH), START) * WORDS
    ).astype(int)
    stub = SimpleNamespace(
        config=SimpleNamespace(text_config=SimpleNamespace(vocab_size=WORDS)),
        model=SimpleNamespace(
            decoder=SimpleNamespace(embed_tokens=SimpleNamespace(weight=torch.zeros(1)))
        ),
    )
    mixin = generation.DiffusionGemmaGenerationMixin
    sampler = generation.EntropyBoundSampler(
        generation.EntropyBoundSamplerConfig(settings.bound), LENGTH, WORDS, steps
    )
    stop = generation.StableAndConfidentStoppingCriteria(1, settings.confidence_threshold)
    processors = generation.LogitsProcessorList(
        [generation.LinearTemperatureScheduleLogitsProcessor(settings.t_min, settings.t_max, steps)]
    )
    canvas = torch.from_numpy(random(steps))
    argmax, conditioning, finished = canvas, None, torch.zeros(1, dtype=torch.bool)
    seen = []
    for k, current in enumerate(reversed(range(1, steps + 1))):
        level = uniforms(seed, k, np.zeros((1, 1), int), np.arange(LENGTH), TOKEN)

        def drawn(probabilities, num_samples, level=level):
            running = probabilities.double().cumsum(-1)
            return (running <= torch.from_numpy(level).reshape(-1, 1) * running[:, -1:]).sum(
                -1, keepdim=True
            )

        sampler.initialize_canvas = lambda batch, device, k=k: torch.from_numpy(random(k))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(torch, "multinomial", drawn)
            canvas, argmax, conditioning, finished = mixin._denoising_step(
                stub,
                decoder_forward=lambda decoder_input_ids, **more: SimpleNamespace(
                    logits=network.logits(decoder_input_ids)
                ),
                current_canvas=canvas,
                argmax_canvas=argmax,
                input_ids=canvas,
                decoder_position_ids=None,
                self_conditioning_logits=conditioning,
                mask_mapping={},
                cache=None,
                finished_denoising=finished,
                cur_step=current,
                sampler=sampler,
                logits_processor=processors,
                diffusion_stopping_criteria=stop,
            )
        seen.append(canvas[0].tolist())
        if finished.all():
            break
    return seen[:-1], argmax[0].tolist()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("scale", "bias", "fields"),
    [
        (1.0, 0.0, {}),
        (4.0, 0.0, {"bound": 1.5}),
        (1.5, 9.0, {}),
        (2.0, 3.0, {"t_min": 0.1, "t_max": 3.0, "confidence_threshold": 0.6, "bound": 0.7}),
    ],
)
def test_each_step_is_the_one_of_transformers(seed, scale, bias, fields):
    network = Network(scale, bias)
    settings = UnmaskSettings("diffusion-gemma", 12, seed=seed, **fields)
    *steps, last = unmask(network, [[WORDS] * LENGTH], settings)
    canvases, text = theirs(network, settings, seed)
    assert [step.canvas[0].tolist() for step in steps] == canvases
    assert last.canvas[0].tolist() == text
    assert last.calls[0] == len(canvases) + 1
    assert bias < 9 or len(canvases) < 11  # so sure that it ends early


def test_the_defaults_and_the_temperatures_are_the_published_ones():
    theirs_too = generation.DiffusionGemmaGenerationConfig._get_default_generation_params()
    settings = UnmaskSettings("diffusion-gemma", theirs_too["max_denoising_steps"])
    for name in ("t_min", "t_max", "confidence_threshold"):
        assert getattr(settings, name) == theirs_too[name]
    assert settings.bound == theirs_too["sampler_config"].entropy_bound
    rule = DiffusionGemma(settings)
    assert rule.temperature(0) == pytest.approx(0.8)
    assert rule.temperature(47) == pytest.approx(0.4 + 0.4 / 48)
    with pytest.raises(ValueError, match=r"t_min must be at most t_max \(0.3\), got 0.4"):
        UnmaskSettings("diffusion-gemma", 4, t_max=0.3)
    with pytest.raises(ValueError, match="t_min must be"):
        UnmaskSettings("diffusion-gemma", 4, t_min=0)


def walked(chain, settings, length):
    """The law by walking every start, every draw and every random word of every step: nothing of
    the enumeration is used."""
    words, steps = chain.vocab_size, settings.steps
    law, taken = {}, 0.0
    joint = {
        text: chain.initial[text[0]]
        * np.prod([chain.transition[a, b] for a, b in itertools.pairwise(text)])
        for text in itertools.product(range(words), repeat=length)
    }

    def posterior(canvas, random):
        likelihood = np.full((words, words), random / words) + (1 - random) * np.eye(words)
        table = np.zeros((length, words))
        for text, p in joint.items():
            weight = p * np.prod([likelihood[x, y] for x, y in zip(text, canvas, strict=True)])
            for i, x in enumerate(text):
                table[i, x] += weight
        return table / table.sum(1, keepdims=True)

    def walk(canvas, before, k, chance):
        nonlocal taken
        taken += chance
        remaining = (steps - k) / steps
        t = settings.t_min + (settings.t_max - settings.t_min) * remaining
        p = posterior(canvas, remaining) ** (1 / t)
        p /= p.sum(1, keepdims=True)
        entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(1)
        best = tuple(p.argmax(1).tolist())
        still = best == before and entropy.mean() < settings.confidence_threshold
        if still or k == steps - 1:
            law[best] = law.get(best, 0.0) + chance
            return
        order = np.argsort(entropy, kind="stable")
        running = np.cumsum(entropy[order]) - entropy[order]
        accepted = set(order[running <= settings.bound + 1e-12].tolist())
        rows = [p[i] if i in accepted else np.full(words, 1 / words) for i in range(length)]
        for text in itertools.product(range(words), repeat=length):
            share = float(np.prod([rows[i][x] for i, x in enumerate(text)]))
            if share > 0:
                walk(text, best, k + 1, chance * share)

    for text in joint:
        walk(text, None, 0, words**-length)
    return np.array([law.get(text, 0.0) for text in joint]), taken


@pytest.mark.parametrize(
    "fields",
    [
        {"steps": 3},
        {"steps": 3, "bound": 0.8, "confidence_threshold": 0.5},
        {"steps": 2, "t_min": 0.9, "t_max": 1.0, "bound": 5.0},
    ],
)
def test_its_law_and_its_passes_are_those_of_walking_every_outcome(fields):
    chain = ExactDenoiser([0.6, 0.4], [[0.75, 0.25], [0.35, 0.65]])
    settings = UnmaskSettings("diffusion-gemma", **fields)
    law, taken = law_and_passes(chain, settings, 3)
    expected, passes = walked(chain, settings, 3)
    assert np.allclose(law, expected, atol=1e-12) and law.sum() == pytest.approx(1, abs=1e-12)
    assert taken == pytest.approx(passes, abs=1e-12)
    assert np.allclose(exact_distribution(chain, settings, 3), expected, atol=1e-12)


def test_the_mean_number_of_passes_is_that_of_many_runs():
    settings = UnmaskSettings("diffusion-gemma", 6, confidence_threshold=0.7, bound=1.0)
    _, taken = law_and_passes(CHAIN, settings, 3)
    *_, last = unmask(CHAIN, np.full((4000, 3), CHAIN.mask_id), settings)
    assert 1 < taken < 6
    # the standard error of the mean of 4,000 numbers between 1 and 6 is below .04
    assert last.calls.mean() == pytest.approx(taken, abs=0.15)


def test_locked_and_given_words_stay_and_are_certain():
    settings = UnmaskSettings("diffusion-gemma", 5, seed=4)
    canvas = [[0, 3, 3, 1, 3]]
    for locked in (None, [[True, False, False, False, False]]):
        steps = list(unmask(CHAIN, canvas, settings, locked=locked))
        assert all(step.canvas[0, [0, 3]].tolist() == [0, 1] for step in steps)
        assert not any((step.canvas == 3).any() for step in steps)
