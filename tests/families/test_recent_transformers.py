"""Diffusion transformers of 2025 and 2026 from prompt to image: equal to diffusers, in both layouts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import denoise_pipeline, generate
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.models.families.diffusion_transformers.checkpoint_layout import layout_of
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.files.header import Header, StoredTensor
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from gdm_studio.networks.diffusion_transformers.anima import Anima
from gdm_studio.networks.diffusion_transformers.scaled_autoencoder import IDEOGRAM_4
from gdm_studio.request.conditioning import REFERENCE, ControlImage
from gdm_studio.request.generation_request import Request
from tests.families.test_diffusion_transformers import compress, results
from tests.helpers import tiny_transformers
from tests.helpers.gguf_file import plain, write_gguf
from tests.parity import recent_pipelines as parity
from tests.parity.references import image
from tests.parity.weights import inputs

STORED: Mapping[str, Any] = parity.read_stored()
CPU = torch.device("cpu")
MEGAPIXEL = 1024**2
# Largest deviation, relative to the largest number.
ALLOWED = 1e-4
# Names of the models' files, which some variants are known by.
FILES = {"qwen-image edit 2509": "Qwen-Image-Edit-2509", "qwen-image edit 2511": "Qwen-Image-Edit-2511-Q8"}


@pytest.mark.slow
@pytest.mark.parametrize("name", parity.CASES)
def test_images_equal_those_of_diffusers(name: str) -> None:
    case, stored = parity.CASES[name], STORED[name]
    assert stored["case"] == json.loads(json.dumps(asdict(case))), "the numbers are those of another case"
    called = write(case.kind, case.layout)
    library = Library()
    pictures = tuple(reference(image(number, *size)) for number, size in enumerate(case.references))
    lora = save_lora(parity.lora_of(case.kind)) if case.lora else ""
    asked = request(
        library,
        called,
        prompt=case.prompt + lora,
        negative_prompt=case.negative,
        steps=parity.STEPS,
        guidance_scale=case.guidance,
        size=parity.SIZE,
        hints=pictures,
        **({} if case.distilled_guidance is None else {"factors": {"told_guidance": case.distilled_guidance}}),
    )
    model = load_for_request(library, asked, device=CPU, dtype=torch.float32)
    if case.kind.startswith("qwen-image edit"):
        model = with_small_references(model, seen=MEGAPIXEL if case.kind == "qwen-image edit" else 384**2)
    pipeline = Pipeline(model, asked, (0,))
    (stage,) = pipeline.stages
    x = inputs(f"recent {case.kind}", 1, *stage.model.shape(asked)).float()
    if case.skipped:
        at = pipeline.path[case.skipped]
        rgb = torch.from_numpy(image(0, *parity.SIZE))
        rgba = torch.cat([rgb, torch.full_like(rgb[..., :1], 255)], dim=-1)[None]
        x = at.alpha * stage.model.encode(rgba) + at.sigma * x
    *_, last = denoise_pipeline(pipeline, RunState(x, pipeline.path, case.skipped))
    found = last.x.flatten()[:: parity.EVERY_LATENT]
    wanted = torch.tensor(stored["latents"])
    assert (found - wanted).abs().max() < ALLOWED * wanted.abs().max()
    levels = stage.model.decode(last.x).permute(0, 3, 1, 2).flatten()[:: parity.EVERY_PIXEL]
    assert (levels - 255 * torch.tensor(stored["picture"])).abs().max() < 1


@pytest.mark.parametrize("layout", ["original", "diffusers"])
@pytest.mark.parametrize("name", parity.RELEASED)
def test_the_configuration_of_a_released_network_is_read_from_its_shapes(name: str, layout: str) -> None:
    weights, config, parameters = parity.RELEASED[name]
    place = 0 if layout == "original" else -1
    shapes = {each.sources[place].name: each.source_shape(each.sources[place]) for each in weights(config)}
    header = Header.of({each: StoredTensor("F16", shape, 0) for each, shape in shapes.items()}, {}, 0)
    found = layout_of(Entry(Path("x.safetensors"), "file", {"x.safetensors": header}))
    assert found.config == config and found.parameters == parameters


@pytest.mark.parametrize(
    ("kind", "name", "steps", "guidance", "shift"),
    [
        ("qwen-image", "qwen_image_2512_fp8", 50, 4.0, 2.000803),
        ("qwen-image", "Qwen-Image-Lightning", 8, 1.0, 3.0),
        ("qwen-image edit", "qwen-image-edit-2511-lightning-4steps", 4, 1.0, 3.0),
        ("qwen-image edit", "qwen_image_edit_2509", 40, 4.0, 2.000803),
        ("krea 2", "krea2_raw", 28, 5.5, 2.475024),
        ("krea 2", "krea2_turbo_fp8_scaled", 8, 1.0, 3.15819),
        ("ernie-image", "ernie-image", 50, 4.0, 4.0),
        ("ernie-image", "ernie-image-turbo", 8, 1.0, 4.0),
        ("anima", "anima_baseV10", 30, 4.5, 3.0),
        ("anima", "anima-turbo-v1.0", 10, 1.0, 3.0),
    ],
)
def test_a_variant_has_its_own_settings(kind: str, name: str, steps: int, guidance: float, shift: float) -> None:
    tiny_transformers.write_files(paths.models_dir(), kind, file=f"{name}.safetensors")
    card = Library().card(name)
    asked = card.default_request()
    assert (asked.steps, asked.guidance_scale, asked.sampler) == (steps, guidance, "flow_euler")
    assert card.process_numbers["shift"] == pytest.approx(shift, rel=1e-5)
    path = card.points(forward_process(card.for_request(asked)), asked.spacing, steps)
    assert len(path) == steps + 1 and path[0].sigma == 1
    if kind.startswith("qwen") and steps > 8:
        assert path[-2].sigma == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("size", "listed", "wanted", "seen"),
    [
        ((797, 1329), (800, 1344), (800, 1312), (288, 480)),
        ((1107, 957), (1120, 960), (1088, 960), (416, 352)),
        ((4000, 40), (2048, 512), (4096, 256), (1536, 96)),
    ],
)
def test_references_have_the_sizes_of_diffusers_since_rules_14(
    size: tuple[int, int], listed: tuple[int, int], wanted: tuple[int, int], seen: tuple[int, int]
) -> None:
    called, library = write("qwen-image edit 2509", "files"), Library()
    picture = reference(np.zeros((size[1], size[0], 3), np.uint8))
    for rules, expected in ((13, (listed, None)), (14, (wanted, seen))):
        asked = request(library, called, hints=(picture,), size=parity.SIZE, rules=rules)
        pipeline = Pipeline(load_for_request(library, asked, device=CPU, dtype=torch.float32), asked, (0,))
        (hint,) = pipeline.conditioning(pipeline.stages[0], guided=False)[0].hints
        images = (hint.rgba, hint.seen)
        assert tuple(each if each is None else (each.shape[2], each.shape[1]) for each in images) == expected


def test_a_single_step_of_qwen_image_begins_with_noise() -> None:
    write("qwen-image")
    library = Library()
    asked = request(library, "qwen-image", steps=1, guidance_scale=1.0)
    card = library.card("qwen-image")
    path = card.points(forward_process(card.for_request(asked)), asked.spacing, 1)
    assert [level.sigma for level in path] == [1, 0]


@pytest.mark.parametrize(
    ("name", "marks", "base", "references"),
    [
        ("Qwen-Image-2512", (), "Qwen-Image", 0),
        ("qwen_image_edit_bf16", (), "Qwen-Image-Edit", 1),
        ("Qwen-Image-Edit-Plus", (), "Qwen-Image-Edit 2509", 3),
        ("edited by a friend", ("__index_timestep_zero__",), "Qwen-Image-Edit 2511", 3),
    ],
)
def test_a_variant_of_qwen_image_is_known(name: str, marks: tuple[str, ...], base: str, references: int) -> None:
    file = tiny_transformers.write_files(paths.models_dir(), "qwen-image", file=f"{name}.safetensors")
    weights = dict(load_file(file)) | {mark: torch.zeros(1) for mark in marks}
    save_file(weights, file)
    card = Library().card(name)
    assert (card.base, card.accepts.references) == (base, references)
    borrowed = {"text_encoder", "vae", *(["image_encoder"] if references else [])}
    assert {each.name for each in card.borrowed} == borrowed


@pytest.mark.parametrize(
    ("pipeline", "config", "base"),
    [
        ("QwenImagePipeline", {}, "Qwen-Image"),
        ("QwenImageEditPipeline", {}, "Qwen-Image-Edit"),
        ("QwenImageEditPlusPipeline", {"zero_cond_t": False}, "Qwen-Image-Edit 2509"),
        ("QwenImageEditPlusPipeline", {"zero_cond_t": True}, "Qwen-Image-Edit 2511"),
        ("Krea2Pipeline", {}, "Krea 2"),
        ("Krea2Pipeline", {"is_distilled": True}, "Krea 2 Turbo"),
    ],
)
def test_a_folder_names_its_variant(pipeline: str, config: dict[str, Any], base: str) -> None:
    folder = tiny_transformers.write_folder(
        paths.models_dir() / "folder", "krea 2" if pipeline.startswith("Krea") else "qwen-image"
    )
    index = folder / "model_index.json"
    known = json.loads(index.read_text()) | {"_class_name": pipeline}
    index.write_text(json.dumps(known | {name: value for name, value in config.items() if name == "is_distilled"}))
    (folder / "transformer" / "config.json").write_text(json.dumps(config))
    assert Library().card("folder").base == base


@pytest.mark.parametrize(
    ("kind", "encoder"),
    [
        ("qwen-image edit 2511", "qwen25_7b"),
        ("krea 2", "qwen3vl_4b"),
        ("ernie-image", "ministral3_3b"),
        ("anima", "qwen3_06b"),
    ],
)
def test_a_checkpoint_with_all_parts_needs_no_other_file(kind: str, encoder: str) -> None:
    name = write(kind)
    folder = paths.models_dir()
    starts = {
        f"{name}.safetensors": "model.diffusion_model.",
        f"{kind} text_encoder.safetensors": f"text_encoders.{encoder}.transformer.",
        f"{kind} vae.safetensors": "vae.",
    }
    whole = {}
    for file, start in starts.items():
        for each, weight in load_file(folder / file).items():
            # ComfyUI's names of a language model and its image encoder.
            each = each.replace("model.language_model.", "model.").replace("model.visual.", "visual.")
            whole[start + each] = weight
        (folder / file).unlink()
    save_file(whole, folder / f"{name}.safetensors")
    library = Library()
    card = library.card(name)
    assert not library.refused() and not card.borrowed and not card.needs
    assert results(generate(request(library, name, prompt="a red house", guidance_scale=1.0), library)).std() > 4


def test_a_layered_qwen_image_is_refused() -> None:
    file = tiny_transformers.write_files(paths.models_dir(), "qwen-image", file="layers.safetensors")
    mark = "time_text_embed.addition_t_embedding.weight"
    save_file(dict(load_file(file)) | {mark: torch.zeros(2, 256)}, file)
    (refused,) = Library().refused()
    assert refused.reason.startswith("layers.safetensors is Qwen-Image-Layered, a diffusion transformer with")


@pytest.mark.slow
def test_a_text_encoder_without_image_encoder_cannot_edit() -> None:
    folder = paths.models_dir()
    name = write("qwen-image edit")
    file = folder / "qwen-image edit text_encoder.safetensors"
    weights = {each: weight for each, weight in load_file(file).items() if "visual" not in each}
    file.unlink()
    stored = {gguf_name(each): plain(weight) for each, weight in weights.items()}
    write_gguf(folder / "text.gguf", stored, architecture="qwen2vl")
    refused = next(each for each in Library().refused() if each.path.stem == name)
    assert "lacks its image encoder of Qwen2.5-VL" in refused.reason
    tiny_transformers.write_files(folder, "qwen-image", file="plain.safetensors")
    (folder / "qwen-image text_encoder.safetensors").unlink()
    assert Library().card("plain").beside["text_encoder"] == folder / "text.gguf"
    # The tensors of Qwen2.5 have the same names and shapes, but its hidden states are others.
    write_gguf(folder / "text.gguf", stored, architecture="qwen2")
    assert "lacks its text encoder Qwen2.5-VL" in next(
        each.reason for each in Library().refused() if each.path.stem == "plain"
    )


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["files", "folder"])
def test_the_prompt_enhancer_of_ernie_image_is_not_its_text_encoder(layout: str) -> None:
    name = write("ernie-image", layout)
    library = Library()
    found = results(generate(request(library, name, prompt="a red house"), library))
    folder = paths.models_dir()
    parts = tiny_transformers.components("ernie-image")
    # The enhancer has the shapes of the text encoder, but no image encoder.
    enhancer = {
        each.removeprefix("language_model."): weight.flip(0)
        for each, weight in parts["text_encoder"].items()
        if "vision" not in each
    }
    place = folder / name / "pe" if layout == "folder" else folder
    place.mkdir(exist_ok=True)
    save_file(enhancer, place / "model.safetensors")
    if layout == "folder":
        index = folder / name / "model_index.json"
        index.write_text(json.dumps(json.loads(index.read_text()) | {"pe": ["transformers", "Ministral3ForCausalLM"]}))
    library = Library()
    assert np.array_equal(found, results(generate(request(library, name, prompt="a red house"), library)))
    if layout == "files":
        (folder / "ernie-image text_encoder.safetensors").unlink()
        reason = next(each.reason for each in Library().refused() if each.path.stem == name)
        assert reason.startswith("ernie-image.safetensors lacks its text encoder Ministral 3")


def test_ernie_image_adds_its_own_number_to_the_variances_of_the_shared_vae() -> None:
    folder = paths.models_dir()
    names = [write("klein"), write("ernie-image")]
    (folder / "klein vae.safetensors").unlink()
    file = folder / "ernie-image vae.safetensors"
    weights = dict(load_file(file))
    save_file(weights | {"bn.running_var": torch.zeros_like(weights["bn.running_var"])}, file)
    library = Library()
    pixels = torch.from_numpy(image(0, *parity.SIZE))
    rgba = torch.cat([pixels, torch.full_like(pixels[..., :1], 255)], dim=-1)[None]
    models = (library.load(name, device=CPU, dtype=torch.float32) for name in names)
    klein, ernie = (model.encode(rgba) for model in models)  # type: ignore[attr-defined]
    assert torch.allclose(ernie, klein * 10**0.5, rtol=1e-4)


def test_ideogram_4_has_its_own_statistics_of_the_shared_vae() -> None:
    names = [write("klein"), write("ideogram 4")]
    (paths.models_dir() / "klein vae.safetensors").unlink()
    library = Library()
    pixels = torch.from_numpy(image(0, *parity.SIZE))
    rgba = torch.cat([pixels, torch.full_like(pixels[..., :1], 255)], dim=-1)[None]
    models = [library.load(name, device=CPU, dtype=torch.float32) for name in names]
    klein, ideogram = (model.encode(rgba)[0] for model in models)  # type: ignore[attr-defined]
    weights = tiny_transformers.components("klein")["vae"]
    mean, variance = (weights[f"bn.running_{each}"][:, None, None] for each in ("mean", "var"))
    # By row and column in a block of four latents, then by channel.
    means, deviations = (
        torch.tensor(each).reshape(2, 2, 32).permute(2, 0, 1).reshape(128, 1, 1) for each in IDEOGRAM_4
    )
    assert torch.allclose(ideogram * deviations + means, klein * (variance + 1e-4).sqrt() + mean, atol=1e-4)


def test_a_vae_for_pictures_with_transparency_is_not_used() -> None:
    write("qwen-image")
    file = paths.models_dir() / "qwen-image vae.safetensors"
    weights = dict(load_file(file))
    first = "encoder.conv1.weight"
    save_file(weights | {first: torch.cat([weights[first], weights[first][:, :1]], dim=1)}, file)
    reasons = {each.path.stem: each.reason for each in Library().refused()}
    assert reasons["qwen-image"].startswith("qwen-image.safetensors lacks its VAE of Qwen-Image")


def test_anima_is_known_below_the_prefix_of_its_release() -> None:
    folder = paths.models_dir()
    file = tiny_transformers.write_files(folder, "anima", file="anima_baseV10.safetensors")
    save_file({f"net.{name}": weight for name, weight in load_file(file).items()}, file)
    card = Library().card("anima_baseV10")
    assert card.base == "Anima" and {each.name for each in card.borrowed} == {"text_encoder", "vae"}
    for part in ("text_encoder", "vae"):
        (folder / f"anima {part}.safetensors").unlink()
    (refused,) = Library().refused()
    assert "lacks its text encoder Qwen3 of width 32 and VAE of Qwen-Image (qwen_image_vae" in refused.reason


def test_the_sums_of_animas_blocks_may_exceed_the_range_of_fp16() -> None:
    network: Any = Anima(tiny_transformers.ANIMA).eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(1)
    for weight in network.parameters():
        weight.data = 0.1 * torch.randn(weight.shape, generator=generator)
    # The gates are larger than one, so that only the sums are too large.
    network.time_in[2].weight.data *= 10
    for block in network.blocks:
        block.feed_forward[2].weight.data *= 500
    x, context = inputs("anima x", 1, 16, 4, 4), inputs("anima context", 1, 5, network.config.context)
    wanted = network(x.float(), torch.tensor([500.0]), context.float())
    found = network.half()(x.half(), torch.tensor([500.0]), context.half())
    assert found.dtype == torch.float16
    assert (found.float() - wanted).abs().max() < 0.02 * wanted.abs().max()


def test_ideogram_4_has_its_own_settings() -> None:
    name = write("ideogram 4")
    card = Library().card(name)
    asked = card.default_request()
    assert (asked.steps, asked.guidance_scale, asked.sampler) == (48, 7.0, "flow_euler")
    path = card.points(forward_process(card.for_request(asked)), asked.spacing, 48)
    # Log-SNR −18, then a quantile of a normal distribution with the standard deviation 1.5 and the mean ln 2.
    assert path[0].ratio == pytest.approx(np.exp(9))
    assert path[1].ratio == pytest.approx(2 * np.exp(1.5 * NormalDist().inv_cdf(47 / 48)))
    assert len(path) == 49 and path[-1].sigma == 0
    with pytest.raises(BadRequest, match="negative prompt"):
        card.checked(replace(asked, negative_prompt="blurry"))


def test_a_missing_unconditional_transformer_is_named() -> None:
    folder = paths.models_dir()
    file = folder / f"{write('ideogram 4')}.safetensors"
    second = folder / "ideogram 4 unconditional_transformer.safetensors"
    library = Library()
    assert [card.name for card in library.cards() if card.path == second] == [] and not library.refused()
    card = library.card(file.stem)
    assert {each.name: each.path for each in card.borrowed}["unconditional_transformer"] == second
    assert "unconditional transformer: ideogram 4 unconditional_transformer" in card.summary
    # The metadata say more than the name of a file.
    weights = dict(load_file(second))
    second.unlink()
    save_file(weights, folder / "b.safetensors", metadata={"model_type": "ideogram4_uncond"})
    save_file(dict(load_file(file)), folder / "uncond or not.safetensors", metadata={"model_type": "ideogram4_cond"})
    assert Library().card("uncond or not").beside["unconditional_transformer"] == folder / "b.safetensors"
    (folder / "b.safetensors").unlink()
    reasons = {each.path.stem: each.reason for each in Library().refused()}
    assert "lacks its unconditional transformer of Ideogram 4 (ideogram4_unconditional_" in reasons[file.stem]


@pytest.mark.slow
def test_ideogram_4_is_read_from_its_published_folder() -> None:
    """The folder of the release has the original names, and matrices in fp8 with a scale for each row."""
    found = {}
    for name in ("published", "expanded"):
        folder = tiny_transformers.write_folder(paths.models_dir() / name, "ideogram 4")
        for part in ("transformer", "unconditional_transformer"):
            weights: dict[str, torch.Tensor] = {}
            for each, weight in tiny_transformers.transformer_in_one_file("ideogram 4", part).items():
                if not re.search(r"(?:qkv|attention\.o|w[123])\.weight$", each):
                    weights[each] = weight
                    continue
                scale = weight.abs().amax(dim=1, keepdim=True) / 448
                stored = (weight / scale).to(torch.float8_e4m3fn)
                if name == "published":
                    weights |= {each: stored, f"{each}_scale": scale}
                else:
                    weights[each] = stored.float() * scale
            save_file(weights, folder / part / "diffusion_pytorch_model.safetensors")
        library = Library()
        assert not library.card(name).borrowed
        found[name] = results(generate(request(library, name, prompt="a red house"), library))
    assert found["published"].std() > 4 and np.array_equal(*found.values())


def test_an_unconditional_transformer_of_another_size_is_refused() -> None:
    name = write("ideogram 4")
    file = paths.models_dir() / "ideogram 4 unconditional_transformer.safetensors"
    save_file({each: weight for each, weight in load_file(file).items() if "layers.1." not in each}, file)
    library = Library()
    with pytest.raises(ModelError, match="does not belong to this Ideogram 4"):
        library.load(name, device=CPU, dtype=torch.float32)


@pytest.mark.slow
@pytest.mark.parametrize("compressed", ["gguf", "fp8"])
@pytest.mark.parametrize("kind", ["qwen-image", "krea 2", "ernie-image", "anima", "ideogram 4"])
def test_compressed_weights_give_the_image_of_the_expanded_ones(kind: str, compressed: str) -> None:
    name = write(kind)
    folder = paths.models_dir()
    (folder / f"{name}.safetensors").rename(folder / "tiny.safetensors")
    file = compress(folder, compressed)
    library = Library()
    found = results(generate(request(library, "tiny", prompt="a red house"), library))
    network = library.load("tiny", device=CPU, dtype=torch.float32).network  # type: ignore[attr-defined]
    kept = [each for each, weight in network.named_parameters() if isinstance(weight.data, CompressedTensor)]
    assert len(kept) > 8 and found.std() > 4
    expanded = {each: plain(weight) for each, weight in Weights(read_entry(file)).items()}
    file.unlink()
    write_gguf(folder / "tiny.gguf", expanded)
    library = Library()
    assert np.array_equal(found, results(generate(request(library, "tiny", prompt="a red house"), library)))


@pytest.mark.parametrize("kind", ["qwen-image", "krea 2", "ernie-image", "anima", "ideogram 4"])
def test_a_prompt_has_word_maps_and_previews(kind: str) -> None:
    name = write(kind)
    library = Library()
    asked = request(library, name, prompt="a red house", guidance_scale=1.0)
    pipeline = Pipeline(load_for_request(library, asked, device=CPU, dtype=torch.float32), asked, (0,))
    (stage,) = pipeline.stages
    x = inputs("words", 1, *stage.model.shape(asked)).float()
    words, maps = stage.model.attention(pipeline.conditioning(stage, guided=False), pipeline.path)(x, pipeline.path[1])
    assert words == ("a", "red", "house") and maps.shape[0] == 3 and bool((maps > 0).all())
    assert float(maps.sum(0).max()) < 1
    assert stage.model.preview(x).shape == (1, 128, 128, 4)


def request(library: Library, name: str, **changes: Any) -> Request:
    """Return a request for a small image with the model's own settings, in three steps."""
    card = library.card(name)
    given: dict[str, Any] = {"model": name, "steps": 3, "seed": 7, "size": (128, 128), "device": "cpu"}
    return card.checked(replace(card.default_request(), **{**given, "dtype": "fp32", **changes}))


