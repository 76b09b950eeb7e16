"""Transform coding of latents: a cosine transform, with principal components of the channels at each frequency."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class DrawingTransform(nn.Module):
    """Linear transform from components (N, K) to latents (N, C, h, w) with K = C · h · w, and back.

    It is the discrete cosine transform (Ahmed et al. 1974) of each latent channel. At each frequency, the channels are
    rotated to their principal components, so that most components of an image are small. Low frequencies and strong
    channels come first.
    """

    order: Tensor
    vertical: Tensor
    horizontal: Tensor

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        channels, height, width = shape
        self.shape = (channels, height, width)
        # (C, h, w): the latents of the image whose components are all zero.
        self.mean = nn.Parameter(torch.zeros(self.shape))
        # (h · w · C, C): for each frequency, a matrix from its components to the channels.
        self.basis = nn.Parameter(torch.eye(channels).repeat(height * width, 1))
        self.register_buffer("order", _order_components(channels, height, width), persistent=False)
        self.register_buffer("vertical", _cosine_matrix(height), persistent=False)
        self.register_buffer("horizontal", _cosine_matrix(width), persistent=False)

    def forward(self, components: Tensor) -> Tensor:
        scattered = torch.empty_like(components)
        scattered[:, self.order] = components
        rotated = torch.einsum("nfd,fcd->ncf", scattered.unflatten(1, (-1, self.shape[0])), self._rotation_matrices())
        spectrum = rotated.unflatten(2, self.shape[1:])
        return self.mean + torch.einsum("ncuv,uh,vw->nchw", spectrum, self.vertical, self.horizontal)

    def components_of(self, latents: Tensor) -> Tensor:
        """Return the components (N, K) of latents (N, C, h, w). This is the inverse of `forward`."""
        spectrum = self._transform(latents - self.mean)
        scattered = torch.einsum("ncf,fdc->nfd", spectrum, torch.linalg.inv(self._rotation_matrices())).flatten(1)
        return scattered[:, self.order]

    @torch.no_grad()
    def fit(self, latents: Tensor, weights: Tensor, metric: Tensor) -> None:
        """Fit the rotations to latents (n, C, h, w) with the sampling weights (n,), relative to the current `mean`.

        All components have the same effect on the squared error, after the channels of the error have been multiplied
        by the invertible matrix `metric` (C, C).
        """
        share = (weights / weights.sum()).sqrt()[:, None, None, None]
        weighted = torch.einsum("cd,ndhw->nchw", metric, share * (latents - self.mean))
        spectrum = self._transform(weighted)
        covariance = torch.einsum("ncf,ndf->fcd", spectrum, spectrum)
        strongest_first = torch.linalg.eigh(covariance).eigenvectors.flip(2)
        self.basis.copy_((torch.linalg.inv(metric) @ strongest_first).flatten(0, 1))

    def _transform(self, images: Tensor) -> Tensor:
        """Return the cosine transform (N, C, h · w) of each channel of images (N, C, h, w)."""
        return torch.einsum("nchw,uh,vw->ncuv", images, self.vertical, self.horizontal).flatten(2)

    def _rotation_matrices(self) -> Tensor:
        return self.basis.unflatten(0, (-1, self.shape[0]))


def _order_components(channels: int, height: int, width: int) -> Tensor:
    """Return the position of each component in the array (h · w, C), low frequencies and strong channels first."""
    axes = (torch.arange(height), torch.arange(width), torch.arange(channels))
    vertical, horizontal, channel = torch.meshgrid(*axes, indexing="ij")
    weakness = (1 + vertical + horizontal) * (1 + channel)
    return weakness.flatten().argsort(stable=True)


def _cosine_matrix(size: int) -> Tensor:
    """Return the orthonormal matrix (frequency, position) of the discrete cosine transform, type II."""
    positions = torch.arange(size) + 0.5
    matrix = torch.cos(math.pi / size * torch.arange(size)[:, None] * positions) * math.sqrt(2 / size)
    matrix[0] /= math.sqrt(2)
    return matrix
