"""Gradients of one batch by several threads: each takes a share of the samples through the same weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor, nn


class ShardedGradients:
    """Sets `.grad` of the parameters to the gradient of the mean loss over a batch.

    On a CPU one operator a core beats every operator on all cores: nothing waits at the end of each operator, which
    gains a fifth on an idle machine and far more where other programs take a core now and then.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], threads: int) -> None:
        self.parameters = list(parameters)
        self.threads = threads
        self.pool: ThreadPoolExecutor | None = None
        if threads > 1:
            self.pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))

    def __call__(self, loss: Callable[..., Tensor], *batch: Tensor) -> Tensor:
        """`loss(*part)` gives the mean loss of part of the batch; returns the mean loss of all of it, detached."""
        count = len(batch[0])
        if self.pool is None or count < self.threads:
            value, gradients = self._part(loss, batch)
        else:
            parts = list(zip(*(tensor.tensor_split(self.threads) for tensor in batch), strict=True))
            results = list(self.pool.map(lambda part: self._part(loss, part), parts))
            shares = [len(part[0]) / count for part in parts]
            losses = torch.stack([result[0].double() for result in results])
            value = (torch.tensor(shares, dtype=torch.double) * losses).sum()
            gradients = _weighted_sum([result[1] for result in results], shares)
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            # fused optimizers go through both as they lie in memory
            fits = gradient.stride() == parameter.stride()
            parameter.grad = gradient if fits else torch.empty_like(parameter).copy_(gradient)
        return value

    def _part(self, loss: Callable[..., Tensor], part: Sequence[Tensor]) -> tuple[Tensor, tuple[Tensor, ...]]:
        value = loss(*part)
        return value.detach(), torch.autograd.grad(value, self.parameters)


def _weighted_sum(gradients: list[tuple[Tensor, ...]], shares: list[float]) -> tuple[Tensor, ...]:
    total = list(gradients[0])
    torch._foreach_mul_(total, shares[0])
    for more, share in zip(gradients[1:], shares[1:], strict=True):
        torch._foreach_add_(total, list(more), alpha=share)
    return tuple(total)
