"""Cascades: captions, the networks, briefly trained models of all stages, and the prior on a Gaussian."""

from __future__ import annotations

import hashlib
import json
import math
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from gdm_studio import papers
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.models.families.papers.caption_vocabulary import CaptionWords
from gdm_studio.models.families.papers.cascade import BaseStage, CascadeModel, PriorStage, UpsamplerStage
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.models.straight_alpha import to_premultiplied
from gdm_studio.networks.papers.cascades.caption_transformer import CaptionTransformer, CaptionTransformerConfig
from gdm_studio.networks.papers.cascades.prior_transformer import PriorTransformer, PriorTransformerConfig
from gdm_studio.papers.claims.cascades import StageSampler, detail_gap_beside_clean
from gdm_studio.papers.claims.claim_inputs import ClaimContext, shipped_judge
from gdm_studio.papers.claims.likelihood import compute_bits
from gdm_studio.papers.denoising_strips import draw_strip
from gdm_studio.papers.systems.cascade import cosine_process, prediction_loss, random_levels
from gdm_studio.papers.systems.glide import GlideRecipe
from gdm_studio.papers.systems.imagen import ImagenRecipe
from gdm_studio.papers.systems.unclip import blur
from gdm_studio.papers.training.cascade_images import copies, open_captioned_images
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Branch, ControlImage, Request
from gdm_studio.self_test.model_selection import check_named
from gdm_studio.training.loop import Run, train

NAMES = ("glide", "unclip", "imagen")
# The sizes of the results of each model's stages.
SIDES = {"glide": [64, 256], "unclip": [64, 64, 256, 1024], "imagen": [64, 256, 1024]}
BRIEF: dict[str, Any] = {"samples": 16, "others": 16, "batch": 8, "warmup": 8, "cooldown": 8, "threads": 1}


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a dataset of four coloured squares of 1024 pixels."""
    folder = tmp_path_factory.mktemp("drawings")
    pixels = np.zeros((4, 1024, 1024, 4), np.uint8)
    rows = []
    for index, (name, colour, rgb) in enumerate(
        (("cat", "red", (230, 20, 30)), ("dog", "blue", (20, 30, 230)), ("open book", "", (90, 90, 90)))
        + (("dog", "green", (10, 200, 40)),)
    ):
        pixels[index, 200:824, 100 + 50 * index : 800] = (*rgb, 255)
        words = ["kitty"] if name == "cat" else []
        rows.append({"index": index, "concept": name, "words": words, "set": "noto", "style": "noto", "colour": colour})
    pixels.tofile(folder / "pictures.u8")
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "meta.json").write_text(json.dumps({"count": 4, "size": 1024}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def files(drawings: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Train every cascade briefly, and return the model files."""
    folder = tmp_path_factory.mktemp("cascades")
    for name in NAMES:
        recipe = papers.recipe_of(name)(data=drawings, **BRIEF)
        losses = [step.loss for step in train(recipe, folder / name)]
        assert np.isfinite(losses).all()
    return {name: folder / name / f"{name}.safetensors" for name in NAMES}


def request_of(library: Library, file: Path, **settings: Any) -> Request:
    card = library.card(str(file))
    return Request(**{**vars(card.default_request()), "model": str(file), "prompt": "a red cat", "seed": 2, **settings})


def run(library: Library, request: Request, **options: Any) -> tuple[np.ndarray, list[StepEvent]]:
    events = list(generate(request, library, **options))
    (rgba,) = [event.rgba for event in events if isinstance(event, Result)]
    return rgba, [event for event in events if isinstance(event, StepEvent)]


def first_step(library: Library, request: Request) -> StepEvent:
    with closing(generate(request, library)) as events:
        return next(event for event in events if isinstance(event, StepEvent))


# Captions


