"""Diffusion transformers from prompt to image: equal to diffusers, found with their parts, resumed to the same bits."""

from __future__ import annotations

import base64
import json
import lzma
import shutil
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import denoise_pipeline, generate
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.step_history import load
from gdm_studio.models.families.diffusion_transformers.checkpoint_layout import layout_of
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.files.header import Header, StoredTensor
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.installed.model_table import suitable_vaes
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import COMPOSES, Branch, Request
from tests.helpers import tiny_transformers
from tests.helpers.gguf_file import plain, random_blocks, write_gguf
from tests.parity import transformer_pipelines as parity
from tests.parity.transformers import KEYS, RELEASED
from tests.parity.weights import inputs

with np.load(parity.FILE) as _stored:
    WANTED = {name: torch.from_numpy(_stored[name]) for name in _stored.files if name != "about"}
    ABOUT: dict[str, Any] = json.loads(str(_stored["about"]))
PUBLISHED: dict[str, dict[str, Any]] = json.loads(lzma.decompress(KEYS.read_bytes()))
CPU = torch.device("cpu")
# It contains a small tokenizer with the settings of Gemma 2's.
TOKENS = Path(__file__).parents[1] / "data" / "parity" / "prompt_tokens.json.xz"
# Largest deviation, relative to the largest number.
ALLOWED = 3e-4


@pytest.mark.slow
@pytest.mark.parametrize("name", parity.CASES)
@pytest.mark.parametrize("layout", ["files", pytest.param("folder", marks=pytest.mark.slow)])
def test_images_equal_those_of_diffusers(name: str, layout: str) -> None:
    case = parity.CASES[name]
    assert ABOUT["cases"][name] == asdict(case), "the numbers are those of another case"
    write(case.kind, layout)
    if case.without and layout == "files":
        (paths.models_dir() / f"{case.kind} {case.without}.safetensors").unlink()
    elif case.without:
        shutil.rmtree(paths.models_dir() / "tiny" / case.without)
    assert ("; without its text encoder T5" in Library().card("tiny").summary) == bool(case.without)
    check_image(case, WANTED[f"{name}.latents"], WANTED[f"{name}.picture"])


def test_an_image_of_lumina_2_equals_that_of_diffusers() -> None:
    stored = json.loads(parity.LUMINA_FILE.read_text("utf-8"))
    write_lumina()
    check_image(parity.LUMINA, torch.tensor(stored["latents"]), torch.tensor(stored["picture"]))


def check_image(case: parity.Case, latents: torch.Tensor, picture: torch.Tensor) -> None:
    """Compare some latents and pixels of the installed model with those of diffusers."""
    library = Library()
    card = library.card("tiny")
    factors = {"told_guidance": case.distilled_guidance} if case.distilled_guidance else {}
    request = card.checked(
        replace(
            card.default_request(),
            model="tiny",
            prompt=parity.PROMPT,
            negative_prompt=parity.NEGATIVE if card.accepts.negative else "",
            steps=parity.STEPS,
            guidance_scale=case.guidance,
            factors=factors,
            size=parity.SIZE,
        )
    )
    pipeline = Pipeline(load_for_request(library, request, device=CPU, dtype=torch.float32), request, (0,))
    (stage,) = pipeline.stages
    x = inputs(f"transformer {case.kind}", 1, *stage.model.shape(request)).float()
    *_, last = denoise_pipeline(pipeline, RunState(x, pipeline.path))
    check_equal(last.x.flatten()[:: parity.EVERY_LATENT], latents)
    levels = stage.model.decode(last.x).permute(0, 3, 1, 2).flatten()[:: parity.EVERY_PIXEL]
    assert (levels - 255 * picture).abs().max() < 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["flux1 dev", "z-image"])
def test_a_run_is_reproduced_resumed_and_branched_to_the_same_bits(kind: str) -> None:
    write(kind)
    library = Library()
    asked = request(library, prompt="a red house", negative_prompt="" if kind == "flux1 dev" else "blurry")
    events = list(generate(asked, library))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    whole = results(events)
    assert len(steps) == 3 and whole.shape == (128, 128, 3) and whole.std() > 4
    assert np.array_equal(whole, results(generate(asked, Library())))
    assert np.array_equal(whole, results(generate(asked, library, resume=steps[1])))
    branch = replace(asked, prompt="a boat", branch=Branch(asked, 2))
    branched = results(generate(branch, library))
    assert not np.array_equal(whole, branched)
    assert np.array_equal(branched, results(generate(branch, library, resume=steps[1])))


