"""Conditioning that the networks of a cascade get in sampling, and use of their predictions, with stub networks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.maths.guidance import clipped, compose, thresholded
from gdm_studio.maths.processes.coordinates import PURE_NOISE
from gdm_studio.models.families.papers.caption_vocabulary import CaptionWords
from gdm_studio.models.families.papers.cascade import CascadeModel, StageSpec, known_part
from gdm_studio.models.families.papers.cascade_settings import AUGMENTATION, CLIP_GUIDANCE
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.memory.parallel_rows import whole_batches
from gdm_studio.models.model_library import Library
from gdm_studio.networks.papers.cascades.contrastive_text_image_model import ContrastiveConfig, ContrastiveModel
from gdm_studio.papers import all_systems
from gdm_studio.papers.claims import cascades
from gdm_studio.papers.claims.cascades import StageSampler
from tests.papers.oracle import Oracle, assert_standard_normal, cosine, normal

WORDS = CaptionWords(("cat", "dog", "fox"), 4)


class Caption(Oracle):
    """Caption encoder whose tokens and pooled vector are the numbers of the words."""

    def forward(self, ids: Tensor) -> Any:  # type: ignore[override]
        tokens = ids.float()[:, :, None].expand(-1, -1, 3)
        return tokens, tokens.sum(dim=1)


@pytest.fixture(autouse=True)
def _whole_batches() -> Iterator[None]:
    """Evaluate networks on whole batches, so that they record them."""
    with whole_batches():
        yield


def stage_of(spec: StageSpec, **networks: Any) -> Any:
    """Return the only stage of a cascade with these networks, beside a known caption encoder."""
    caption = Caption(lambda ids: ids)
    found = {"caption": caption, **networks}
    card = Library().card("imagen")
    (stage,) = CascadeModel(card, torch.device("cpu"), torch.float32, found, WORDS, (spec,)).stages
    return stage


def upsampler_stage(network: Oracle) -> Any:
    return stage_of(StageSpec("upsampler", "upsampler", 16, 1.0, 0.5, "x0"), upsampler=network)


@pytest.mark.parametrize("amount", [0.0, 0.1, 0.45])
def test_a_smaller_image_has_the_noise_that_the_upsampler_is_told(amount: float) -> None:
    """z = α·y + σ·ε with α² + σ² = 1, and (α, σ) is an input (Saharia et al. 2022, section 2.4)."""
    answer = 0.4 * normal(2, 2, 4, 16, 16)
    network = Oracle(lambda shown, *_, **__: answer[: len(shown)], augmented=True)
    stage, befores = upsampler_stage(network), 0.8 * normal(1, 2, 4, 8, 8)
    path, keyed = stage.diffusion.process.path("linspace", 3), KeyedNoise([5, 6])
    conditions = [Conditioning(before=each, factors={AUGMENTATION: amount}) for each in befores.split(1)]
    denoise = stage.denoiser(conditions, path, denoiser_noise(keyed, path, 2))
    x = normal(3, 2, 4, 16, 16)
    results = [denoise(x, at) for at in path[:2]]
    alpha, sigma = math.cos(amount * math.pi / 2), math.sin(amount * math.pi / 2)
    # A batch of both sides of guidance has each image twice.
    guided = stage.denoiser([*conditions, *conditions], path, denoiser_noise(keyed, path, 2))
    both = guided(torch.cat([x, x]), path[0])
    assert torch.equal(both, torch.cat([results[0]] * 2)) and torch.equal(results[0], answer.clamp(-1, 1))
    y = befores.clamp(-1, 1)
    assert len(network.calls) == 3
    for (shown, time, small, level), at in zip(network.calls, (*path[:2], path[0]), strict=True):
        assert torch.allclose(level, torch.tensor([[alpha, sigma]] * 2), atol=1e-6)
        assert torch.allclose(small, alpha * y + sigma * denoiser_noise(keyed, path, 2)(PURE_NOISE, y), atol=1e-6)
        assert torch.equal(shown, x)
        assert time.tolist() == pytest.approx([stage.diffusion.process.timestep(at) / 1000] * 2, abs=1e-6)
    if amount:
        noise = (network.calls[0][2] - alpha * y) / sigma
        assert_standard_normal(noise)
        other = stage.denoiser(conditions, path, denoiser_noise(KeyedNoise([5, 7]), path, 2))
        other(x, path[0])
        moved = network.calls[-1][2] - network.calls[0][2]
        assert not moved[0].any() and moved[1].abs().mean() > sigma / 2, "every image has noise of its own seed"


def test_an_upsampler_that_knows_no_noise_gets_the_smaller_image_itself() -> None:
    network = Oracle(lambda shown, *_, **__: torch.zeros_like(shown), augmented=False)
    stage, before = upsampler_stage(network), normal(1, 1, 4, 8, 8)
    path = stage.diffusion.process.path("linspace", 2)
    condition = Conditioning(before=before, factors={AUGMENTATION: 0.4})
    stage.denoiser([condition], path, denoiser_noise(KeyedNoise([5]), path, 1))(normal(2, 1, 4, 16, 16), path[0])
    ((_, _, small),) = network.calls
    assert torch.equal(small, before.clamp(-1, 1))


class Agreement(ContrastiveModel):
    """Contrastive model whose agreement is known: Σ x·(1 + t)²·w, of an image x at time t, where w is the caption's."""

    def __init__(self) -> None:
        super().__init__(ContrastiveConfig(len(WORDS.words) + 1, width=4, size=8, length=WORDS.length))
        self.calls: list[tuple[Tensor, Tensor | None]] = []

    def embed_images(self, images: Tensor, time: Tensor | None = None) -> Tensor:
        self.calls.append((images.detach(), time))
        assert time is not None, "the model knows of the noise"
        return images.flatten(1)[:, :4] * (1 + time[:, None]) ** 2

    def embed_captions(self, ids: Tensor) -> Tensor:
        return ids.float() + torch.tensor([0.5, -1.0, 2.0, 0.1])


