"""Facts that a loss cannot see: dropped classes and captions, conditioning, other inputs' noise, carried memory."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gdm_studio.maths.processes import vp
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.networks.papers.backbones.rin import RIN, RINConfig
from gdm_studio.papers import recipe_of
from gdm_studio.papers.systems.cascade import CascadeRecipe
from gdm_studio.papers.systems.glide import GlideRecipe
from gdm_studio.papers.training import quality_classifier
from gdm_studio.papers.training.cascade_images import CaptionedImages
from gdm_studio.papers.training.model_file import write_model
from gdm_studio.papers.training.quality_classifier import JudgeRecipe
from tests.papers.oracle import (
    Oracle,
    assert_standard_normal,
    assert_uniform,
    cosine,
    draw,
    ids_of,
    images,
    linear,
    normal,
    recipe,
)

Floats = Any
# One system for every way to draw images with their class.
WITH_CLASSES = {"ddpm": 0.1, "cold": 0.1, "vae": 0.1, "gan": 0.1, "tdpm": 0.1, "ddgan": 0.1, "lsgm": 0.1, "edm": 0.1}


@pytest.mark.parametrize(("name", "share"), [*WITH_CLASSES.items(), ("diffusevae", 0.5), ("latent", 0.1)])
def test_classes_and_factors_are_dropped_for_their_share_of_images(name: str, share: float) -> None:
    """A tenth has no class (Ho and Salimans 2022, section 4.2), and three tenths have no factors, independently."""
    made = recipe(name, data="images", batch=2048)
    vars(made)["pictures"] = images(256)
    pictures = made.pictures
    rng = np.random.default_rng(5)
    x0, cond = made.random_images(rng, made.batch)
    assert_drops(pictures, x0, cond, share)
    for phase in made.phases[:-1] if name == "diffusevae" else ():
        if phase.name == "vae":
            assert_drops(pictures, *phase.draw(nn.ModuleDict(), rng, 0)[:2], share)
    if name in ("vae", "gan", "ddpm", "tdpm"):
        model = {"generator": Oracle(lambda z, *_: z, latent=64)}
        batch = draw(made, **model)
        assert_drops(pictures, batch[0], batch[1 if name in ("vae", "gan") else 3], share)


def test_the_shares_of_dropped_conditioning_are_options() -> None:
    made = recipe("ddpm", data="images", drop_label=0.4, drop_factors=0.0, batch=2048)
    cond = draw(made)[3]
    assert float((cond[:, :4].sum(dim=1) == 0).float().mean()) == pytest.approx(0.4, abs=0.04)
    assert bool((cond[:, 4:] > 0).all())


def assert_drops(pictures: Any, x0: Tensor, cond: Tensor, share: float) -> None:
    index = torch.cdist(x0.flatten(1), pictures.data.flatten(1)).argmin(dim=1)
    assert (pictures.data[index] - x0).abs().max() == 0
    assert len(index.unique()) > 0.95 * len(pictures), "all images are drawn"
    classes, factors = cond[:, :4], cond[:, 4:]
    named = torch.eye(4)[torch.from_numpy(pictures.label)[index]]
    has_class, has_factors = classes.sum(dim=1) == 1, factors.sum(dim=1) > 0
    assert torch.equal(classes, named * has_class[:, None])
    assert torch.equal(factors, torch.from_numpy(pictures.shares)[index] * has_factors[:, None])
    count = len(cond)
    for dropped, stated in (
        (~has_class, share),
        (~has_factors, 0.3),
        (~has_class & ~has_factors, 0.3 * share),
    ):
        deviation = math.sqrt(stated * (1 - stated) / count)
        assert float(dropped.float().mean()) == pytest.approx(stated, abs=3 * deviation)


def test_two_steps_draw_other_images_and_noise() -> None:
    made = recipe("ddpm", batch=64)
    first, again, second = draw(made, 0), draw(made, 0), draw(made, 1)
    assert all(torch.equal(one, same) for one, same in zip(first, again, strict=True))
    for one, other in zip(first[:2], second[:2], strict=True):
        assert not torch.isclose(one, other).flatten(1).all(dim=1).any()
    assert not torch.equal(first[2], second[2])


def test_held_out_images_are_not_drawn() -> None:
    made = recipe("ddpm", data="images", hold_out=0.25)
    vars(made)["pictures"] = images(256)
    learned, held = made.split
    assert len(held) == 64 and not set(learned) & set(held)
    x0 = draw(made)[0]
    index = torch.cdist(x0.flatten(1), made.pictures.data.flatten(1)).argmin(dim=1)
    assert set(index.tolist()) == set(learned)


# Classifiers


def test_a_guiding_classifier_learns_the_class_of_noisy_points() -> None:
    """−E log p(y | x_t, t) (Dhariwal and Nichol 2021, section 4.1), with t and x_t as the denoiser has them."""
    start = Library().card("ddpm-classes").path
    made = recipe("classifier-guidance", start=start, batch=4096)
    shown, time, label = batch = draw(made)
    index = torch.round(time * 1000).long()
    assert_uniform((index + torch.rand(4096, generator=torch.manual_seed(0))) / 1000)
    alpha_bar = torch.from_numpy(linear())[index]
    points = shown.double()[:, 0, 0]
    # Given the class, x_t is Gaussian around √ᾱ times the class's mean, with the variance ᾱ·0.3² + 1 − ᾱ.
    turns = math.pi * (torch.arange(3) * 2 / 3 + 1 / 2)
    means = 0.5 * torch.stack([turns.cos(), turns.sin()], dim=1).double()
    deviation = (alpha_bar * 0.3**2 + 1 - alpha_bar).sqrt()[:, None]
    units = (points - alpha_bar.sqrt()[:, None] * means[label]) / deviation
    assert_standard_normal(units)
    for part in (index < 200, index > 800):
        assert float(units[part].square().mean()) == pytest.approx(1, abs=0.1)
    exact, times, _ = draw(made, noise=1.0)
    kept = torch.from_numpy(linear())[torch.round(times * 1000).long()][:256, None]
    clean = (exact.double()[:256, 0, 0] - (1 - kept).sqrt()) / kept.sqrt()
    near = kept[:, 0] > 0.05  # otherwise float32 leaves little of the point
    distances = torch.cdist(clean[near], made.pictures.data[:, 0, 0].double())
    assert distances.amin(dim=1).max() < 1e-4, "exactly of its time"
    assert np.bincount(label) / 4096 == pytest.approx(np.full(3, 1 / 3), abs=0.03)
    logits = normal(1, 4096, 1, 3)
    network = Oracle(lambda x, time: logits)
    (objective,) = made.objectives(nn.ModuleDict({"classifier": network}))
    shares = logits[:, 0].double().exp() / logits[:, 0].double().exp().sum(dim=1, keepdim=True)
    expected = float(-shares[torch.arange(4096), label].log().mean())
    assert objective.loss(*batch).item() == pytest.approx(expected, rel=1e-5)
    assert torch.equal(network.calls[0][0], shown) and torch.equal(network.calls[0][1], time)
    assert len(set(recipe("classifier-guidance", start=start, hold_out=0.5).with_class)) == 25_000, "none is held out"
    sure = Oracle(lambda x, time: 60 * torch.eye(3)[label][:, None])
    (objective,) = made.objectives(nn.ModuleDict({"classifier": sure}))
    assert objective.loss(*batch).item() == pytest.approx(0, abs=1e-6)


def test_the_judge_is_trained_on_varied_images_with_smoothed_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    made = JudgeRecipe(data=Path("none"), size=8, batch=64)
    vars(made)["pictures"] = known = images(256)
    pictures, label = made.draw(nn.Module(), np.random.default_rng(0), 0)  # type: ignore[arg-type]
    training, held = made.split
    assert not set(training) & set(held) and len(held) == 32
    assert torch.cdist(pictures.flatten(1), known.data.flatten(1)).min() > 0.1, "none is as it was"
    with monkeypatch.context() as patch:
        patch.setattr(quality_classifier, "augment", lambda pictures, rng: pictures)
        plain, named = JudgeRecipe.draw(made, nn.Module(), np.random.default_rng(0), 0)  # type: ignore[arg-type]
    index = torch.cdist(plain.flatten(1), known.data.flatten(1)).argmin(dim=1)
    assert set(index.tolist()) <= set(training) and torch.equal(named, torch.from_numpy(known.label)[index])
    logits = normal(1, 64, 4)
    (objective,) = made.objectives(Oracle(lambda x: logits))  # type: ignore[arg-type]
    logs = logits.double().log_softmax(dim=1)
    expected = -(0.95 * logs[torch.arange(64), label] + 0.05 * logs.mean(dim=1)).mean()
    assert objective.loss(pictures, label).item() == pytest.approx(float(expected), rel=1e-5)


# RIN


def rin() -> RIN:
    torch.manual_seed(0)
    network = RIN(RINConfig(8, told=6, patch=2, width=32, interface=16, latents=4))
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.3)
    return network


def test_rin_is_trained_with_the_latents_of_a_step_before_for_nine_tenths() -> None:
    """Jabri et al. 2022, section 3.2: z′ of the same x_t, without a gradient, and zeros for the rest."""
    network, (x, time, cond) = rin(), (normal(1, 512, 4, 8, 8), torch.rand(512), normal(2, 512, 6))
    network.train()
    torch.manual_seed(3)
    found = network(x, time, cond)
    zeros = network.initial_latents(x)
    assert zeros.shape == (512, 4, 32) and not zeros.any()
    with torch.no_grad():
        without, latents = network.forward_with_latents(x, time, cond, zeros)
        carried, _ = network.forward_with_latents(x, time, cond, latents)
    near = [torch.isclose(found, each, atol=1e-4).flatten(1).all(dim=1) for each in (carried, without)]
    assert (near[0] ^ near[1]).all()
    assert float(near[0].float().mean()) == pytest.approx(0.9, abs=0.04)
    recipes = [recipe("rin", data="images", network=each) for each in ("whole", "ablated")]
    assert [each.networks()["denoiser"].config.conditioned for each in recipes] == [0.9, 0.0]
    assert [each.networks()["denoiser"].training for each in recipes] == [True, True]


CARD = {
    "name": "toy", "date": "2026-01-01", "author": "GDM Studio", "licence": "Apache-2.0", "size": 64, "channels": 4,
    "latent": [4, 8, 8], "prediction": "epsilon", "process": "vp", "data_scale": 0.6, "labels": list("abcdef"),
}  # fmt: skip


def test_rin_carries_its_latents_from_step_to_step_in_sampling(tmp_path: Path) -> None:
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": rin()}, CARD, {})
    (stage,) = Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32).stages
    path, x = stage.diffusion.process.path("linspace", 3), normal(1, 2, 4, 8, 8)
    asked = [Conditioning(label="b"), Conditioning(label="c")]
    denoise = stage.denoiser(asked, path, lambda at, like: like)
    assert denoise.memory == ()
    first = denoise(x, path[0])
    (kept,) = denoise.memory
    second = denoise(x, path[1])
    network: Any = stage.networks["denoiser"]
    cond = torch.eye(6)[1:3]
    time = [torch.full((2,), float(stage.diffusion.process.timestep(at)) / 1000) for at in path[:2]]
    with torch.no_grad():
        output, latents = network.forward_with_latents(x, time[0], cond, torch.zeros(2, 4, 32))
        again, later = network.forward_with_latents(x, time[1], cond, latents)
    assert torch.allclose(kept, latents, atol=1e-4) and torch.allclose(denoise.memory[0], later, atol=1e-4)
    for found, at, answer in ((first, path[0], output), (second, path[1], again)):
        assert torch.allclose(found * at.alpha + at.sigma * answer, x, atol=1e-3)
    for other in (5 * normal(3, 2, 4, 32), torch.zeros(2, 4, 32)):
        denoise.memory = (other,)
        assert float((denoise(x, path[1]) - second).abs().max()) > 0.02, "with other memory the step differs"


# Cascades


@pytest.fixture(scope="module")
def captioned() -> CaptionedImages:
    """Return a known data set of captions, with random images in place of drawings of 1024 pixels."""
    concepts = (("cat", ["kitty"], "red"), ("dog", [], "blue"), ("open book", [], ""), ("fish", ["carp"], "green"))
    rows = [
        {"concept": name, "words": words, "set": "noto", "style": "noto", "colour": colour}
        for name, words, colour in concepts * 4
    ]
    found = CaptionedImages(SimpleNamespace(rows=rows))  # type: ignore[arg-type]
    vars(found)["small"] = (0.5 * normal(1, 16, 4, 64, 64)).clamp(-1, 1)
    medium = torch.randint(0, 256, (16, 4, 256, 256), generator=torch.manual_seed(2), dtype=torch.uint8)
    # The last channel says which image it is.
    medium[:, 3] = 16 * torch.arange(16)[:, None, None]
    vars(found)["medium"] = medium
    pixels = np.full((16, 1, 1, 4), 255, np.uint8)
    pixels[:, 0, 0, 0] = 16 * np.arange(16)
    vars(found.pictures)["pixels"] = np.broadcast_to(pixels, (16, 1024, 1024, 4))
    vars(found)["training"] = np.arange(14)
    return found


NUMBERS = {1: "", 2: "two", 3: "three"}
# Top left corners of copies of half the image's side, in pixels.
COPIES = {2: ((16, 0), (16, 32)), 3: ((0, 16), (32, 0), (32, 32))}


def shown_in(image: Tensor, known: Tensor) -> tuple[int, int]:
    """Return the index of the known image of which `image` shows one or several copies, and their count."""
    count = {0: 1, 1: 2, 2: 3}[
        int(torch.tensor([0.02, 0.5, 0.25]).sub(float((image == -1).float().mean())).abs().argmin())
    ]
    small = nn.functional.avg_pool2d(known, 2)
    parts = [image] if count == 1 else [image[:, top : top + 32, left : left + 32] for top, left in COPIES[count]]
    places = {int((known if count == 1 else small).sub(part).abs().flatten(1).amax(dim=1).argmin()) for part in parts}
    (index,) = places
    return index, count


@pytest.mark.slow
def test_a_caption_states_the_image_that_it_belongs_to(captioned: CaptionedImages) -> None:
    images, ids = captioned.draw_captioned(np.random.default_rng(1), 600, drop=False)
    vocabulary, rows = ["", *captioned.words.words], captioned.pictures.rows
    stated = {"count": 0, "synonym": 0, "colour": 0, "style": 0}
    seen, named, coloured = set(), 0, 0
    for image, words in zip(images, ids.tolist(), strict=True):
        index, count = shown_in(image, captioned.small)
        row, text = rows[index], " ".join(vocabulary[word] for word in words).strip()
        seen.add(index)
        start = NUMBERS[count]
        assert text.startswith(start) and (start or not text.startswith(("two", "three"))), text
        rest = text.removeprefix(start).strip()
        has_colour = bool(row["colour"]) and rest.startswith(row["colour"])
        rest = rest.removeprefix(row["colour"]).strip() if has_colour else rest
        has_style = rest.endswith("soft gradient")
        rest = rest.removesuffix("soft gradient").strip()
        assert rest in (row["concept"], *row["words"]), text
        named, coloured = named + bool(row["words"]), coloured + bool(row["colour"])
        stated["count"] += count > 1
        stated["synonym"] += rest != row["concept"]
        stated["colour"] += has_colour
        stated["style"] += has_style
    assert seen == set(range(14)), "of the images for training alone"
    shares = {"count": 600, "synonym": named, "colour": coloured, "style": 600}
    found = {name: stated[name] / shares[name] for name in stated}
    assert found == pytest.approx({"count": 0.15, "synonym": 0.25, "colour": 0.5, "style": 0.5}, abs=0.07)


def test_all_colours_of_a_held_out_drawing_are_held_out() -> None:
    rows = [{"concept": f"thing {n % 41}", "set": "noto" if n % 3 else "twemoji", "colour": str(n)} for n in range(480)]
    found = CaptionedImages(SimpleNamespace(rows=rows))  # type: ignore[arg-type]
    drawings = [
        {(rows[index]["concept"], rows[index]["set"]) for index in part} for part in (found.training, found.held_out)
    ]
    assert not drawings[0] & drawings[1] and len(found.training) + len(found.held_out) == 480
    assert len(drawings[1]) / len(drawings[0] | drawings[1]) == pytest.approx(1 / 8, abs=0.02)


def test_crops_show_a_part_of_the_thing_where_they_can(captioned: CaptionedImages) -> None:
    """Three tries more for an empty crop, at places where the smaller image has whole pixels."""
    images = CaptionedImages(captioned.pictures)
    vars(images)["training"] = np.arange(14)
    medium = torch.zeros(16, 4, 256, 256, dtype=torch.uint8)
    medium[:, :, :128] = 255
    # The upper half is drawn upon, in squares of four pixels.
    medium[:, :, :128] = 255 * ((torch.arange(256)[:, None] // 4 + torch.arange(256) // 4) % 2)[:128].to(torch.uint8)
    vars(images)["medium"] = medium
    crops = images.draw_crops(np.random.default_rng(0), 400, stage=1, side=32)
    empty = float((crops.flatten(1).amax(dim=1) == -1).float().mean())
    assert empty == pytest.approx((97 / 225) ** 4, abs=0.025)
    small = nn.functional.avg_pool2d(crops, 4)
    assert torch.equal(small.repeat_interleave(4, dim=2).repeat_interleave(4, dim=3), crops)


@pytest.mark.parametrize(("stage", "channel"), [(1, 3), (2, 0)])
def test_crops_are_of_training_images_alone(captioned: CaptionedImages, stage: int, channel: int) -> None:
    crops = captioned.draw_crops(np.random.default_rng(0), 200, stage=stage, side=32)
    levels = (crops[:, channel, 0, 0] + 1) * 127.5
    assert set(torch.round(levels / 16).long().tolist()) == set(range(14)) and crops.shape == (200, 4, 32, 32)


def cascade(name: str, captioned: CaptionedImages, **options: Any) -> Any:
    made = recipe_of(name)(data=Path("none"), **{"batch": 512, **options})
    vars(made)["images"] = captioned
    return made


def cosine_levels() -> tuple[Floats, Floats]:
    return np.sqrt(cosine()), np.sqrt(1 - cosine())


def index_of(alpha: Tensor, sigma: Tensor) -> Floats:
    """Return the timesteps of noise levels of the cosine schedule, and check that they are its levels, evenly drawn."""
    alphas, sigmas = cosine_levels()
    found = np.stack([alpha.double().numpy().ravel(), sigma.double().numpy().ravel()])
    index = (abs(found[0][:, None] - alphas) + abs(found[1][:, None] - sigmas)).argmin(axis=1)
    assert found == pytest.approx(np.stack([alphas, sigmas])[:, index], rel=1e-4, abs=1e-6)
    assert_uniform((index + np.random.default_rng(0).random(len(index))) / 1000)
    return index


class Caption(Oracle):
    """Caption encoder whose tokens and pooled vector are the numbers of the words."""

    def __init__(self) -> None:
        super().__init__(lambda ids: ids.float())

    def forward(self, ids: Tensor) -> Any:  # type: ignore[override]
        tokens = super().forward(ids)[:, :, None]
        return tokens, tokens.sum(dim=1)


class Contrast(nn.Module):
    """Contrastive model whose embeddings are known functions of images and captions."""

    def __init__(self) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(()))

    def embed_images(self, images: Tensor) -> Tensor:
        return nn.functional.normalize(images.flatten(1)[:, :64] + 0.2, dim=1)

    def embed_captions(self, ids: Tensor) -> Tensor:
        return nn.functional.normalize(ids.float() @ torch.linspace(-1, 2, 640).reshape(10, 64), dim=1)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "empty"), [("glide", 0.1), ("imagen", 0.1), ("unclip", 0.5)])
def test_the_base_stage_learns_v_given_captions_of_which_some_are_empty(
    name: str, empty: float, captioned: CaptionedImages
) -> None:
    made = cascade(name, captioned)
    network, caption, contrast = Oracle(lambda *_, **__: torch.zeros(512, 4, 64, 64)), Caption(), Contrast()
    model = nn.ModuleDict({"base": network, "caption": caption, "contrastive": contrast})
    x0, x, alpha, sigma, ids, *more = batch = draw(made, **dict(model.items()))
    index = index_of(alpha, sigma)
    eps = ((x - alpha * x0) / sigma).double()
    assert_standard_normal(eps[:, :, ::8, ::8])
    exact, noisy, *at = draw(made, noise=1.0, **dict(model.items()))[:4]
    assert torch.allclose(noisy, at[0] * exact + at[1], atol=1e-5), "exactly of its level"
    is_empty = ~ids.any(dim=1)
    assert float(is_empty.float().mean()) == pytest.approx(empty, abs=3 * math.sqrt(empty * (1 - empty) / 512))
    assert len(x0.flatten(1).unique(dim=0)) > 14, "one or several copies of each image"
    named = {tuple(captioned.words.encode(each[0]))[0] for each in captioned.names}
    counted = [row for row in ids.tolist() if any(row)]
    assert all(named & set(row) or any(row) for row in counted)
    if name == "unclip":
        (embeddings,) = more
        missing = embeddings.isnan().all(dim=1)
        assert float(missing.float().mean()) == pytest.approx(0.1, abs=0.04)
        assert float((missing & is_empty).float().mean()) == pytest.approx(0.05, abs=0.03)
        assert torch.allclose(embeddings[~missing], contrast.embed_images(x0)[~missing])
    (objective,) = made.objectives(model)
    trained = ids_of(network, caption) if name == "glide" else ids_of(network)
    assert {id(each) for each in objective.parameters} == trained
    v = (alpha * eps - sigma * x0).float()
    wrong = 0.3 * normal(3, *x0.shape)
    for added in (0 * wrong, wrong):
        network.answer = lambda *_, added=added, **__: v + added
        assert objective.loss(*batch).item() == pytest.approx(float(added.square().mean()), rel=1e-3, abs=1e-4)
    shown, time, tokens, pooled, *others = network.calls[-1]
    assert torch.equal(shown, x) and torch.equal(tokens, ids.float()[:, :, None])
    assert torch.equal(pooled, ids.float().sum(dim=1)[:, None])
    assert time.numpy() == pytest.approx(index / 1000, abs=1e-3)
    assert len(others) == len(more) and all(torch.equal(a, b) or a.isnan().any() for a, b in zip(others, more))  # noqa: B905


def test_dalle_2_drops_half_of_the_captions_of_which_a_tenth_are_empty_already(
    captioned: CaptionedImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four ninths of the others make a half, and a tenth of the embeddings is dropped (Ramesh et al. 2022, section
    2.1). Random numbers at equal distances give these shares exactly.
    """
    images = normal(1, 90, 4, 64, 64)
    batch = images, images, images, images, torch.ones(90, 10, dtype=torch.int64)
    monkeypatch.setattr(CascadeRecipe, "draw", lambda *_: batch)
    even = SimpleNamespace(random=lambda shape: (np.arange(90).reshape(shape) + 0.5) / 90)
    model = nn.ModuleDict({"contrastive": Contrast()})
    *_, ids, embeddings = cascade("unclip", captioned).draw(model, cast(Any, even), 0)
    assert int((~ids.any(dim=1)).sum()) == 40 and int(embeddings.isnan().all(dim=1).sum()) == 9