@pytest.mark.parametrize("kind", ["flux1 dev", "z-image"])
def test_a_run_with_cached_features_resumes_with_the_same_bits(kind: str) -> None:
    write(kind)
    library = Library()
    negative = "" if kind == "flux1 dev" else "blurry"
    asked = request(library, prompt="a red house by a lake", negative_prompt=negative, cache_interval=2)
    events = list(generate(asked, library))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    whole = results(events)
    assert [len(step.memory) for step in steps] == [2, 0, 0]
    assert not np.array_equal(whole, results(generate(replace(asked, cache_interval=1), library)))
    assert np.array_equal(whole, results(generate(asked, library, resume=steps[0])))


def test_images_of_a_batch_equal_single_ones() -> None:
    write("z-image")
    library = Library()
    asked = request(library, prompt="a red house", negative_prompt="blurry", count=2)
    first, second = (event.rgba for event in generate(asked, library) if isinstance(event, Result))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, results(generate(replace(asked, count=1), library)))


@pytest.mark.slow
def test_the_saved_steps_of_an_image_are_recomputed() -> None:
    write("klein")
    library = Library()
    asked = request(library, prompt="a red house")
    events = list(generate(asked, library))
    (result,) = (event for event in events if isinstance(event, Result))
    history = load(result.steps)
    for event in events:
        if isinstance(event, StepEvent):
            assert torch.equal(history.step(event.step.index, library).x, event.step.x)


@pytest.mark.slow
@pytest.mark.parametrize("compressed", ["gguf", "fp8"])
@pytest.mark.parametrize("kind", ["flux1 dev", pytest.param("z-image", marks=pytest.mark.slow)])
def test_compressed_weights_give_the_image_of_the_expanded_ones(kind: str, compressed: str) -> None:
    write(kind)
    file = compress(paths.models_dir(), compressed)
    library = Library()
    asked = request(library, prompt="a red house")
    found = results(generate(asked, library))
    network = library.load("tiny", device=CPU, dtype=torch.float32).network  # type: ignore[attr-defined]
    kept = [name for name, weight in network.named_parameters() if isinstance(weight.data, CompressedTensor)]
    fused = "parallel.0.attention.key.weight" if kind == "flux1 dev" else "layers.0.attention.key.weight"
    assert fused in kept and found.std() > 4
    # Some products depend in their bits on the alignment of the weights, which GGUF files have.
    expanded = {name: plain(weight) for name, weight in Weights(read_entry(file)).items()}
    file.unlink()
    write_gguf(paths.models_dir() / "tiny.gguf", expanded)
    assert np.array_equal(found, results(generate(asked, Library())))


def test_lumina_2_reads_the_tokenizer_of_its_folder() -> None:
    write("lumina 2", "folder")
    with pytest.raises(ModelError, match="lacks its tokenizer"):
        results(generate(request(Library(), prompt="a red house"), Library()))
    write_gemma2_tokenizer()
    library = Library()
    assert library.card("tiny").summary == "Lumina 2"
    found = results(generate(request(library, prompt="a red house", negative_prompt="blurry"), library))
    assert found.std() > 4
    assert not np.array_equal(found, results(generate(request(library, prompt="a boat"), library)))


def test_a_vae_saved_with_fused_layers_is_read() -> None:
    write("flux1 schnell", "folder")
    file = paths.models_dir() / "tiny" / "vae" / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    place = "decoder.mid_block.attentions.0.to_"
    weights[f"{place}qkv.weight"] = torch.cat([weights[f"{place}{each}.weight"] for each in "qkv"])
    save_file(weights, file)
    library = Library()
    assert results(generate(request(library, prompt="a red house"), library)).std() > 4


