"""3x3 convolutions, computed by methods that suit their size on a CPU.

`Conv3x3` is for small networks, whose images are the same for any number of threads. `LargeConv3x3` is for large
networks, where speed matters and results may differ by rounding.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import handle_torch_function, has_torch_function

# Up to this number of pixels, a convolution is one matrix product. Its windows need little memory, and torch's own
# convolution would spend longer on reordering the weights than on multiplying them.
FEW_PIXELS = 256
# From this number of pixels and channels on, Winograd's method saves more time than its transforms take.
MANY_PIXELS = 4096
MANY_CHANNELS = 256
# Number of transformed values that are computed at a time, so that they stay in the processor's cache.
CHUNK = 2**20

# Winograd's method for 4x4 outputs of a 3x3 kernel, F(4x4, 3x3) (Lavin and Gray 2016, arXiv:1509.09308, section 4.2):
# the output is Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, for the kernel g and each 6x6 window d of the input.
OUTPUT_SIDE = 4
WINDOW_SIDE = 6
_INPUT = (
    (4, 0, -5, 0, 1, 0),
    (0, -4, -4, 1, 1, 0),
    (0, 4, -4, -1, 1, 0),
    (0, -2, -1, 2, 1, 0),
    (0, 2, -1, -2, 1, 0),
    (0, 4, 0, -5, 0, 1),
)
_KERNEL = (
    (1 / 4, 0, 0),
    (-1 / 6, -1 / 6, -1 / 6),
    (-1 / 6, 1 / 6, -1 / 6),
    (1 / 24, 1 / 12, 1 / 6),
    (1 / 24, -1 / 12, 1 / 6),
    (0, 0, 1),
)
_OUTPUT = (
    (1, 1, 1, 1, 1, 0),
    (0, 1, -1, 2, -2, 0),
    (0, 1, 1, 4, 4, 0),
    (0, 1, -1, 8, -8, 1),
)


class Conv3x3(nn.Conv2d):
    """3x3 convolution whose result does not depend on the number of threads, even for small images.

    During inference on a CPU, small images are computed as nine matrix products. Torch's own convolution may split the
    channels of an image with few pixels among the threads, or sum all nine taps in one product, which makes its sums
    depend on the number of threads.
    """

    # Number of pixels up to which some processors split the sums.
    SMALL = 64

    def __init__(self, channels_in: int, channels_out: int, *, stride: int = 1) -> None:
        super().__init__(channels_in, channels_out, 3, stride=stride, padding=1)
        # Cached matrices (9, C, C′), with the identity and the version of the weight from which they were computed.
        self._cached_matrices: tuple[tuple[int, int], Tensor] | None = None

    def forward(self, x: Tensor) -> Tensor:
        height, width = (math.ceil(side / self.stride[0]) for side in x.shape[-2:])
        if height * width > self.SMALL or x.device.type != "cpu" or torch.is_grad_enabled():
            return super().forward(x)
        step = self.stride[0]
        framed = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))  # (N, H + 2, W + 2, C)
        windows = [framed[:, down : down + step * height : step, across : across + step * width : step]
                   for down in range(3) for across in range(3)]  # fmt: skip
        rows = torch.bmm(torch.stack(windows).flatten(1, 3), self._weight_matrices()).sum(0)  # (N · H · W, C')
        rows = rows if self.bias is None else rows + self.bias
        return rows.unflatten(0, (len(x), height, width)).permute(0, 3, 1, 2)

    def _weight_matrices(self) -> Tensor:
        # Inference tensors have no version counter, and they never change.
        which = (self.weight.data_ptr(), 0 if self.weight.is_inference() else self.weight._version)
        if self._cached_matrices is None or self._cached_matrices[0] != which:
            self._cached_matrices = which, self.weight.detach().flatten(2).permute(2, 1, 0).contiguous()
        return self._cached_matrices[1]


class LargeConv3x3(nn.Conv2d):
    """3x3 convolution with stride 1 and a frame of zeros, computed by `convolve`."""

    def __init__(self, channels_in: int, channels_out: int, *, bias: bool = True) -> None:
        super().__init__(channels_in, channels_out, 3, padding=1, bias=bias)

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return convolve(input, weight, bias)


def convolve(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Convolve images (N, C, H, W) with 3x3 kernels (C', C, 3, 3) and a frame of zeros. Returns (N, C', H, W).

    On a CPU, the method for fp32 images without gradients is chosen by their size and channels. The results differ by
    rounding only.
    """
    if has_torch_function((weight,)):
        result: Tensor = handle_torch_function(convolve, (weight,), x, weight, bias)
        return result
    pixels = x.shape[-2] * x.shape[-1]
    if x.device.type == "cpu" and x.dtype == torch.float32 and not torch.is_grad_enabled():
        if pixels <= FEW_PIXELS:
            return _convolve_as_product(x, weight, bias)
        if pixels >= MANY_PIXELS and min(weight.shape[:2]) >= MANY_CHANNELS:
            return _convolve_by_winograd(x, weight, bias)
    return F.conv2d(x, weight, bias, padding=1)