@pytest.mark.slow
@pytest.mark.parametrize("name", ["glide", "imagen", "unclip"])
def test_an_upsampler_learns_the_image_beside_a_smaller_one(name: str, captioned: CaptionedImages) -> None:
    made = cascade(name, captioned, batch=256)
    phase = next(each for each in made.phases if each.name == "upsampler")
    network = Oracle(lambda *_, **__: torch.zeros(1))
    model = nn.ModuleDict({"upsampler": network})
    x0, x, alpha, sigma, small, *level = batch = draw(phase, **dict(model.items()))
    assert x0.shape == (256, 4, 64, 64) and small.shape == (256, 4, 16, 16)
    index = index_of(alpha, sigma)
    assert_standard_normal(((x - alpha * x0) / sigma)[:, :, ::8, ::8])
    mean = x0.unflatten(2, (16, 4)).unflatten(4, (16, 4)).mean(dim=(3, 5))
    if name == "glide":
        assert torch.allclose(small, mean, atol=1e-5) and not level
    elif name == "imagen":  # noise of an amount from 0 to ½, of which the network knows (section 2.3)
        kept, added = level[0].double()[:, :, None, None, None].unbind(1)
        assert_uniform(torch.asin(added).ravel() / (math.pi / 2), 0, 0.5)
        assert torch.allclose(kept**2 + added**2, torch.ones_like(kept), atol=1e-6)
        noise = ((small - kept * mean) / added)[added.ravel() > 0.01]
        assert_standard_normal(noise[:, :, ::2, ::2])
    else:
        small, mean = small[:, :3], mean[:, :3]  # the last channel is flat
        apart = (small - mean).flatten(1)
        same = apart.abs().amax(dim=1) < 1e-5
        assert float(same.float().mean()) == pytest.approx(0.5 * 0.75, abs=0.1), "neither blurred nor noised"
        quiet = (small.flatten(2).var(dim=2) / mean.flatten(2).var(dim=2)).mean(dim=1)
        assert float((quiet < 0.95).float().mean()) == pytest.approx(0.5, abs=0.1)
    exact, noisy, *at, shrunk = draw(phase, noise=1.0, **dict(model.items()))[:5]
    assert torch.allclose(noisy, at[0] * exact + at[1], atol=1e-5), "exactly of its level"
    if name == "imagen":  # α·y + σ·ε, where ε is 1
        kept, added = draw(phase, noise=1.0, **dict(model.items()))[5][:, :, None, None, None].unbind(1)
        assert torch.allclose(shrunk, kept * nn.functional.avg_pool2d(exact, 4) + added, atol=1e-5)
    if name == "unclip":  # a quarter gets noise of up to 8 levels of 255, of which every number is 1 here
        added = (shrunk - nn.functional.avg_pool2d(exact, 4))[:, :3].flatten(1)
        amounts = added[added.amax(dim=1) - added.amin(dim=1) < 1e-5].mean(dim=1)  # of those that are not blurred
        assert float((amounts > 1e-4).float().mean()) == pytest.approx(0.25, abs=0.12)
        assert_uniform(amounts[amounts > 1e-4], 0, 8 / 127.5)
    (objective,) = phase.objectives(model)
    assert {id(each) for each in objective.parameters} == ids_of(network)
    wrong = 0.3 * normal(3, *x0.shape)
    for added in (0 * wrong, wrong):
        network.answer = lambda *_, added=added, **__: x0 + added
        assert objective.loss(*batch).item() == pytest.approx(float(added.square().mean()), rel=1e-4, abs=1e-6)
    shown, time, *conditioning = network.calls[-1]
    assert torch.equal(shown, x) and time.numpy() == pytest.approx(index / 1000, abs=1e-3)
    assert all(torch.equal(a, b) for a, b in zip(conditioning, batch[4:], strict=True))