@pytest.mark.parametrize("index", [40, 333, 900])
def test_clip_guidance_takes_the_gradient_at_the_noise_level_of_the_step(index: int) -> None:
    """x̂_0 + s·(σ²/α)·∇ (f(x_t)·g(c)), by the noise-aware f of the same t (Nichol et al. 2021, equation 8)."""
    contrastive, x = Agreement(), normal(1, 2, 4, 8, 8)
    plain = 0.3 * normal(2, 2, 4, 8, 8)
    network = Oracle(lambda shown, *_, **__: plain, image_embedding=0, inpainting=False)
    spec = StageSpec("base", "base", 8, 1.0, 0.5, "x0")
    stage = stage_of(spec, base=network, contrastive=contrastive)
    alpha_bar = float(cosine()[index])
    at, path = stage.diffusion.process.at(float(index)), stage.diffusion.process.path("linspace", 4)
    conditions = [Conditioning(text=text, factors={CLIP_GUIDANCE: 0.2}) for text in ("dog fox", "")]
    found = stage.denoiser(conditions, path, denoiser_noise(KeyedNoise([5, 6]), path, 2))(x, at)
    ((shown, time),) = contrastive.calls
    assert torch.equal(shown, x) and time is not None
    assert time.tolist() == pytest.approx([index / 1000] * 2, abs=1e-5)
    gradient = torch.zeros(2, 256)
    # The second image has no caption, which nothing can agree with.
    gradient[0, :4] = (1 + index / 1000) ** 2 * torch.tensor([2.5, 2.0, 2.0, 0.1])
    scale = 0.2 * 300 * (1 - alpha_bar) / math.sqrt(alpha_bar)
    assert torch.allclose(found, plain + scale * gradient.view_as(x), rtol=1e-4, atol=1e-5)
    for factors in ({CLIP_GUIDANCE: 0.0}, {}):
        without = [Conditioning(text="dog fox", factors=factors)] * 2
        denoise = stage.denoiser(without, path, denoiser_noise(KeyedNoise([5, 6]), path, 2))
        assert torch.equal(denoise(x, at), plain)
    assert len(contrastive.calls) == 1


def test_a_contrastive_model_knows_how_noisy_an_image_is() -> None:
    torch.manual_seed(0)
    network = ContrastiveModel(ContrastiveConfig(4, width=4, size=8, narrow=8, wide=8, length=4))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    x = normal(1, 2, 4, 8, 8)
    clean, early, late = (network.embed_images(x, time) for time in (None, torch.zeros(2), torch.full((2,), 0.7)))
    assert torch.equal(clean, early) and (late - early).abs().max() > 0.01
    assert torch.allclose(late.norm(dim=1), torch.ones(2))


