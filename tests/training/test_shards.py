"""Gradients of a batch that threads share."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gdm_studio.training import distributed
from gdm_studio.training.gradient_shards import ShardedGradients


@pytest.mark.parametrize("threads", [1, 2])
def test_gradients_lie_in_memory_as_their_parameters_do(threads: int) -> None:
    """Check the memory layout of gradients, since fused optimizers pair elements by address, not by index."""
    weight = nn.Parameter(torch.arange(48.0).view(2, 3, 4, 2).contiguous(memory_format=torch.channels_last))

    def loss(x: Tensor) -> Tensor:
        return (x @ weight.flatten(1).T).square().mean()  # whose gradient lies in the order of the indices

    x = torch.randn(4, 24, generator=torch.Generator().manual_seed(0))
    value = ShardedGradients([weight], threads)(loss, x)
    found = weight.grad
    assert found is not None and found.stride() == weight.stride() != weight.contiguous().stride()
    weight.grad = None
    exact = loss(x)
    exact.backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(found, weight.grad)
    assert float(value) == pytest.approx(float(exact.detach()), rel=1e-5)


def test_the_same_seed_gives_the_same_dropout_for_any_number_of_threads() -> None:
    """Threads would draw from torch's only generator in any order, and the batch is not divided among them then."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(32, 64), nn.Dropout(0.5), nn.ReLU(), nn.Linear(64, 32), nn.Dropout(0.5))
    x, parameters, rows = torch.randn(64, 32), list(net.parameters()), list[int]()

    def loss(x: Tensor) -> Tensor:
        rows.append(len(x))
        return net(x).square().mean()

    found = []
    for threads in (1, 2, 2, 2):
        gradients = ShardedGradients(parameters, threads)
        for seed in range(5):
            torch.manual_seed(seed)
            value = gradients(loss, x)
            found.append([value, *(each.grad.clone() for each in parameters), torch.get_rng_state()])  # type: ignore
    for one, other in zip(found[:5] * 3, found[5:], strict=True):
        assert all(map(torch.equal, one, other))
    assert rows.count(32) == 6 and rows.count(64) == 20, "once by each of two threads"
    net.eval()
    gradients = ShardedGradients(parameters, 2)
    rows.clear()
    for _ in range(3):
        gradients(loss, x)
    assert rows == [32] * 6


def test_processes_draw_random_numbers_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows of each process have other dropout, and what all processes compute has the same one."""
    weight = nn.Parameter(torch.ones(1))
    drawn, after = [], []
    monkeypatch.setattr(distributed, "process_count", lambda: 3)
    monkeypatch.setattr(distributed, "own_rows", lambda batch: [part[:2] for part in batch])
    monkeypatch.setattr(distributed, "sum_over_processes", list)
    for rank in range(3):
        monkeypatch.setattr(distributed, "rank", lambda rank=rank: rank)
        torch.manual_seed(7)
        own: list[float] = []

        def loss(x: Tensor, own: list[float] = own) -> Tensor:
            own.append(float(torch.rand(())))
            return (weight * x).sum()

        for splits in (True, False):
            ShardedGradients([weight], 1, splits=splits)(loss, torch.ones(6, 1))
        drawn.append(own)
        after.append(torch.get_rng_state())
    split, whole = zip(*drawn, strict=True)
    assert len(set(split)) == 3 and len(set(whole)) == 1
    assert all(torch.equal(each, after[0]) for each in after)