def test_a_prior_learns_scaled_embeddings_of_captioned_images(captioned: CaptionedImages) -> None:
    """E‖z_i − f_θ(z_i^t, c)‖² (Ramesh et al. 2022, section 2.2), every number of z_i with mean 0 and variance 1."""
    made = cascade("unclip", captioned, batch=128)
    phase = next(each for each in made.phases if each.name == "prior")
    torch.manual_seed(0)
    prior = made.networks()["prior"]
    contrast, caption = Contrast(), Caption()
    model = nn.ModuleDict({"prior": prior, "contrastive": contrast, "caption": caption})
    (objective,) = phase.objectives(model)
    assert {id(each) for each in objective.parameters} == ids_of(prior, caption)
    images, ids, eps, alpha, sigma = batch = phase.draw(model, np.random.default_rng(0), 0)
    assert len(images) == 512 and eps.shape == (512, 64)
    index = index_of(alpha, sigma)
    assert_standard_normal(eps)
    assert float((~ids.any(dim=1)).float().mean()) == pytest.approx(0.1, abs=0.04), "for guidance"
    everything = contrast.embed_images(captioned.small).double()
    mean, deviation = everything.mean(dim=0), everything.std(dim=0)
    z = (contrast.embed_images(images).double() - mean) / deviation
    assert float(prior.scaled(everything.float()).std(dim=0).sub(1).abs().max()) < 1e-3
    wrong = 0.3 * normal(3, 512, 64)
    seen: list[tuple[Tensor, ...]] = []
    for added in (0 * wrong, wrong):

        def answer(*inputs: Tensor, added: Tensor = added) -> Tensor:
            seen.append(inputs)
            return z.float() + added

        prior.forward = answer
        assert objective.loss(*batch).item() == pytest.approx(float(added.square().mean()), rel=1e-3, abs=1e-6)
    shown, time, tokens, text = seen[-1]
    assert torch.allclose(shown, (alpha * z + sigma * eps).float(), atol=1e-4)
    assert time.numpy() == pytest.approx(index / 1000, abs=1e-3)
    assert torch.equal(tokens, ids.float()[:, :, None]) and torch.equal(text, contrast.embed_captions(ids))