def test_a_caption_is_read_word_by_word() -> None:
    words = CaptionWords(("cat", "cherry", "fox", "one", "two"), 4)
    assert words.encode("Two  CATS!") == [5, 1, 0, 0]
    assert words.encode("2 cherries and foxes") == [5, 2, 3, 0], "digits, plurals; unknown words are skipped"
    assert words.encode("cat " * 1000) == [1, 1, 1, 1]
    assert words.encode("") == words.encode("zebra") == [0, 0, 0, 0]


def test_captions_name_thing_colour_style_and_count(drawings: Path) -> None:
    images = open_captioned_images(drawings)
    rng = np.random.default_rng(0)
    texts = {images.compose_caption(0, rng, count=2) for _ in range(60)}
    assert {"two cat", "two red cat", "two kitty soft gradient"} <= texts
    assert all(images.words.encode(text).count(0) == 10 - len(text.split()) for text in texts), "every word is known"
    both = copies(images.small[0], 2)
    assert float((both[3] > 0).float().mean()) == pytest.approx(
        float((images.small[0, 3] > 0).float().mean()) / 2, abs=0.02
    )


def test_images_of_another_size_are_refused(tmp_path: Path) -> None:
    np.zeros((1, 8, 8, 4), np.uint8).tofile(tmp_path / "pictures.u8")
    (tmp_path / "manifest.jsonl").write_text(json.dumps({"set": "noto"}), encoding="utf-8")
    (tmp_path / "meta.json").write_text(json.dumps({"count": 1, "size": 8}), encoding="utf-8")
    with pytest.raises(BadRequest, match="1024 pixels"):
        open_captioned_images(tmp_path)


# Networks


def test_empty_positions_have_a_learned_vector_of_their_own() -> None:
    torch.manual_seed(0)
    network = CaptionTransformer(CaptionTransformerConfig(5, length=4))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    ids = torch.tensor([[1, 2, 0, 0]])
    before = network(ids)[0].detach()
    with torch.no_grad():
        network.word.weight[0] += 1
        assert torch.equal(network(ids)[0], before), "the word of an empty position is not read"
        network.padding[3, 0] += 1
        assert not torch.allclose(network(ids)[0][:, 0], before[:, 0]), "other positions attend to it"


def test_the_prior_is_causal() -> None:
    torch.manual_seed(0)
    prior = PriorTransformer(PriorTransformerConfig(embedding=4, caption=6, length=3, width=32, layers=2, heads=4))
    for parameter in prior.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    found: list[torch.Tensor] = []
    prior.blocks[-1].register_forward_hook(lambda block, given, states: found.append(states))
    z, time, tokens, text = torch.randn(1, 4), torch.rand(1), torch.randn(1, 3, 6), torch.randn(1, 4)
    # The time and z come after the caption's tokens and embedding.
    prior(z, time, tokens, text)
    prior(z + 1, time + 1, tokens, text)
    h, later = found
    assert h.shape == (1, 7, 32)
    assert torch.allclose(h[:, :4], later[:, :4], atol=1e-6)
    assert not torch.allclose(h[:, 4:], later[:, 4:])


def test_blur_keeps_the_mean_and_smooths() -> None:
    image = torch.zeros(2, 4, 16, 16)
    image[:, :, 8, 8] = 1
    blurred = blur(image, torch.tensor([0.4, 1.0]))
    assert blurred.sum(dim=(2, 3)) == pytest.approx(torch.ones(2, 4), abs=1e-5)
    assert blurred[0, 0, 8, 8] > 2 * blurred[1, 0, 8, 8]
    flat = torch.full((1, 4, 16, 16), 0.3)
    assert torch.allclose(blur(flat, torch.tensor([0.8])), flat, atol=1e-6)