def _convolve_as_product(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Convolve as one matrix product, of the 3x3 window around each pixel and the kernels."""
    count, _, height, width = x.shape
    windows = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1)).unfold(1, 3, 1).unfold(2, 3, 1)  # (N, H, W, C, 3, 3)
    if weight.is_contiguous(memory_format=torch.channels_last):
        # The order of the windows follows the kernels, which are larger and therefore not copied.
        windows, weight = windows.permute(0, 1, 2, 4, 5, 3), weight.permute(0, 2, 3, 1)
    rows = windows.reshape(count * height * width, -1)
    return F.linear(rows, weight.reshape(len(weight), -1), bias).view(count, height, width, -1).permute(0, 3, 1, 2)


def _convolve_by_winograd(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Convolve by Winograd's method, which needs a quarter of the multiplications."""
    count, channels, height, width = x.shape
    out = len(weight)
    down, across = -(-height // OUTPUT_SIDE), -(-width // OUTPUT_SIDE)
    input_transform, kernel_transform, output_transform = (
        torch.kron(matrix, matrix) for matrix in map(torch.tensor, (_INPUT, _KERNEL, _OUTPUT))
    )
    input_transform, output_transform = input_transform.float(), output_transform.float()
    # (36, C, C')
    kernels = (kernel_transform @ weight.permute(2, 3, 0, 1).reshape(9, -1)).view(-1, out, channels).transpose(1, 2)
    result = x.new_empty(count, down, OUTPUT_SIDE, across, OUTPUT_SIDE, out)
    rows = max(1, CHUNK // (across * WINDOW_SIDE**2 * max(channels, out)))
    for image, filled in zip(x.permute(0, 2, 3, 1), result, strict=True):
        for first in range(0, down, rows):
            last = min(first + rows, down)
            top, bottom = first * OUTPUT_SIDE - 1, last * OUTPUT_SIDE + 1
            frame = (0, 0, 1, 1 + across * OUTPUT_SIDE - width, max(-top, 0), max(bottom - height, 0))
            part = F.pad(image[max(top, 0) : min(bottom, height)], frame)
            windows = part.unfold(0, WINDOW_SIDE, OUTPUT_SIDE).unfold(1, WINDOW_SIDE, OUTPUT_SIDE)
            windows = windows.permute(3, 4, 0, 1, 2).reshape(WINDOW_SIDE**2, -1)
            products = torch.bmm((input_transform @ windows).view(WINDOW_SIDE**2, -1, channels), kernels)
            outputs = output_transform @ products.flatten(1)
            sides = OUTPUT_SIDE, OUTPUT_SIDE, last - first, across, out
            filled[first:last] = outputs.view(sides).permute(2, 0, 3, 1, 4)
    result = result.view(count, down * OUTPUT_SIDE, across * OUTPUT_SIDE, out)[:, :height, :width]
    if bias is not None:
        result += bias
    return result.permute(0, 3, 1, 2)