def with_small_references(model: Any, *, seen: int) -> Any:
    """Return a model that resizes references to `parity.REFERENCE_AREA`, and not to a megapixel and, for its text
    encoder, to an area of `seen` pixels.
    """
    accepts = model.card.accepts
    assert {(1024, 1024), (1248, 832)} <= {*accepts.reference_sizes}
    assert all(0.95 < width * height / MEGAPIXEL < 1.05 for width, height in accepts.reference_sizes)
    assert (accepts.reference_area, accepts.seen_area) == (MEGAPIXEL, seen)
    seen = parity.REFERENCE_AREA if seen == MEGAPIXEL else seen
    accepts = replace(accepts, reference_area=parity.REFERENCE_AREA, seen_area=seen)
    return replace(model, card=replace(model.card, accepts=accepts))


def reference(pixels: np.ndarray) -> ControlImage:
    return ControlImage(REFERENCE, image_inputs.store(pixels))


def save_lora(tensors: Mapping[str, torch.Tensor]) -> str:
    """Write a LoRA, and return the tag that names it in a prompt."""
    save_file(dict(tensors), paths.models_dir() / "style.safetensors")
    return "<lora:style:1>"


def gguf_name(name: str) -> str:
    """Return the name of a language model's weight in llama.cpp's files."""
    rest = name.removeprefix("model.language_model.")
    for theirs, ours in (
        ("embed_tokens", "token_embd"), ("layers.", "blk."), ("self_attn.o_proj", "attn_output"),
        ("self_attn.", "attn_"), ("mlp.", "ffn_"), ("_proj", ""), ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"),
    ):  # fmt: skip
        rest = rest.replace(theirs, ours)
    return "output_norm.weight" if rest == "norm.weight" else rest


def write(kind: str, layout: str = "files") -> str:
    """Write a small model, and return its name."""
    name = FILES.get(kind, kind.replace(" ", "-"))
    if layout == "files":
        tiny_transformers.write_files(paths.models_dir(), kind, file=f"{name}.safetensors")
    else:
        tiny_transformers.write_folder(paths.models_dir() / name, kind)
    return name
