"""A denoiser whose logits stay on a GPU, pretended: every sampler that a network takes writes what
it writes on the CPU."""

import numpy as np
import pytest
import torch

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.drafts import SelfReading
from tests.diffusion.elsewhere import FarDenoiser, OtherDevice, there
from tests.diffusion.runs import MASKED
from tests.diffusion.test_diffusion_recorded import CANVASES, CASES, Network

SETTINGS = [case for case in CASES if case[0] in MASKED] + [("gibbs", 3, {})]


class Far(FarDenoiser):
    def draft(self, canvas):
        return SelfReading(self, canvas)


def written(denoiser, name, steps, more):
    canvas = torch.tensor(CANVASES["network"])
    if name == "gibbs":
        canvas = canvas.where(canvas != denoiser.mask_id, 7)
    settings = UnmaskSettings(name, steps, **{"seed": 5, **more})
    locked = torch.zeros(canvas.shape, dtype=torch.bool) if name == "gibbs" else None
    return [
        (step.record(), torch.as_tensor(step.canvas).tolist())
        for step in unmask(denoiser, canvas, settings, locked)
    ]


def names():
    return [f"{name}-{number}" for number, (name, *_) in enumerate(SETTINGS)]


@pytest.mark.parametrize(("name", "steps", "more"), SETTINGS, ids=names())
def test_the_same_text_and_the_same_records(name, steps, more):
    expected = written(Network(), name, steps, more)
    with OtherDevice():
        assert written(Far(Network()), name, steps, more) == expected


def test_the_pretended_device_gives_cudas_errors():
    with OtherDevice():
        far = there(torch.ones(3))
        with pytest.raises(TypeError, match="can't convert"):
            far.numpy()
        with pytest.raises(RuntimeError, match="same device"):
            far + torch.ones(3)
        assert (far + torch.ones(3).to(far.device)).cpu().numpy().tolist() == [2, 2, 2]
        assert isinstance(np.asarray(far.cpu()), np.ndarray)
