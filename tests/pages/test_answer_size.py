"""An answer that would grow too large ends with a sentence that says which field to lower, and to
what."""

import pytest

from playground.pages import answer_size
from playground.pages.answer_size import Size


def test_the_limit_is_met_in_bytes_and_the_sentence_says_what_fits(monkeypatch):
    monkeypatch.setattr(answer_size, "LARGEST", 2_000_000)
    size = Size("top", 100, 512)
    with pytest.raises(ValueError, match="top must be at most 38 for so many steps, got 100"):
        for _ in range(512):
            size.add("x" * 9_996)  # 10,000 bytes with its quotes and comma
    assert size.count == 201


def test_without_rows_the_steps_are_to_be_fewer(monkeypatch):
    monkeypatch.setattr(answer_size, "LARGEST", 100)
    with pytest.raises(ValueError, match="Ask for fewer than 2 steps"):
        size = Size("top", 0, 9)
        size.add("x" * 60)
        size.add("x" * 60)


@pytest.mark.parametrize("module", ["generate.endpoints", "diffusion.runs"])
def test_long_runs_count_what_they_answer(module, monkeypatch):
    """A whole run of each page stops at the limit: nothing larger leaves the process."""
    from playground.pages.diffusion import models
    from playground.pages.generate.endpoints import decode_text
    from tests.pages.doubles import AwayBackend, DoubleBackend

    monkeypatch.setattr(answer_size, "LARGEST", 3_000)
    if module == "generate.endpoints":
        run = decode_text(DoubleBackend(), "double", "The fox", max_new_tokens=20)
    else:
        from types import SimpleNamespace

        from playground.pages.diffusion.canvas import read_canvas
        from playground.pages.diffusion.controls import settings_of
        from playground.pages.diffusion.runs import Side, whole_trace

        app = SimpleNamespace(backend=AwayBackend)
        denoiser = models.get_denoiser(models.TALE, app.backend, None)
        settings = settings_of({"sampler": "llada", "selection": "random", "steps": 12, "seed": 1})
        canvas = read_canvas("the king [MASK]*12 .", denoiser, 0)
        run = whole_trace(Side(models.TALE, denoiser, canvas, settings), 10)
    with pytest.raises(ValueError, match="top must be at most"):
        list(run)