@pytest.mark.slow
def test_the_prior_learns_the_posterior_of_a_gaussian_joint() -> None:
    """Denoise z_i given z_t, where both are jointly Gaussian, so that the best prediction is known."""
    torch.manual_seed(0)
    matrix = torch.tensor([[0.8, -0.3], [0.2, 0.5]])
    covariance = torch.eye(2) - matrix @ matrix.T  # each number of z_i has variance one
    root = torch.linalg.cholesky(covariance)
    prior = PriorTransformer(PriorTransformerConfig(embedding=2, caption=4, length=1, width=32, layers=1, heads=2))
    diffusion = Diffusion(cosine_process(), "x0", 1.0)
    steps, rng = 400, np.random.default_rng(0)
    optimizer = torch.optim.AdamW(prior.parameters(), 5e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=steps)

    def batch(count: int) -> tuple[Tensor, ...]:
        text = torch.randn(count, 2)
        z = text @ matrix.T + torch.randn(count, 2) @ root.T
        at = random_levels(diffusion.process, rng, count, 1)
        alpha, sigma = cast(Tensor, at.alpha), cast(Tensor, at.sigma)
        return text, z, alpha * z + sigma * torch.randn(count, 2), alpha, sigma

    def error(text: Tensor, *noisy: Tensor) -> Tensor:
        tokens = torch.zeros(len(text), 1, 4)
        return prediction_loss(diffusion, lambda *inputs: prior(*inputs, tokens, text), *noisy)

    for _ in range(steps):
        loss = error(*batch(256))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    text, z, x, alpha, sigma = batch(20_000)

    def posterior_mean(mean: Tensor, covariance: Tensor) -> Tensor:
        gain = (
            alpha[:, :, None]
            * covariance
            @ torch.linalg.inv(alpha[:, :, None] ** 2 * covariance + sigma[:, :, None] ** 2 * torch.eye(2))
        )
        return mean + (gain @ (x - alpha * mean)[:, :, None])[:, :, 0]

    best = (posterior_mean(text @ matrix.T, covariance) - z).square().mean()
    without_text = (posterior_mean(torch.zeros_like(text), torch.eye(2)) - z).square().mean()
    with torch.no_grad():
        own = error(text, z, x, alpha, sigma)
    assert without_text > 1.2 * best, "the text matters"
    assert best * 0.97 < own < 1.05 * best


# Models


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_cascade_draws_in_stages_that_resume_and_branch(files: dict[str, Path], name: str) -> None:
    library = Library()
    card = library.card(str(files[name]))
    assert card.accepts.prompt and card.accepts.guidance and len(card.stages) == len(SIDES[name])
    assert [reading.word for reading in card.unknown_words("a red zebra")] == ["zebra"]
    request = request_of(library, files[name], steps=2 * len(SIDES[name]))
    rgba, events = run(library, request)
    assert rgba.shape == (card.size, card.size, 4)
    stages = [stage_side(events[index]) for index in range(len(events))]
    assert sorted(set(stages)) == sorted(set(SIDES[name]))
    for at in (0, len(events) - 2):
        again, _ = run(library, request, resume=events[at].step)
        assert (again == rgba).all(), f"resumed after step {at + 1}"
    branch = request_of(library, files[name], steps=request.steps, prompt="a blue dog", branch=Branch(request, 1))
    assert run(library, branch)[0].shape == rgba.shape
    first = first_step(library, replace(request, seed=3))
    assert (first.step.denoised != events[0].step.denoised).any()


@pytest.mark.slow
def test_guidance_can_be_limited_to_later_steps(files: dict[str, Path]) -> None:
    library = Library()
    request = request_of(library, files["unclip"], steps=8, guidance_scale=3.0)
    rgba, events = run(library, replace(request, controls={"guidance_from": 0.5}))
    assert rgba.shape[0] == SIDES["unclip"][-1]
    first = first_step(library, request)
    assert (first.step.denoised != events[0].step.denoised).any()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "parts"), [("glide", ["noise", "prompt"]), ("unclip", [])])
def test_the_self_test_checks_a_first_stage_that_draws_images(
    files: dict[str, Path], name: str, parts: list[str]
) -> None:
    testing = check_named(Library(), str(files[name]), images=4, device="cpu")
    try:
        while True:
            next(testing)
    except StopIteration as ended:
        findings = ended.value.findings
    assert findings[0].check == "vae" and findings[0].state == "skipped"
    assert [each.check for each in findings if each.state != "skipped"] == parts


