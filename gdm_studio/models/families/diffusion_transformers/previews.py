"""Fast previews: linear maps from latents to RGB."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

# For the VAE of each family: the red, green and blue of each channel, and their values for latents of zero.
_FLUX_1 = (
    (-0.0346, 0.0034, 0.0275, -0.0174, 0.0859, 0.0004, 0.0405, -0.0236, -0.0245, 0.1008, -0.0515, 0.0428, 0.0817,
     -0.1264, -0.028, -0.1262),
    (0.0244, 0.021, -0.0668, 0.016, 0.0721, 0.0383, 0.0861, -0.0185, 0.025, 0.0755, 0.0201, -0.0012, 0.0765, -0.0522,
     -0.0881, -0.0982),
    (0.0681, 0.0687, -0.0433, 0.0617, 0.0329, 0.0115, 0.0915, -0.0259, 0.118, -0.0421, 0.0011, -0.0036, 0.0749,
     -0.1103, -0.0499, -0.0778),
)  # fmt: skip
_SD3 = (
    (-0.0922, 0.0311, 0.1994, 0.0856, 0.0587, -0.0006, 0.0978, -0.0042, -0.0194, -0.0488, 0.0922, -0.0278, 0.0332,
     -0.0069, -0.0596, -0.1448),
    (-0.0175, 0.0633, 0.0927, 0.0339, 0.0272, 0.1104, 0.0306, 0.1038, 0.002, 0.013, 0.0988, 0.0524, 0.0456, -0.003,
     -0.0465, -0.1463),
    (0.0749, 0.0954, 0.0458, 0.0902, -0.0496, 0.0309, 0.0427, 0.1358, 0.0669, -0.0268, 0.0951, -0.0542, 0.0895, -0.081,
     -0.0293, -0.1189),
)  # fmt: skip
_FLUX_2 = (
    (0.0058, 0.0495, -0.0099, 0.2144, 0.0166, 0.0157, -0.0398, -0.0052, -0.3527, -0.0301, -0.0107, 0.0746, 0.0156,
     -0.0034, 0.0032, -0.0939, 0.0018, 0.0284, -0.0024, 0.1207, 0.0128, 0.0137, 0.0095, 0.0, -0.0465, 0.0095, 0.029,
     0.022, -0.0332, -0.0085, -0.0076, -0.0111),
    (0.0113, 0.0443, 0.0096, 0.3009, -0.0039, 0.0103, 0.0902, 0.0095, -0.2712, -0.0356, 0.0078, 0.009, 0.0169, -0.004,
     0.0181, -0.0008, 0.0043, 0.0056, -0.0022, -0.0026, 0.0101, -0.0072, 0.0092, -0.0077, -0.0204, 0.0012, -0.0034,
     0.0169, -0.0457, 0.0389, 0.0003, -0.046),
    (0.0073, 0.0836, 0.0644, 0.3652, -0.0054, -0.016, -0.0235, 0.0109, -0.1666, -0.018, 0.0013, -0.0941, 0.007,
     -0.0114, 0.008, 0.0186, 0.0104, -0.0127, -0.003, 0.0065, 0.0142, -0.0007, -0.0059, -0.0049, -0.0312, -0.0066,
     0.0025, -0.0048, -0.0468, 0.0609, -0.0043, -0.0614),
)  # fmt: skip
_WAN = (
    (-0.1299, 0.0671, 0.3568, 0.0372, 0.0313, 0.0296, -0.3477, 0.0166, -0.0412, -0.1293, 0.068, 0.0032, -0.1251, 0.006,
     0.3477, 0.1984),
    (-0.1692, 0.0406, 0.2548, 0.2344, 0.0189, -0.0956, -0.4059, 0.1902, 0.0267, 0.074, 0.3019, 0.0581, 0.0927, -0.0633,
     0.2275, 0.0913),
    (0.2932, 0.0442, 0.1747, 0.142, -0.0328, -0.0665, -0.2925, 0.1975, -0.1364, 0.1636, 0.1128, 0.0639, 0.1699, 0.0005,
     0.295, 0.1861),
)  # fmt: skip
_WAN_ZERO = (-0.1835, -0.0868, -0.336)
_FLUX_ZERO, _SD3_ZERO = (-0.0329, -0.0718, -0.0851), (0.2394, 0.2135, 0.1925)
# By the model that a VAE is made for. Fitted by ComfyUI.
_MAPS: Mapping[str, tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]] = {
    "FLUX.1": (_FLUX_1, _FLUX_ZERO),
    "FLUX.2": (_FLUX_2, _FLUX_ZERO),
    "Stable Diffusion 3": (_SD3, _SD3_ZERO),
    "Qwen-Image": (_WAN, _WAN_ZERO),
}


def linear_preview(x0: Tensor, made_for: str, pixels: int) -> Tensor:
    """Convert latents (N, C, h, w) to preview images (N, 3, H, W) with values of about −1 … 1 by a linear map of their
    channels.

    `made_for` is the VAE's model kind, and `pixels` the number of pixels per latent along each side.
    """
    factors, zero = (torch.tensor(each) for each in _MAPS[made_for])
    latents = x0.float().cpu()
    # FLUX.2 folds 2 × 2 positions of its latents into channels.
    fold = round((latents.shape[1] / factors.shape[1]) ** 0.5)
    latents = F.pixel_shuffle(latents, fold)
    rgb = torch.einsum("nchw,rc->nrhw", latents, factors) + zero[:, None, None]
    return F.interpolate(rgb, scale_factor=float(pixels // fold))
