"""What the Chains page shows first is what its code computes."""

import json
import subprocess
import sys

import pytest

from playground.pages.chains.first import recorded
from playground.pages.chains.record import figures


def near(recorded, computed):
    if isinstance(computed, dict):
        assert recorded.keys() == computed.keys()
        for key in computed:
            near(recorded[key], computed[key])
    elif isinstance(computed, list):
        assert len(recorded) == len(computed)
        for one, other in zip(recorded, computed, strict=True):
            near(one, other)
    elif isinstance(computed, float):
        assert recorded == pytest.approx(computed, abs=1e-4)
    else:
        assert recorded == computed


def test_the_recorded_figures_are_those_of_the_code():
    near(recorded(), json.loads(json.dumps(figures())))


def test_the_app_is_built_without_torch_or_transformers():
    """The page answers before the seconds that these imports take."""
    code = "import sys; from playground.pages.shell import build_app; build_app(); print([m for m in ('torch', 'transformers') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("seen", [[0, 0, 1, 0, 0], [1, -1, 0]])
def test_an_edited_hidden_model_is_passed_over_once(monkeypatch, seen):
    """Forward and backward run once for all that the trellis shows."""
    from playground.markov import inference
    from playground.pages.chains import hidden

    run, count = inference.forward_backward, []
    monkeypatch.setattr(
        inference, "forward_backward", lambda *a, **k: count.append(1) or run(*a, **k)
    )
    record = hidden.figures({**hidden.DEFAULT, "observations": seen})
    assert len(count) == 1 and len(record["predictions"]) == len(seen)


def test_an_edit_of_the_hidden_model_costs_one_forward_backward_pass(monkeypatch):
    from playground.markov import inference
    from playground.pages.chains import hidden

    passes, real = [], inference.forward_backward

    def counted(*args, **kwargs):
        passes.append(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(inference, "forward_backward", counted)
    hidden.figures(hidden.DEFAULT)
    assert len(passes) == 1