@pytest.mark.parametrize(("name", "is_noisy"), [("glide", True), ("unclip", False)])
def test_a_contrastive_model_matches_images_with_their_captions(
    name: str, is_noisy: bool, captioned: CaptionedImages
) -> None:
    """Radford et al. 2021, figure 3; noise-aware for GLIDE (Nichol et al. 2021, section 2.3)."""
    made = cascade(name, captioned, batch=64)
    phase = next(each for each in made.phases if each.name == "contrastive")
    network = made.new_contrastive()
    shown, time, ids = phase.draw(nn.ModuleDict({"contrastive": network}), np.random.default_rng(0), 0)
    assert len(shown) == 128 and ids.any(dim=1).all(), "no caption is empty"
    if is_noisy:
        assert_uniform(time + 0.0005, 0, 1)
        alpha, sigma = (torch.from_numpy(each)[torch.round(1000 * time).long()] for each in cosine_levels())
        scale = (alpha.square() * captioned.small.double().square().mean() + sigma.square()).sqrt()
        units = shown.double().flatten(1).square().mean(dim=1).sqrt() / scale
        for part in (time < 0.3, (time - 0.5).abs() < 0.2, time > 0.7):
            assert float(units[part].median()) == pytest.approx(1, abs=0.03)
    else:
        assert not time.any() and float(shown.abs().max()) <= 1
    (objective,) = phase.objectives(nn.ModuleDict({"contrastive": network}))
    assert not objective.splits and {id(each) for each in objective.parameters} == ids_of(network)
    left, right = (nn.functional.normalize(normal(seed, 4, 64), dim=1) for seed in (1, 2))
    network.embed_images, network.embed_captions = (lambda *_: left), (lambda *_: right)
    words = torch.tensor([[1, 0], [2, 0], [1, 0], [3, 0]])
    scores = (network.log_scale.exp().item() * left.double() @ right.double().T).numpy()
    target = np.array([[0.5, 0, 0.5, 0], [0, 1, 0, 0], [0.5, 0, 0.5, 0], [0, 0, 0, 1]])

    def entropy(scores: Floats) -> float:
        return float(-(target * (scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))).sum(axis=1).mean())

    expected = (entropy(scores) + entropy(scores.T)) / 2
    assert objective.loss(left, torch.zeros(4), words).item() == pytest.approx(expected, rel=1e-4)