def test_every_row_of_a_base_stage_has_its_own_caption_and_the_negative_side_has_none() -> None:
    network = Oracle(lambda shown, *_, **__: torch.zeros_like(shown), image_embedding=0, inpainting=False)
    stage = stage_of(StageSpec("base", "base", 8, 1.0, 0.5, "x0"), base=network)
    path = stage.diffusion.process.path("linspace", 2)
    conditions = [Conditioning(text="cat fox"), Conditioning(text="dog")]
    conditions += [replace(each, negative=True) for each in conditions]
    stage.denoiser(conditions, path, denoiser_noise(KeyedNoise([5, 6]), path, 2))(normal(1, 4, 4, 8, 8), path[0])
    ((_, _, tokens, pooled),) = network.calls
    ids = torch.tensor([[1.0, 3, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    assert torch.equal(tokens, ids[:, :, None].expand(-1, -1, 3))
    assert torch.equal(pooled, tokens[:, -1]), "the last token"


def test_both_candidates_of_a_prior_have_the_caption_of_their_image() -> None:
    answer = normal(2, 6, 4)
    network = Oracle(lambda shown, *_: answer, embedding=4)
    stage = stage_of(StageSpec("prior", "prior", 0, 1.0, 1.0, "x0"), prior=network, contrastive=Agreement())
    path, x = stage.diffusion.process.path("linspace", 2), normal(1, 3, 1, 2, 4)
    conditions = [Conditioning(text=text) for text in ("cat", "dog fox", "")]
    found = stage.denoiser(conditions, path, denoiser_noise(KeyedNoise([5, 6, 7]), path, 3))(x, path[1])
    ((shown, time, tokens, texts),) = network.calls
    ids = torch.tensor([[1.0, 0, 0, 0], [1, 0, 0, 0], [2, 3, 0, 0], [2, 3, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    assert torch.equal(shown, x.flatten(0, 2)) and torch.equal(found, answer.view_as(x))
    assert torch.equal(tokens, ids[:, :, None].expand(-1, -1, 3))
    assert torch.equal(texts, ids + torch.tensor([0.5, -1.0, 2.0, 0.1]))
    assert time.tolist() == pytest.approx([stage.diffusion.process.timestep(path[1]) / 1000] * 6, abs=1e-6)


# The claim about dynamic thresholding

Thresholding = Callable[..., Any]
NOTHING: Thresholding = lambda denoise, *_: denoise  # noqa: E731
# (what replaces `thresholded`, what replaces `clipped`, the terms that show it)
CLIPPINGS: dict[str, tuple[Thresholding, Thresholding, list[str]]] = {
    "as in the paper": (thresholded, clipped, []),
    "nothing is clipped": (NOTHING, NOTHING, ["range", "clipped"]),
    "clipped alone": (NOTHING, clipped, ["clipped"]),
    "thresholded alone": (thresholded, NOTHING, ["range"]),
    "another quantile": (lambda denoise, share, bound: thresholded(denoise, 0.95, bound), clipped, ["clipped"]),
    "twice the range": (
        lambda denoise, share, bound: thresholded(denoise, share, 2 * bound),
        lambda denoise, bound: clipped(denoise, 2 * bound),
        ["range", "clipped"],
    ),
    "half the range": (thresholded, lambda denoise, bound: clipped(denoise, bound / 2), ["range", "clipped"]),
    "no scaling": (lambda denoise, share, bound: clipped(denoise, 3 * bound), clipped, ["clipped"]),
}


@pytest.mark.parametrize("name", CLIPPINGS)
def test_a_claim_shows_whether_and_where_predictions_are_clipped(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    threshold, clip, missed = CLIPPINGS[name]
    monkeypatch.setattr(compose, "thresholded", threshold)
    monkeypatch.setattr(compose, "clipped", clip)
    # The last image is within the range anyway.
    predicted = torch.cat([1.5 * normal(1, 3, 4, 32, 32), 0.9 * normal(2, 1, 4, 32, 32).tanh()])
    network = Oracle(
        lambda shown, *_, **__: predicted.repeat(len(shown) // 4, 1, 1, 1), image_embedding=0, inpainting=False
    )
    stage = stage_of(StageSpec("base", "base", 32, 1.0, 0.5, "x0"), base=network)
    judge = SimpleNamespace(labels=("cat", "dog", "fox", "cat"), accuracy=lambda images, names: 1.0)
    context: Any = SimpleNamespace(judge=judge, broken=False, show=lambda *_: None)
    monkeypatch.setattr(StageSampler, "of", lambda *_: StageSampler(context, stage._model))
    monkeypatch.setattr(cascades, "SEEDS", 1)
    monkeypatch.setattr(cascades, "STEPS", 2)
    figure = cascades.saturation_beside_clipping(context, all_systems()["imagen"])
    assert all_systems()["imagen"].claim.missed_terms(figure) == missed
    if not missed:
        assert figure.terms["clipped"].value == pytest.approx(21 / 4096) and figure.terms["range"].high == 1.0


def test_pixels_that_are_half_masked_are_unknown() -> None:
    masks = torch.tensor([0.0, 0.49, 0.5, 1.0]).view(1, 1, 2, 2)
    found = known_part(torch.full((1, 4, 2, 2), 0.7), masks)
    assert torch.equal(found[0, :4], torch.tensor([[0.7, 0.7], [0, 0]]).expand(4, 2, 2))
    assert torch.equal(found[0, 4], torch.tensor([[1.0, 1.0], [0, 0]]))
