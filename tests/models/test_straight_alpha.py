"""Conversion of the decoder's premultiplied values to bytes, and the linear previews of steps."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gdm_studio.models.loaded_model import Stage
from gdm_studio.models.model_library import Library
from gdm_studio.models.straight_alpha import ALPHA_MARGIN, to_straight_alpha
from gdm_studio.request.generation_request import BUILT_IN, Request


def plain(pictures: Tensor, haze: float) -> Tensor:
    """Return the same conversion written without regard to speed."""
    scaled = ((pictures.float() + 1) / 2).clamp(0, 1)
    rgb, alpha = scaled[:, :3], scaled[:, 3:]
    rgb = torch.where(alpha > 1 / 510, rgb / alpha.clamp(min=1 / 510), 0).clamp(max=1)
    alpha = ((alpha - haze) / (1 - 2 * haze)).clamp(0, 1)
    rgb = torch.where(alpha > 0, rgb, 0)
    return torch.cat([rgb, alpha], dim=1).mul(255).round().to(torch.uint8).permute(0, 2, 3, 1)


@pytest.mark.parametrize("haze", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_bytes_equal_those_of_the_plain_formula(haze: float, dtype: torch.dtype) -> None:
    pictures = 1.5 * torch.randn(2, 4, 16, 16, generator=torch.Generator().manual_seed(1))
    pictures[0, 3, :8] = -1
    pictures[1, 3] = 1
    pictures[:, :, 0, :2] = float("inf")
    pictures[:, :, 1, :2] = -float("inf")
    pictures = pictures.to(dtype)
    before = pictures.clone()
    assert torch.equal(to_straight_alpha(pictures, haze=haze), plain(before, haze))
    assert torch.equal(pictures, before)


@pytest.mark.slow
def test_a_preview_equals_the_linear_decoding() -> None:
    """A preview is computed in another order, so that levels may be rounded differently, but not in a batch."""
    model = Library().load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    stage: Stage = model.stages[-1]
    latents = torch.randn(2, *model.shape(Request(model=BUILT_IN)), generator=torch.Generator().manual_seed(1))
    shown = stage.preview(latents)
    with torch.no_grad():
        whole = stage.vae.decode_linear(latents)  # type: ignore[attr-defined]
    expected = plain(whole, ALPHA_MARGIN)
    assert (shown.int() - expected.int()).abs().max() <= 1 and shown.is_contiguous()
    assert (shown != expected).float().mean() < 1e-4
    assert torch.equal(stage.preview(latents[1:]), shown[1:])