@pytest.mark.slow
def test_another_vae_of_the_same_latents_can_be_chosen() -> None:
    write("flux1 schnell")
    folder = paths.models_dir()
    own = folder / "flux1 schnell vae.safetensors"
    weights = {name: weight.clone() for name, weight in Weights(read_entry(own)).items()}
    bias = "decoder.conv_out.bias"
    save_file(weights | {bias: weights[bias] + 1}, folder / "light.safetensors")
    save_file(weights | {bias: weights[bias] - 1}, folder / "sd3_vae.safetensors")
    tiny_transformers.write_files(folder / "more", "klein", file="small.safetensors")
    library = Library()
    rows = library.model_table()
    (card, klein) = (library.card(name) for name in ("tiny", "small"))
    assert set(suitable_vaes(card, rows)) == {"flux1 schnell vae", "light"}
    assert suitable_vaes(klein, rows) == ["klein vae"]
    plain = results(generate(request(library, prompt="a red house"), library))
    found = results(generate(request(library, prompt="a red house", vae="light"), library))
    assert found.mean() > plain.mean() + 8
    (line,) = (line for line in rows if line.name == "tiny")
    library.choose(line, vae="light")
    library.refresh()
    assert np.array_equal(found, results(generate(request(library, prompt="a red house"), library)))
    with pytest.raises(BadRequest, match="tiny cannot use klein vae, a VAE for other models; choose another"):
        library.choose(line, vae="klein vae")
    with pytest.raises(ModelError, match="does not contain the VAE of FLUX.1; choose another file"):
        results(generate(request(library, prompt="a red house", vae="klein vae"), library))


@pytest.mark.slow
def test_weights_of_16_bits_give_the_image_of_fp32() -> None:
    write("klein")
    for file in paths.models_dir().iterdir():
        save_file({name: w.bfloat16() for name, w in Weights(read_entry(file)).items()}, file)
    found = results(generate(request(Library(), prompt="a red house"), Library()))
    for file in list(paths.models_dir().iterdir()):
        weights = {name: plain(w.float()) for name, w in Weights(read_entry(file)).items()}
        file.unlink()
        write_gguf(file.with_suffix(".gguf"), weights)
    assert np.array_equal(found, results(generate(request(Library(), prompt="a red house"), Library())))


def test_text_encoders_stay_compressed_too() -> None:
    write("flux1 schnell")
    folder = paths.models_dir()
    library = Library()
    (t5,) = (line.path for line in library.model_table() if "Text encoder · T5" in line.family)
    compress(folder, "fp8", t5)
    library.refresh()
    asked = request(library, prompt="a red house")
    found = results(generate(asked, library))
    model: Any = library.load("tiny", device=CPU, dtype=torch.float32)
    weight = model.texts["text_encoder_2"].layers[0].attention.q.weight
    assert isinstance(weight.data, CompressedTensor)
    expanded = dict(Weights(read_entry(t5)))
    save_file(expanded, t5)
    assert np.array_equal(found, results(generate(asked, Library())))


OPENED = {name: found for name, found in RELEASED.items() if name not in ("FLUX.1 Canny", "FLUX.2 dev")}


@pytest.mark.parametrize("layout", ["original", "diffusers"])
@pytest.mark.parametrize("name", OPENED)
def test_the_configuration_of_a_released_network_is_read_from_its_shapes(name: str, layout: str) -> None:
    kind, config, _ = OPENED[name]
    if layout == "original":
        sources = ((weight, weight.sources[0]) for weight in kind.weights(config))
        shapes = {source.name: weight.source_shape(source) for weight, source in sources}
    else:
        shapes = {each: tuple(shape) for each, (shape, _) in PUBLISHED[name].items()}
    header = Header.of({each: StoredTensor("F16", shape, 0) for each, shape in shapes.items()}, {}, 0)
    layout_found = layout_of(Entry(Path("x.safetensors"), "file", {"x.safetensors": header}))
    assert layout_found.config == config
    wanted = {"FLUX.1 dev": "FLUX.1 dev, Krea or Kontext"}.get(name, name)
    assert layout_found.variant.name == wanted


