"""The second layout of matrices changes speed alone."""

import pytest
import torch

from playground.backend import prepack as module
from playground.backend.prepack import prepack


class Net(torch.nn.Module):
    def __init__(self, bias=True):
        super().__init__()
        self.large, self.small = torch.nn.Linear(192, 256, bias=bias), torch.nn.Linear(8, 8)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("rows", [1, 2, 3, 7, 16, 33, 96, 97, 300])
@torch.no_grad()
def test_any_number_of_rows_gives_the_plain_product(rows, bias):
    torch.manual_seed(rows)
    net, x = Net(bias), torch.randn(1, rows, 192)
    plain = net.large(x)
    assert prepack(net) in (0, 192 * 256 * 4)
    torch.testing.assert_close(net.large(x), plain, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(net.large(x[0]), plain[0], atol=1e-5, rtol=1e-5)


def test_where_the_operations_are_missing_or_wrong_nothing_changes(monkeypatch):
    for reply in (RuntimeError("not compiled"), 0.0):

        class Broken(module._Linear):
            def __call__(self, x, reply=reply):
                if isinstance(reply, Exception):
                    raise reply
                return torch.full((x.shape[0], self.weight.shape[0]), reply)

        with monkeypatch.context() as patch:
            patch.setattr(module, "_Linear", Broken)
            net = Net()
            assert prepack(net) == 0 and "forward" not in vars(net.large)


def test_half_precision_networks_are_left_alone():
    net = Net().to(torch.bfloat16)
    assert prepack(net) == 0 and "forward" not in vars(net.large)
