"""Reuse of the features that the deep layers of a network computed in an earlier evaluation.

Between neighbouring denoising steps the deep features of a network hardly change, so that an evaluation can skip the
deep layers and take their last features. Sources: U-Nets, DeepCache, Ma et al. 2024, arXiv:2312.00858; the residual of
all transformer blocks but the first, Liu et al. 2024, arXiv:2411.19108.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor


class DeepFeatures:
    """Features of a network's deep layers in one evaluation, which the network computes or, if `saved` is given,
    reuses.

    An evaluation that computes them has the same bits as one without this object. Not safe to share between threads.
    """

    def __init__(self, saved: Tensor | None = None) -> None:
        self.saved = saved

    def output(self, compute: Callable[[], Tensor]) -> Tensor:
        """Return the output of the deep layers: the saved one, or else that of `compute`, which is then saved."""
        if self.saved is None:
            self.saved = compute()
        return self.saved

    def add_residual(self, tokens: Tensor, compute: Callable[[], Tensor]) -> Tensor:
        """Return the output of deep layers with residual connections, whose input is `tokens`: the tokens plus the
        saved difference, or else the output of `compute`, whose difference is then saved.
        """
        if self.saved is not None:
            return tokens + self.saved
        found = compute()
        self.saved = found - tokens
        return found