@pytest.mark.parametrize(
    ("kind", "name", "steps", "guidance", "shift"),
    [
        ("flux1 dev", "flux1-dev", 28, 1.0, 3.158193),
        ("flux1 schnell", "flux1-schnell", 4, 1.0, 1.0),
        ("klein", "flux-2-klein-4b", 4, 1.0, 9.886596),
        ("klein", "flux-2-klein-base-4b", 50, 4.0, 7.563629),
        ("sd3", "sd3_medium", 28, 5.0, 3.0),
        ("sd3.5 medium", "sd3.5_large_turbo", 4, 1.0, 3.0),
        ("z-image", "z_image", 30, 5.0, 3.0),
        ("z-image", "z_image_turbo_bf16", 8, 1.0, 3.0),
    ],
)
def test_a_variant_has_its_own_settings(kind: str, name: str, steps: int, guidance: float, shift: float) -> None:
    tiny_transformers.write_files(paths.models_dir(), kind, file=f"{name}.safetensors")
    card = Library().card(name)
    asked = card.default_request()
    assert (asked.steps, asked.guidance_scale, asked.sampler) == (steps, guidance, "flow_euler")
    assert card.process_numbers["shift"] == pytest.approx(shift, rel=1e-6)
    path = card.points(forward_process(card.for_request(asked)), asked.spacing, steps)
    middle = path[steps // 2]
    if asked.spacing == "trailing":
        # Half of the even steps are taken at t = 1/2, whose ratio is the shift.
        assert path[0].sigma == 1 and middle.ratio == pytest.approx(shift, rel=1e-6)
    assert len(path) == steps + 1


def test_kontext_is_known_by_its_pipeline() -> None:
    write("flux1 dev", "folder")
    index = paths.models_dir() / "tiny" / "model_index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | {"_class_name": "FluxKontextPipeline"}))
    card = Library().card("tiny")
    assert card.base == "FLUX.1 Kontext" and card.accepts.factors[0].default == 2.5


def test_kontext_in_one_file_is_known_by_its_name() -> None:
    tiny_transformers.write_files(paths.models_dir(), "flux1 dev", file="flux1-Kontext-dev.safetensors")
    card = Library().card("flux1-Kontext-dev")
    assert card.base == "FLUX.1 Kontext" and card.accepts.references == 1


def test_the_shift_of_flux_1_depends_on_the_size() -> None:
    write("flux1 dev")
    card = Library().card("tiny")
    small, large = (card.for_request(Request(size=(side, side), steps=4)) for side in (256, 1024))
    assert small.process_numbers["shift"] == pytest.approx(np.exp(0.5))
    assert large.process_numbers["shift"] == pytest.approx(np.exp(1.15))


def test_flux_with_heads_of_another_size_is_refused() -> None:
    file = tiny_transformers.write_files(paths.models_dir(), "flux1 dev")
    weights = {name: w[:64] if "_norm" in name else w for name, w in dict(Weights(read_entry(file))).items()}
    save_file({name: weight.clone() for name, weight in weights.items()}, file)
    (refused,) = Library().refused()
    assert refused.reason == (
        "tiny.safetensors has attention heads of 64 numbers, and models of its kind have 128; choose another model."
    )


def test_an_incomplete_transformer_is_refused() -> None:
    file = tiny_transformers.write_files(paths.models_dir(), "z-image")
    weights = dict(Weights(read_entry(file)))
    del weights["layers.1.attention.out.weight"]
    save_file({name: weight.clone() for name, weight in weights.items()}, file)
    (refused,) = Library().refused()
    assert "is nearest to Z-Image, but not whole: it lacks 'layers.1.attention.out.weight'; copy" in refused.reason


def test_images_of_stable_diffusion_3_are_not_larger_than_its_positions() -> None:
    write("sd3")
    library = Library()
    with pytest.raises(BadRequest, match="with sides of any multiple of 16 pixels from 128 to 384, not 400x128"):
        request(library, size=(400, 128))
    assert request(library, size=(384, 128)).size == (384, 128)
    card = library.card("tiny")
    assert max(card.near((4000, 1000))) == 384 and card.sizes() == ((384, 384),) and card.latent == (16, 48, 48)


def test_flux2_dev_knows_no_guidance_and_no_negative_prompt() -> None:
    write("flux2 dev")
    card = Library().card("tiny")
    for change, sentence in ({"guidance_scale": 2.0}, "without guidance"), ({"negative_prompt": "x"}, "no negative"):
        with pytest.raises(BadRequest, match=sentence):
            card.checked(replace(card.default_request(), model="tiny", **change))


@pytest.mark.parametrize("kind", ["flux1 dev", pytest.param("flux1 schnell", marks=pytest.mark.slow)])
def test_flux1_has_guidance_beside_the_distilled_one(kind: str) -> None:
    write(kind)
    library = Library()
    factors = library.card("tiny").accepts.factors
    assert any("guidance" in factor.name for factor in factors) == (kind == "flux1 dev")

    def last(prompt: str, **changes: Any) -> torch.Tensor:
        events = generate(request(library, steps=1, prompt=prompt, **changes), library)
        return next(event.step.x for event in events if isinstance(event, StepEvent))

    plain, negative = last("a fox"), last("a boat")
    assert not torch.equal(plain, negative) and torch.equal(plain, last("a fox", negative_prompt="a boat"))
    # One step is linear in the prediction.
    guided = last("a fox", negative_prompt="a boat", guidance_scale=3.0)
    check_equal(guided, negative + 3 * (plain - negative))
    # AND is a word, as it was before FLUX.1 could be guided.
    assert torch.equal(last("a fox AND a boat"), last("a fox AND a boat", rules=COMPOSES - 1))


@pytest.mark.slow
def test_a_run_is_previewed_and_stopped() -> None:
    write("klein")
    library = Library()
    asked = request(library, prompt="a red house")
    advances = [event for event in generate(asked, library) if isinstance(event, StepEvent)]
    views = [view for advance in advances for view in Previews(0.0).views(advance)]
    assert {view.predicted.shape for view in views} == {(128, 128, 4)}
    (stopped,) = decode_partial_results(asked, advances[0])
    assert stopped.rgba.shape == (128, 128, 3) and stopped.stopped_at == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["klein", "sd3"])
