"""What a run of learning may be asked for, apart from its reward."""

from __future__ import annotations

from playground.parameters import Parameter

UPDATES = Parameter("updates", int, 30, low=1, high=200)
BETA = Parameter("beta", float, 0.25, low=0.0, high=2.0, step=0.05)
