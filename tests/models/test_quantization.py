"""Weights in int8: small, accurate, and refused if inconsistent."""

import pytest
import torch

from gdm_studio.models.weight_storage.int8_channels import dequantize, dequantized, quantize


@pytest.mark.parametrize("shape", [(7,), (5, 3), (6, 4, 3, 3)], ids=str)
def test_every_weight_is_within_half_a_scale_of_its_channel(shape: tuple[int, ...]) -> None:
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(1)) * torch.arange(shape[0]).reshape(
        -1, *[1] * (len(shape) - 1)
    )
    levels, scale = quantize(weight)
    assert levels.dtype == torch.int8 and levels.shape == weight.shape and scale.shape == shape[:1]
    apart = (dequantize(levels, scale) - weight).abs().reshape(shape[0], -1).amax(dim=1)
    assert (apart <= 0.5 * scale * (1 + 1e-5)).all()
    assert dequantize(levels, scale)[0].abs().max() == 0, "a channel of zeros stays one"


def test_the_largest_weight_of_a_channel_is_exact_also_in_bf16() -> None:
    weight = torch.tensor([[0.5, -2.0, 1.0], [3.0, 0.0, -1.0]], dtype=torch.bfloat16)
    back = dequantize(*quantize(weight))
    assert back[0, 1] == pytest.approx(-2.0) and back[1, 0] == pytest.approx(3.0) and back.dtype == torch.float32


def test_only_weights_with_scales_are_restored() -> None:
    weight, plain = torch.randn(4, 3), torch.randn(2)
    levels, scale = quantize(weight)
    table = torch.ones(3, dtype=torch.int8)
    found = dequantized({"a.weight": levels, "a.weight.scale": scale, "vae.scale": plain, "text.table": table})
    assert set(found) == {"a.weight", "vae.scale", "text.table"}
    assert torch.equal(found["a.weight"], dequantize(levels, scale)) and found["text.table"] is table


@pytest.mark.parametrize(
    ("levels", "scale"),
    [(torch.ones(3, 2), torch.ones(3)), (torch.ones(3, 2, dtype=torch.int8), torch.ones(2))],
    ids=["floats", "other channels"],
)
def test_mismatched_levels_and_scales_are_refused(levels: torch.Tensor, scale: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="scales of shape"):
        dequantize(levels, scale)


@pytest.mark.parametrize("dtype", [torch.int8, torch.int32, torch.bool])
def test_integers_without_scales_are_refused(dtype: torch.dtype) -> None:
    with pytest.raises(ValueError, match="no scales"):
        dequantized({"a.weight": torch.ones(3, 2).to(dtype)})
