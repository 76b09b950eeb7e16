"""Reuse of the features that the deep layers of a network computed in an earlier evaluation.

Between neighbouring denoising steps the deep features of a network hardly change, so that an evaluation can skip the
deep layers and take their last features. Sources: U-Nets, DeepCache, Ma et al. 2024, arXiv:2312.00858; the residual of
all transformer blocks but the first, Liu et al. 2024, arXiv:2411.19108.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from torch import Tensor, nn


class DeepFeatures:
    """Features of a network's deep layers in one evaluation, which the network computes or, if `saved` is given,
    reuses.

    An evaluation that computes them has the same bits as one without this object. Not safe to share between threads.
    """

    def __init__(self, saved: Tensor | None = None) -> None:
        self.saved = saved


def reuse_output(deep: DeepFeatures | None, compute: Callable[[], Tensor]) -> Tensor:
    """Return the output of the deep layers: the saved one, or else that of `compute`, which is then saved."""
    if deep is None:
        return compute()
    if deep.saved is None:
        deep.saved = compute()
    return deep.saved


def reuse_residual(deep: DeepFeatures | None, tokens: Tensor, compute: Callable[[], Tensor]) -> Tensor:
    """Return the output of deep layers with residual connections, whose input is `tokens`: the tokens plus the saved
    difference, or else the output of `compute`, whose difference is then saved.
    """
    if deep is None:
        return compute()
    if deep.saved is not None:
        return tokens + deep.saved
    found = compute()
    deep.saved = found - tokens
    return found


def run_later_blocks(
    deep: DeepFeatures | None, blocks: Iterable[nn.Module], tokens: Tensor, *conditions: object
) -> Tensor:
    """Return the output of all transformer blocks but the first, whose output is `tokens`, or reuse their residual.

    Each block gets the tokens and the `conditions`.
    """

    def compute() -> Tensor:
        found = tokens
        for block in islice(blocks, 1, None):
            found = block(found, *conditions)
        return found

    return reuse_residual(deep, tokens, compute)