@pytest.mark.slow
def test_a_strip_shows_all_stages(files: dict[str, Path]) -> None:
    folder = paths.models_dir() / "own"
    folder.mkdir(parents=True)
    (folder / "unclip.safetensors").write_bytes(files["unclip"].read_bytes())
    library = Library()
    system = papers.all_systems()["unclip"]
    request = system.request(library.card("unclip"))
    assert request.prompt and request.sampler == "ddim"
    strip = draw_strip(library, replace(system, settings={"steps": 8}), library.card(system.model))
    assert strip.shape == (132, 8 * 68 - 4, 4)


def test_a_cascade_has_no_pixel_likelihood(files: dict[str, Path]) -> None:
    model = load(files["glide"])
    with pytest.raises(BadRequest, match="no pixel likelihood"):
        compute_bits(model, torch.zeros(256, 256, 4, dtype=torch.uint8), Conditioning())


def stage_side(event: StepEvent) -> int:
    """Return the height in pixels of the preview of a step."""
    stage = event.model.stages[event.model.card.stage_of(event.step.index, event.step.of)]
    return int(stage.preview(event.step.denoised).shape[1])


@pytest.mark.slow
def test_guidance_has_no_effect_on_an_upsampler(files: dict[str, Path]) -> None:
    library = Library()
    request = request_of(library, files["glide"], steps=4)
    _, events = run(library, request)
    last_of_base = next(event.step for event in reversed(events) if event.step.x.shape[-1] == 64)
    stronger, _ = run(library, replace(request, guidance_scale=9.0), resume=last_of_base)
    assert (stronger == run(library, request, resume=last_of_base)[0]).all()


@pytest.mark.slow
def test_the_text_encoder_of_imagen_stays_frozen(drawings: Path, tmp_path: Path) -> None:
    recipe = ImagenRecipe(data=drawings, **BRIEF)
    made = Run(recipe, tmp_path, None)
    hashes = []
    while True:
        while made.seen < made.phase.samples:
            made.take_step()
        content = b"".join(value.numpy().tobytes() for value in made.model["caption"].state_dict().values())
        hashes.append((made.phase.name, hashlib.sha256(content).hexdigest()))
        if made.is_last:
            break
        made.next_phase()
    assert hashes[0][0] == "text" and len({digest for _, digest in hashes}) == 1
    new = hashlib.sha256(
        b"".join(value.numpy().tobytes() for value in recipe.model(tmp_path)["caption"].state_dict().values())
    ).hexdigest()
    assert new != hashes[0][1], "the first phase trains it"


def test_a_start_image_gives_the_prior_its_embedding(files: dict[str, Path]) -> None:
    model = cast(CascadeModel, load(files["unclip"]))
    prior = cast(PriorStage, model.stages[0])
    rgba = torch.zeros(1, 256, 256, 4, dtype=torch.uint8)
    rgba[:, 60:200, 60:200] = torch.tensor([200, 30, 30, 255], dtype=torch.uint8)
    z = prior.encode(rgba)
    assert z.shape == (1, 1, 2, 64) and torch.equal(z[:, :, 0], z[:, :, 1])
    assert prior.network.unscaled(z).norm(dim=-1) == pytest.approx(1.0, abs=1e-4)
    assert prior.decode(z).shape == (1, 64, 64, 4)


def test_the_better_candidate_of_the_prior_is_kept(files: dict[str, Path]) -> None:
    model = cast(CascadeModel, load(files["unclip"]))
    base = cast(BaseStage, model.stages[1])
    prior = cast(PriorStage, model.stages[0])
    ids = model.read([Conditioning(text="a red cat")])
    text = model.text_embeddings(ids)[0]
    near, far = prior.network.scaled(text), prior.network.scaled(-text)
    for candidates in ((near, far), (far, near)):
        before = torch.stack(candidates)[None, None]
        (chosen,) = base.choose_embeddings([Conditioning(text="a red cat", before=before)], ids)
        assert torch.allclose(chosen, text, atol=1e-4)
    (missing,) = base.choose_embeddings([Conditioning(before=before, negative=True)], ids)
    assert missing.isnan().all()