def test_a_part_of_an_image_is_repainted(kind: str) -> None:
    write(kind)
    library = Library()
    image = np.random.default_rng(0).integers(0, 256, (128, 128, 4), np.uint8)
    image[..., 3] = 255
    mask = np.zeros((128, 128), np.uint8)
    mask[:, :64] = 255
    start = {"image": image_inputs.store(image), "mask": image_inputs.store(mask), "strength": 0.6}
    found = results(generate(request(library, prompt="a red house", guidance_scale=1.0, **start), library))
    assert np.array_equal(found[:, 64:], image[:, 64:, :3]) and not np.array_equal(found[:, :64], image[:, :64, :3])


def test_the_command_line_lists_and_generates(capsys: pytest.CaptureFixture[str]) -> None:
    write("flux1 schnell")
    assert run(["models"]) == 0
    listed = capsys.readouterr().out
    assert "tiny" in listed and "FLUX.1 schnell" in listed and "unusable" not in listed
    size = ["--size", "128x128", "--steps", "2", "--device", "cpu", "--dtype", "fp32"]
    assert run(["generate", "a red house", "--model", "tiny", *size]) == 0


def request(library: Library, **changes: Any) -> Request:
    """Return a request for a small image with the model's own settings, in three steps."""
    card = library.card("tiny")
    given: dict[str, Any] = {"model": "tiny", "steps": 3, "seed": 7, "size": (128, 128), "device": "cpu"}
    return card.checked(replace(card.default_request(), **{**given, "dtype": "fp32", **changes}))


def results(events: Iterable[object]) -> np.ndarray:
    (found,) = (event.rgba for event in events if isinstance(event, Result))
    return found


def compress(folder: Path, form: str, file: Path | None = None) -> Path:
    """Replace the matrices of a file by random blocks, or by fp8 with a scale, and return the new file."""
    file = file or folder / "tiny.safetensors"
    weights = dict(Weights(read_entry(file)))
    weights = {name: weight.clone() for name, weight in weights.items()}
    file.unlink()
    if form == "gguf":
        stored = {
            name: random_blocks("Q8_0", tuple(w.shape), size=float(w.std()), seed=number)
            if w.ndim == 2 and w.shape[1] % 32 == 0
            else plain(w)
            for number, (name, w) in enumerate(weights.items())
        }
        return write_gguf(folder / "tiny.gguf", stored)
    found: dict[str, torch.Tensor] = {}
    for name, weight in weights.items():
        if weight.ndim != 2:
            found[name] = weight
            continue
        scale = weight.abs().max() / 448
        found[name] = (weight / scale).to(torch.float8_e4m3fn)
        found[name.removesuffix("weight") + "scale_weight"] = scale
    save_file(found, file)
    return file


def check_equal(found: torch.Tensor, wanted: torch.Tensor) -> None:
    assert found.shape == wanted.shape
    assert (found - wanted).abs().max() < ALLOWED * wanted.abs().max()


def write_lumina() -> None:
    write("lumina 2", "folder")
    write_gemma2_tokenizer()


def write_gemma2_tokenizer() -> None:
    folder = paths.models_dir() / "tiny" / "tokenizer"
    folder.mkdir()
    (folder / "tokenizer.model").write_bytes(
        base64.b64decode(json.loads(lzma.decompress(TOKENS.read_bytes()))["gemma2_model"])
    )


def write(kind: str, layout: str = "files") -> None:
    if layout == "files":
        tiny_transformers.write_files(paths.models_dir(), kind)
    else:
        tiny_transformers.write_folder(paths.models_dir() / "tiny", kind)
