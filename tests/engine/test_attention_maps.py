"""Attention maps of prompt words: saved beside the steps on request, without changing the image or the networks."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load, save
from torch import nn
from torch.nn import functional as F

from gdm_studio.cli.main import run
from gdm_studio.engine import attention_recording as attention
from gdm_studio.engine.attention_maps import Attention as AttentionMaps
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.step_history import load as load_steps
from gdm_studio.models.attention_hooks import attention_maps
from gdm_studio.models.model_library import Library
from gdm_studio.networks.layers import Attention2d
from gdm_studio.networks.region_text import feature_size
from gdm_studio.networks.stable_diffusion.unet import Attention
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Region, Request
from gdm_studio.training.evaluation.evaluation_sets import colour_prompts
from tests.helpers import tiny_model, tiny_stable


def generate_results(request: Request, library: Library | None = None) -> list[Result]:
    return [event for event in generate(request, library or Library()) if isinstance(event, Result)]


def hook_count(module: nn.Module) -> int:
    return sum(len(each._forward_hooks) for each in module.modules())


@pytest.fixture
def asked(tmp_path: Path) -> Request:
    model = tiny_model.write(tmp_path / "tiny")
    return Request(prompt="a red disc foxs", model=str(model), steps=5, count=2, guidance_scale=3.0, sampler="euler_a")


def test_images_are_equal_and_attention_is_saved_beside_the_steps(asked: Request) -> None:
    without, kept = generate_results(asked), generate_results(replace(asked, attention=True))
    assert all((a.rgba == b.rgba).all() for a, b in zip(without, kept, strict=True))
    for plain, told in zip(without, kept, strict=True):
        assert attention.read(plain.steps) is None and len(told.steps) > len(plain.steps)
        assert len(told.steps) - len(plain.steps) < 60_000
        found = attention.read(told.steps)
        assert found is not None and found.words == ("a", "red", "disc", "foxs") and found.steps == (1, 2, 3, 4, 5)
        assert found.maps.shape == (5, 4, 16, 16) and 0 < found.strengths.max() < 1
        trajectory = load_steps(told.steps)
        assert trajectory.request.prompt == asked.prompt and len(trajectory.indices) == 5, "steps are read as before"
    one, other = (attention.read(each.steps) for each in kept)
    assert (one.strengths != other.strengths).any()  # type: ignore[union-attr]


def test_the_words_of_each_region_act_in_it(asked: Request) -> None:
    regions = Region("a red disc", (0, 0, 0.5, 1)), Region("a blue disc", (0.5, 0, 1, 1), weight=0.5)
    request = replace(asked, prompt="foxs", regions=regions, count=1)
    (plain,), (kept,) = generate_results(request), generate_results(replace(request, attention=True))
    assert (plain.rgba == kept.rgba).all()
    found = attention.read(kept.steps)
    assert found is not None and found.words == ("foxs", "a", "red", "disc", "a", "blue", "disc")
    shares = found.shares()
    assert (shares[:, 1:4, :, 12:] == 0).all() and (shares[:, 4:, :, :4] == 0).all()
    # The prompt of the picture has the rest of the right region.
    assert (shares[:, 0, :, :4] == 0).all() and (shares[:, 0, :, 12:] > 0).any()
    assert (shares[:, 1:4, :, :4].max((0, 2, 3)) > 0).all() and (shares[:, 4:, :, 12:].max((0, 2, 3)) > 0).all()


@pytest.mark.slow
def test_the_attention_of_an_image_does_not_depend_on_its_batch(asked: Request) -> None:
    regions = Region("a red disc", (0, 0, 0.5, 1)), Region("a blue disc", (0.5, 0, 1, 1), weight=0.5)
    request = replace(asked, regions=regions, attention=True, count=3, batch=3)
    together = generate_results(request)
    for image, result in enumerate(together):
        (alone,) = (each for each in generate(request, Library(), images=[image]) if isinstance(each, Result))
        one, other = attention.read(result.steps), attention.read(alone.steps)
        assert one is not None and other is not None and one.words == other.words and one.steps == other.steps
        assert (one.maps == other.maps).all() and (one.strengths == other.strengths).all()


def test_attention_is_requested_on_the_command_line(asked: Request, tmp_path: Path) -> None:
    said = ["generate", "a red fox", "--model", asked.model, "--steps", "2", "--device", "cpu"]
    kept = []
    for more in ([], ["--attention"]):
        out = tmp_path / f"out{len(more)}"
        assert run([*said, *more, "--out", str(out)]) == 0
        (steps,) = out.glob(".steps/*/*.steps")
        kept.append(attention.read(steps))
    assert kept[0] is None and kept[1] is not None and kept[1].words == ("a", "red", "fox")


def test_hooks_exist_only_during_a_run_with_attention(asked: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    seen: list[nn.Module] = []
    original = nn.Module.register_forward_hook

    def registered(self: nn.Module, *given: Any, **more: Any) -> Any:
        seen.append(self)
        return original(self, *given, **more)

    monkeypatch.setattr(nn.Module, "register_forward_hook", registered)
    list(generate(asked, library))
    assert seen == []
    list(generate(replace(asked, attention=True), library))
    assert seen and all(isinstance(each, Attention2d) for each in seen)
    assert all(hook_count(each) == 0 for each in seen)


def test_direct_attention_equals_that_of_the_layer(tmp_path: Path) -> None:
    """Compare with a layer's own output when only one word's values are non-zero."""
    torch.manual_seed(0)
    layer = Attention2d(16, head=16, context=8)
    nn.init.eye_(layer.out.weight)
    x, context = torch.randn(1, 16, 4, 4), torch.randn(1, 3, 8)
    mask = torch.tensor([[True, True, False]])
    shares = layer.token_attention(x, context, mask)
    assert shares.shape == (1, 3, 4, 4) and (shares[:, 2] == 0).all() and (shares.sum(dim=1) < 1).all()
    # The values are 1 for the second token and 0 for all others.
    with torch.no_grad():
        layer.query_key_value.weight[32:], layer.query_key_value.bias[32:] = 0, 0
        layer.context[1].weight[16:], layer.context[1].bias[16:] = 0, 0  # type: ignore[index]
        keys = layer.context[1](layer.context[0](context)).chunk(2, dim=-1)[0]  # type: ignore[index]
        assert torch.allclose(shares, layer.token_attention(x, context, mask))
        layer.context[1].bias[16:] = 1  # type: ignore[index]
        mixed = (layer(x, context, mask) - x)[:, 0]
    assert keys.shape == (1, 3, 16) and torch.allclose(mixed, shares.sum(dim=1), atol=1e-5)


def test_indirect_attention_follows_other_places() -> None:
    torch.manual_seed(0)
    layer = Attention2d(16, head=16, context=8)
    x, context = torch.randn(2, 16, 4, 4), torch.randn(2, 3, 8)
    direct, followed = layer.token_attention(x, context), layer.indirect_attention(x, context)
    assert followed.shape == direct.shape and (followed > direct).all()
    # The attention of one word sums to 1 without the hundredth that is lost at every hop.
    assert (followed.sum(dim=1) < 1).all() and (followed.sum(dim=1) > 0.9).all()
    # A place reaches what it attends to, and 0.99 of what the places reach that it attends to.
    for word in range(3):
        told = layer._attention_weights(x, context, None)[..., 3:] @ followed[:, word].flatten(1)[..., None]
        assert torch.allclose(followed[:, word].flatten(1), direct[:, word].flatten(1) + 0.99 * told[..., 0], atol=1e-5)


# Kind sd1 is tested by a long prompt below.
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sdxl"])
def test_stable_diffusion_records_attention(tmp_path: Path, kind: str) -> None:
    model = tiny_stable.write(tmp_path / "model.safetensors", kind)
    prompt = "a (red:1.2) unicycle BREAK a (red:1.2) unicycle"
    request = Request(prompt=prompt, model=str(model), steps=3, guidance_scale=4.0, negative_prompt="fog",
                      sampler="euler")  # fmt: skip
    (plain,), (kept,) = generate_results(request), generate_results(replace(request, attention=True))
    assert (plain.rgba == kept.rgba).all()
    found = attention.read(kept.steps)
    assert found is not None and found.words == 2 * ("a", "red", "unicycle") and len(found.steps) == 3
    assert (found.strengths > 0).all() and found.maps.max() == 255
    first, second = found.strengths[:, :3], found.strengths[:, 3:]
    assert np.allclose(first, second, rtol=1e-4), "each window is read by itself: the same words in it do the same"
    assert np.ptp(first, axis=1).min() > 1e-3 * first.max()


def test_a_head_of_attention_sums_to_one() -> None:
    layer = Attention(8, heads=2, context=4)
    shares = layer.token_attention(torch.randn(1, 6, 8), torch.randn(1, 5, 4))
    assert shares.shape == (1, 6, 5) and torch.allclose(shares.sum(dim=2), torch.ones(1, 6))
    assert feature_size(6, 4, 5) == (2, 3)
    with pytest.raises(ValueError, match="no image"):
        feature_size(7, 4, 5)
    maps = attention_maps([torch.ones(1, 3, 2, 2), torch.zeros(1, 3, 4, 4)], [("one", [0, 2]), ("two", [1])], (4, 4))
    assert torch.allclose(maps[0], torch.ones(4, 4)) and torch.allclose(maps[1], torch.full((4, 4), 0.5))


@pytest.mark.slow
def test_attention_of_long_prompts_is_limited_in_size(tmp_path: Path) -> None:
    model = tiny_stable.write(tmp_path / "model.safetensors", "sd1")
    prompt = " ".join(f"thing{number}" for number in range(60))
    (kept,) = generate_results(Request(prompt=prompt, model=str(model), steps=12, guidance_scale=1.0, attention=True))
    found = attention.read(kept.steps)
    assert found is not None and len(found.words) == 40 and len(found.to_bytes()) <= 60_000
    assert found.steps[0] == 1 and found.steps[-1] == 12


@pytest.mark.parametrize("change", [
    {"words": []}, {"words": ["a"] * 41}, {"words": ["a", 3]}, {"words": ["x" * 41, "b"]}, {"steps": [2, 1]},
    {"steps": [0, 1]}, {"steps": [1.5, 2]}, {"steps": [1, 2, 3]}, {"steps": "12"},
])  # fmt: skip
def test_an_invalid_record_is_none(change: dict[str, Any]) -> None:
    good = AttentionMaps(("a", "b"), (1, 2), np.full((2, 2, 4, 4), 9, np.uint8), np.ones((2, 2), np.float32))
    assert attention.read(good.to_bytes()).words == ("a", "b")  # type: ignore[union-attr]
    facts = {"words": ["a", "b"], "steps": [1, 2]} | change
    told = {"format": "gdm-studio attention", "attention": json.dumps(facts)}
    data = save({"maps": good.maps, "strengths": good.strengths}, told)
    assert attention.read(struct.pack("<Q", len(data)) + data) is None


def test_invalid_tensors_are_none() -> None:
    told = {"format": "gdm-studio attention", "attention": json.dumps({"words": ["a"], "steps": [1]})}
    maps, strengths = np.zeros((1, 1, 4, 4), np.uint8), np.ones((1, 1), np.float32)
    for tensors in (
        {"maps": maps.astype(np.float32), "strengths": strengths}, {"maps": maps[0], "strengths": strengths},
        {"maps": np.zeros((1, 1, 17, 4), np.uint8), "strengths": strengths}, {"maps": maps},
        {"maps": maps, "strengths": np.full((1, 1), np.nan, np.float32)}, {"maps": maps, "strengths": strengths[0]},
        {"maps": np.zeros((1, 1, 16, 0), np.uint8), "strengths": strengths},
    ):  # fmt: skip
        data = save(tensors, told)
        assert attention.read(struct.pack("<Q", len(data)) + data) is None
    data = save({"maps": maps, "strengths": strengths}, told)
    assert load(data)["maps"].shape == maps.shape
    for torn in (data[:-1], data[:40], b"", b"\xff" * 9, struct.pack("<Q", 2**63) + data):
        assert attention.read(struct.pack("<Q", len(data)) + torn if torn == data[:-1] else torn) is None


def attention_overlap(prompt: str, seed: int, library: Library) -> float:
    """Return the IoU of the area where the last word acted above average and the opaque area."""
    (kept,) = generate_results(Request(prompt=prompt, seed=seed, steps=10, attention=True), library)
    found = attention.read(kept.steps)
    assert found is not None
    alpha = torch.from_numpy(kept.rgba[..., 3] >= 128)
    where = torch.from_numpy(found.shares()[:, -1].mean(axis=0))[None, None]
    lit = F.interpolate(where, alpha.shape, mode="bilinear")[0, 0] > where.mean()
    return float((lit & alpha).sum() / (lit | alpha).sum())


@pytest.mark.slow
def test_attention_is_where_the_subject_is() -> None:
    """Check the mean of such prompts; for 48 it is 0.63, and with direct attention alone 0.49."""
    prompts, library = [prompt for prompt, _ in colour_prompts()[1::16]], Library()
    assert np.mean([attention_overlap(prompt, seed, library) for seed, prompt in enumerate(prompts)]) > 0.56