def embeddings_seen(files: dict[str, Path], library: Library, **settings: Any) -> list[Tensor]:
    """Generate an image with DALL·E 2, and return the embedding that its decoder receives in each step."""
    seen: list[Tensor] = []
    request = request_of(library, files["unclip"], steps=8, guidance_scale=1.0, **settings)
    card = library.card(request.model)
    with closing(generate(card.checked(request), library)) as events, ExitStack() as hooks:
        for event in events:
            if isinstance(event, StepEvent) and event.step.index == 1:
                network: Any = event.model.stages[1].network
                hook = network.image.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0][0]))
                # The model stays in memory for the next image.
                hooks.callback(hook.remove)
            if isinstance(event, StepEvent) and event.step.index == card.stage_ends(8)[1]:
                break
    return seen


def angle(a: Tensor, b: Tensor) -> float:
    return math.degrees(math.acos(float(F.cosine_similarity(a.double(), b.double(), dim=0).clamp(-1, 1))))


@pytest.mark.slow
def test_images_mix_by_meaning_along_the_great_circle(files: dict[str, Path], drawings: Path, tmp_path: Path) -> None:
    Image.fromarray(np.array(open_captioned_images(drawings).pictures.pixels[1])).save(tmp_path / "dog.png")
    picture = image_inputs.store(tmp_path / "dog.png")

    library = Library()

    def seen(weight: float, **part: float) -> list[Tensor]:
        return embeddings_seen(files, library, hints=(ControlImage("meaning", picture, weight, **part),))

    start, end, between, beyond = (seen(weight)[0] for weight in (0.0, 1.0, 0.25, 2.0))
    assert torch.allclose(start, embeddings_seen(files, library)[0], atol=1e-5)
    model = cast(CascadeModel, load(files["unclip"]))
    rgba = torch.from_numpy(np.array(image_inputs.load_control_image(picture, (1024, 1024), "none")))[None]
    assert torch.allclose(end, model.image_embeddings(to_premultiplied(rgba))[0], atol=1e-5)
    whole = angle(start, end)
    assert between.norm() == pytest.approx(1, abs=1e-5)
    assert angle(start, between) == pytest.approx(whole / 4, abs=0.01)
    assert angle(between, end) == pytest.approx(whole * 3 / 4, abs=0.01)
    assert angle(start, beyond) == pytest.approx(whole * 2, abs=0.01), "a straight line leads elsewhere"
    first, *_, last = seen(1.0, end=0.5)
    assert torch.allclose(first, end) and torch.allclose(last, start, atol=1e-5)


@pytest.mark.slow
def test_a_difference_of_texts_moves_the_meaning(files: dict[str, Path]) -> None:
    model = cast(CascadeModel, load(files["unclip"]))
    library = Library()
    plain = embeddings_seen(files, library)[0]
    moved = embeddings_seen(files, library, negative_prompt="a blue dog", factors={"text_difference": 0.3})[0]
    red, blue = model.text_embeddings(model.read([Conditioning(text=text) for text in ("a red cat", "a blue dog")]))
    whole = angle(plain, red - blue)
    assert angle(plain, moved) == pytest.approx(0.3 * whole, abs=0.05)
    assert angle(moved, red - blue) == pytest.approx(0.7 * whole, abs=0.05)
    for negative, amount in (("zebra", 0.3), ("a red cat", 0.3), ("a blue dog", 0.0)):
        same = embeddings_seen(files, library, negative_prompt=negative, factors={"text_difference": amount})[0]
        assert torch.equal(same, plain), "unknown words, no difference, or an amount of zero"


def test_only_a_cascade_with_a_prior_mixes_meanings(files: dict[str, Path]) -> None:
    accepts = {name: Library().card(str(files[name])).accepts for name in NAMES}
    assert [name for name in NAMES if accepts[name].negative] == ["unclip"]
    assert [accepts[name].hints for name in NAMES] == [(), ("meaning",), ()]