def test_a_text_encoder_fills_in_missing_words(captioned: CaptionedImages) -> None:
    """Devlin et al. 2018, task 1: the cross-entropy of the words that were taken out, three tenths of all."""
    made = cascade("imagen", captioned, batch=256)
    phase = made.phases[0]
    shown, ids, is_missing = phase.draw(nn.ModuleDict(), np.random.default_rng(0), 0)
    assert phase.name == "text" and len(ids) == 1024
    assert torch.equal(shown, ids * ~is_missing) and not (is_missing & (ids == 0)).any()
    assert float(is_missing[ids != 0].float().mean()) == pytest.approx(0.3, abs=0.03)
    scores = normal(1, *ids.shape, len(captioned.words.words) + 1)
    network = Oracle(lambda *_: scores)
    network.word_scores = network.forward  # type: ignore[assignment]
    (objective,) = phase.objectives(nn.ModuleDict({"caption": network}))
    logs = scores.double().log_softmax(dim=2).gather(2, ids[:, :, None])[:, :, 0]
    expected = float(-logs[is_missing].mean())
    assert objective.loss(shown, ids, is_missing).item() == pytest.approx(expected, rel=1e-5)
    assert torch.equal(network.calls[0][0], shown)
    sure = Oracle(lambda *_: 60 * nn.functional.one_hot(ids, scores.shape[2]).float())
    sure.word_scores = sure.forward  # type: ignore[assignment]
    (objective,) = phase.objectives(nn.ModuleDict({"caption": sure}))
    assert objective.loss(shown, ids, is_missing).item() == pytest.approx(0, abs=1e-6)


def test_inpainting_knows_a_part_of_its_share_of_images(captioned: CaptionedImages) -> None:
    made = GlideRecipe(data=Path("none"), batch=256, inpainting=0.6, init=Path("none"))
    vars(made)["images"] = captioned
    x0, *_, known = batch = draw(made)
    parts, is_known = known[:, :4], known[:, 4:]
    assert torch.equal(parts, x0 * is_known) and set(is_known.unique().tolist()) == {0.0, 1.0}
    some = is_known.flatten(1).mean(dim=1)
    assert float((some > 0).float().mean()) == pytest.approx(0.6, abs=0.1) and float(some[some > 0].mean()) > 0.3
    network, caption = Oracle(lambda *_, **__: x0), Caption()
    (objective,) = made.objectives(nn.ModuleDict({"base": network, "caption": caption}))
    objective.loss(*batch)
    assert torch.equal(network.calls[0][-1], known)


def test_the_levels_of_a_cascade_are_those_of_the_model_that_it_writes() -> None:
    ratios = np.array(vp("cosine", 1000).ratios)
    alphas, sigmas = cosine_levels()
    assert ratios == pytest.approx(sigmas / alphas, rel=1e-6)