def test_clip_guidance_follows_the_gradient_of_the_agreement(files: dict[str, Path]) -> None:
    model = cast(CascadeModel, load(files["glide"]))
    stage = cast(BaseStage, model.stages[0])
    ids = model.read([Conditioning(text="a red cat")])
    at = stage.diffusion.process.at(400.0)
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((1, 4, 64, 64), dtype=np.float32))
    gradient = stage._compute_agreement_gradient(ids, x, at)
    contrastive = model.contrastive
    assert contrastive is not None

    def agreement(moved: Tensor) -> float:
        times = stage.times(moved, stage.diffusion.time(at))
        images = contrastive.embed_images(stage.diffusion.scaled_input(moved, at), times)
        return float((images * contrastive.embed_captions(ids)).sum())

    step = 0.5 * gradient / gradient.norm()
    rise = agreement(x + step) - agreement(x - step)
    assert rise == pytest.approx(float(gradient.norm()), rel=0.1)
    empty = model.read([Conditioning(text="")])
    assert not stage._compute_agreement_gradient(empty, x, at).any()


# The gap in detail between enlarged generated and real images


@pytest.mark.parametrize(
    ("noise_helps", "keeps", "broken", "expected"),
    [(0.2, True, False, 0.0), (1.0, True, False, 1.0), (0.2, False, False, 1.0), (0.2, True, True, 1.0)],
    ids=["removes grain", "ignores the noise", "ignores the image", "ablation"],
)
def test_the_gap_in_detail_shrinks_only_if_noise_helps(
    drawings: Path, monkeypatch: pytest.MonkeyPatch, noise_helps: float, keeps: bool, broken: bool, expected: float
) -> None:
    """Measure the claim with upsamplers that repeat pixels, and pass on a part of the grain of generated images."""

    def draw(self: StageSampler, stage: Any, conditions: Any, seed: int, **controls: Any) -> Tensor:
        grain = 0.3 * torch.randn(len(conditions), 4, 64, 64, generator=torch.Generator().manual_seed(seed))
        if not isinstance(stage, UpsamplerStage):
            return grain
        small = torch.cat([condition.before for condition in conditions])
        is_noisy = conditions[0].factors["augmentation"] > 0
        if is_noisy and not keeps:
            return torch.zeros(len(small), 4, 256, 256)
        is_generated = torch.equal(small, grain)
        detail = F.interpolate(grain, scale_factor=4, mode="bilinear") * (noise_helps if is_noisy else 1.0)
        return F.interpolate(small, scale_factor=4) + detail * is_generated

    monkeypatch.setattr(StageSampler, "draw", draw)
    context = ClaimContext(Library(), shipped_judge(), data=drawings, broken=broken)
    measured = detail_gap_beside_clean(context, papers.all_systems()["cascaded"])
    assert measured.value == pytest.approx(expected, abs=0.1)


# Inpainting


def test_fine_tuning_for_inpainting_starts_with_the_trained_network(files: dict[str, Path], drawings: Path) -> None:
    recipe = GlideRecipe(data=drawings, init=files["glide"], inpainting=0.5, **BRIEF)
    model = recipe.model(Path())
    recipe.initialise(model)
    trained = cast(CascadeModel, load(files["glide"])).networks["base"]
    x = torch.randn(2, 4, 64, 64, generator=torch.Generator().manual_seed(0))
    inputs = {"tokens": torch.zeros(2, 10, 96), "pooled": torch.zeros(2, 96)}
    with torch.no_grad():
        own = model["base"](x, torch.zeros(2), **inputs, known=torch.ones(2, 5, 64, 64))
        assert torch.allclose(own, trained(x, torch.zeros(2), **inputs), atol=1e-5)
    assert [phase.name for phase in recipe.phases] == ["glide"], "no other network is trained"
    with pytest.raises(BadRequest, match="--init"):
        GlideRecipe(data=drawings, inpainting=0.5)


def test_a_share_of_the_training_images_is_known_in_part(drawings: Path, files: dict[str, Path]) -> None:
    recipe = GlideRecipe(data=drawings, init=files["glide"], inpainting=0.5, **{**BRIEF, "batch": 64})
    x0, *_, known = recipe.draw(recipe.model(Path()), np.random.default_rng(0), 0)
    mask = known[:, 4:]
    assert set(mask.unique().tolist()) == {0.0, 1.0} and torch.equal(known[:, :4], x0 * mask)
    is_unknown = (mask == 0).flatten(1).all(dim=1)
    assert 16 < int(is_unknown.sum()) < 48
    assert 0.2 < float(mask[~is_unknown].mean()) < 0.8


@pytest.mark.slow
def test_an_inpainting_cascade_sees_what_the_mask_leaves(
    files: dict[str, Path], drawings: Path, tmp_path: Path
) -> None:
    recipe = GlideRecipe(data=drawings, init=files["glide"], inpainting=0.5, **BRIEF)
    assert np.isfinite([step.loss for step in train(recipe, tmp_path)]).all()
    file = tmp_path / "glide.safetensors"
    before, after = load_file(files["glide"]), load_file(file)
    assert torch.equal(before["upsampler.unet.conv_in.weight"], after["upsampler.unet.conv_in.weight"])
    assert after["base.known.weight.scale"].dtype == torch.float16
    rgba = np.zeros((256, 256, 4), np.uint8)
    rgba[40:200, 40:200] = (200, 30, 30, 255)
    mask = np.zeros((256, 256), np.uint8)
    mask[:, 128:] = 255
    names = {}
    for name, pixels in (("image", rgba), ("mask", mask)):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        names[name] = image_inputs.store(tmp_path / f"{name}.png")
    library = Library()
    seen: list[Tensor] = []
    network: Any = library.load(str(file), device=torch.device("cpu"), dtype=torch.float32).networks["base"]
    network.known.register_forward_pre_hook(lambda _, inputs: seen.append(F.pixel_shuffle(inputs[0], 2)[0]))
    painted, _ = run(library, request_of(library, file, steps=4, strength=1.0, guidance_scale=2.0, **names))
    small = F.adaptive_avg_pool2d(to_premultiplied(torch.from_numpy(rgba)[None]), 64)[0]
    assert seen and all(torch.equal(known[4, :, :32], torch.ones(64, 32)) for known in seen)
    assert all(torch.allclose(known[:4, :, :32], small[:, :, :32]) for known in seen), "both sides of guidance"
    assert not any(known[:, :, 32:].any() for known in seen)
    assert (painted[:, :120] == rgba[:, :120]).all()
    seen.clear()
    run(library, request_of(library, file, steps=4))
    assert seen and not any(known.any() for known in seen), "without a picture nothing is known"


ALONE = {"kind": "upsampler", "network": "upsampler", "size": 64, "share": 1, "data_scale": 1}


@pytest.mark.parametrize("change", [
    {"stages": []}, {"stages": [ALONE]}, {"stages": [ALONE | {"kind": "base", "network": "base", "share": -1}]},
    {"stages": [ALONE | {"kind": "base", "network": "base", "size": 0}]},
    {"captions": {"words": ["cat"], "length": 10}}, {"captions": {"words": [1], "length": 10}}, {"networks": {}},
])  # fmt: skip
def test_a_header_that_does_not_fit_its_networks_is_refused(
    files: dict[str, Path], tmp_path: Path, change: dict[str, Any]
) -> None:
    with safe_open(files["glide"], "pt") as file:
        metadata = file.metadata()
    config = json.loads(metadata["config"]) | change
    damaged = tmp_path / "damaged.safetensors"
    save_file(load_file(files["glide"]), damaged, {**metadata, "config": json.dumps(config)})
    with pytest.raises(ModelError):
        load(damaged)


def load(file: Path) -> Any:
    return Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32)
