"""Stable Diffusion checkpoints in the models folder: recognition, description and image generation."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError, StudioError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import denoise_pipeline, generate, initial_state
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.engine.previews import Previews
from gdm_studio.models.families.stable_diffusion import family
from gdm_studio.models.families.stable_diffusion.conditioning import encode_prompts
from gdm_studio.models.families.stable_diffusion.token_windows import tokenize
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.models.prompts.a1111_syntax import Weighted, parse_prompt
from gdm_studio.networks.stable_diffusion.tokenizer import clip_tokenizer
from gdm_studio.preferences import Preferences
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import SWITCHES_BY_STEP, Branch, Request
from tests.helpers import tiny_stable
from tests.parity import pipelines
from tests.parity import weights as parity

ASKED: Mapping[str, Any] = {
    "prompt": "a (red:1.3) house", "negative_prompt": "blurry", "model": "tiny", "steps": 4, "device": "cpu",
    "dtype": "fp32", "guidance_scale": 4.0, "seed": 7,
}  # fmt: skip
TEXT = "cond_stage_model.transformer.text_model."
SUMMARIES = {"sd1": "Stable Diffusion 1", "sd2": "Stable Diffusion 2", "sdxl": "SDXL", "refiner": "SDXL refiner"}


# Settings of the cheapest image: one evaluation of the network, for one prompt.
QUICK: Mapping[str, Any] = {"steps": 1, "guidance_scale": 1.0}


@lru_cache(maxsize=1)
def store_of(checkpoints: Path) -> Store:
    """Return the store of the models that were loaded from a module's checkpoints, so that each is loaded once."""
    return Store()


def library_with(
    checkpoints: Path, kind: str = "sd1", layout: str = "file", told: Mapping[str, str] | None = None
) -> Library:
    """Return a library with a checkpoint of this kind, named "tiny", outside the program's own models folder.

    `told` are further entries of the checkpoint's metadata. The loaded networks are shared by the tests of a module.
    """
    folder = checkpoints / " ".join((kind, layout, *(told or {})))
    if not folder.exists():
        if layout == "file":
            tiny_stable.write(folder / "tiny.safetensors", kind, told=told, read_only=True)
        else:
            tiny_stable.write_folder(folder / "tiny", kind)
    preferences.save(Preferences(model_folders=(str(folder),)))
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    return Library(store=store_of(checkpoints))


def generate_image(library: Library, **changes: Any) -> np.ndarray:
    results = [event for event in generate(Request(**{**ASKED, **changes}), library) if isinstance(event, Result)]
    return results[0].rgba


@pytest.mark.parametrize("kind", SUMMARIES)
def test_a_checkpoint_is_described_by_its_header(kind: str, checkpoints: Path) -> None:
    library = library_with(checkpoints, kind)
    card = library.card("tiny")
    assert (card.family, card.summary, card.prediction) == ("stable_diffusion", SUMMARIES[kind], "epsilon")
    assert card.sizes()[0] == (64, 64) and card.latent == (4, 8, 8) and not library.refused()
    assert card.path is not None
    shapes = read_header(card.path).shapes
    assert card.parameters == sum(prod(shape) for name, shape in shapes.items() if not name.endswith("logit_scale"))
    own = {"refiner": ["aesthetic"], "sdxl": ["refined"]}.get(kind, [])
    assert [each.name for each in card.accepts.factors] == [
        "clip_skip",
        *own,
        "enlarged",
        "enlarged_strength",
        "enlarged_steps",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("kind", SUMMARIES)
def test_a_file_and_a_folder_of_equal_weights_give_equal_images(kind: str, checkpoints: Path) -> None:
    first, other = (generate_image(library_with(checkpoints, kind, layout), **QUICK) for layout in ("file", "folder"))
    assert first.shape == (64, 64, 3) and first.std() > 4
    assert np.array_equal(first, other)


@pytest.mark.parametrize("sampler", ["ddim", "euler", "dpmpp_2m"])
def test_a_stopped_run_resumes_to_the_same_bits(sampler: str, checkpoints: Path) -> None:
    library, request = library_with(checkpoints), Request(**ASKED | {"guidance_scale": 1.0}, sampler=sampler)
    events = list(generate(request, library))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    (whole,) = (event.rgba for event in events if isinstance(event, Result))
    (again,) = (e.rgba for e in generate(request, library, resume=steps[1]) if isinstance(e, Result))
    assert len(steps) == 4 and np.array_equal(whole, again)


@pytest.mark.slow
def test_a_run_with_cached_features_resumes_with_the_same_bits(checkpoints: Path) -> None:
    library, request = library_with(checkpoints), Request(**ASKED, cache_interval=2)
    events = list(generate(request, library))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    (whole,) = (event.rgba for event in events if isinstance(event, Result))
    assert [len(step.memory) for step in steps] == [2, 0, 2, 0]
    for step in (steps[0], steps[2]):
        (again,) = (e.rgba for e in generate(request, library, resume=step) if isinstance(e, Result))
        assert np.array_equal(whole, again)
    (exact,) = (e.rgba for e in generate(replace(request, cache_interval=1), library) if isinstance(e, Result))
    assert not np.array_equal(whole, exact)


@pytest.mark.slow
def test_the_command_line_generates_an_image_and_lists_the_model(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library_with(checkpoints)
    asked = ["generate", "a house", "--model", "tiny", "--steps", "2", "--device", "cpu", "--seed", "3"]
    assert run([*asked, "--size", "72x56", "--factor", "clip_skip=2", "--out", str(tmp_path), "--json"]) == 0
    saved = [event for line in capsys.readouterr().out.splitlines() if (event := json.loads(line))["event"] == "saved"]
    assert len(saved) == 1 and Path(saved[0]["path"]).is_file()
    assert run(["models"]) == 0 and "tiny" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model.diffusion_model.out.2.bias": None}, "its unet lacks 'out.2.bias'"),
        ({"first_stage_model.decoder.norm_out.bias": None}, "its vae lacks 'decoder.norm_out.bias'"),
        ({"model.diffusion_model.out.2.bias": torch.zeros(5)}, "its unet has another shape of 'out.2.bias'"),
        (
            {"model.diffusion_model.middle_block.9.weight": torch.zeros(3)},
            "its unet has 'middle_block.9.weight', which are unknown",
        ),
        ({"model.diffusion_model.input_blocks.99999999.0.op.weight": torch.zeros(3)}, "its unet lacks 520 weights"),
        (
            {"first_stage_model.quant_conv.bias": torch.zeros(8, dtype=torch.int32)},
            "integers without scales at 'first_stage_model.quant_conv.bias'",
        ),
    ],
)
def test_an_incomplete_checkpoint_is_refused(changes: Mapping[str, Any], sentence: str) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", words=1, **changes)
    with pytest.raises(ModelError, match=r"tiny.safetensors .*; (copy|choose)") as caught:
        generate_image(Library())
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"control_model.zero_convs.0.0.weight": torch.zeros(1)}, "is not a complete control model"),
        (
            {"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(64, 5, 3, 3)},
            "is Stable Diffusion 2 Depth, a U-Net",
        ),
        ({"model.diffusion_model.label_emb.0.0.weight": torch.zeros(256, 99)}, "do not match each other"),
        ({"model.diffusion_model.out.2.weight": torch.zeros(8, 64, 3, 3)}, "do not match each other"),
        ({f"{TEXT}embeddings.position_embedding.weight": torch.zeros(10, 768)}, "do not match each other"),
        ({"first_stage_model.decoder.conv_in.weight": torch.zeros(32, 16, 3, 3)}, "do not match each other"),
        ({"first_stage_model.decoder.up.3.": None}, "do not match each other"),
        ({"edm_mean": torch.zeros(1)}, "uses an unsupported noise process"),
        ({"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(64)}, "damaged"),
        ({"cond_stage_model.transformer.text_model.embeddings.token_embedding.weight": None}, "damaged"),
        ({"cond_stage_model.": None}, "lacks its text encoder CLIP-L"),
    ],
)
def test_an_unsupported_checkpoint_is_not_listed(changes: Mapping[str, Any], sentence: str) -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", words=1, **changes)
    library = Library()
    assert "tiny" not in [card.name for card in library.cards()]
    (refused,) = library.refused()
    assert sentence in refused.reason


@pytest.mark.slow
def test_training_leftovers_are_ignored(checkpoints: Path) -> None:
    file = tiny_stable.write(
        paths.models_dir() / "tiny.safetensors",
        **{
            "alphas_cumprod": torch.zeros(1000),
            "model_ema.decay": torch.zeros(()),
            "model_ema.outweight": torch.ones(1),
            "cond_stage_model.transformer.text_model.embeddings.position_ids": torch.arange(77)[None],
        },
    )
    left = generate_image(Library(), **QUICK)
    file.unlink()
    assert np.array_equal(left, generate_image(library_with(checkpoints), **QUICK))


@pytest.mark.slow
def test_an_inpainting_model_sees_the_mask_and_the_rest(checkpoints: Path) -> None:
    library = library_with(checkpoints, "inpainting")
    drawing = np.random.default_rng(3).integers(0, 256, (64, 64, 4), np.uint8)
    drawing[..., 3] = 255
    half = np.zeros((64, 64), np.uint8)
    half[:, :32] = 255
    masked = {
        "image": image_inputs.store(drawing),
        "mask": image_inputs.store(half),
        "strength": 1.0,
        **QUICK,
    }
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    assert model.card.summary == "Stable Diffusion 1, for inpainting"
    shown: list[torch.Tensor] = []
    watched = model.networks.unet.register_forward_pre_hook(lambda unet, given: shown.append(given[0]))
    made = generate_image(library, **masked)
    plain = generate_image(library, **QUICK)
    watched.remove()
    stays = torch.from_numpy(drawing[..., :3]).permute(2, 0, 1)[None] / 127.5 - 1
    stays[..., :32] = 0
    assert torch.equal(shown[0][0, 4], torch.from_numpy(half[::8, ::8] / 255).float())
    for seen, pictures in ((shown[0], stays), (shown[-1], 0 * stays)):
        assert torch.allclose(seen[:, 5:], model.encode_latents(pictures), rtol=0, atol=1e-6), (
            "the middle is 0, not nearly so"
        )
    assert bool((shown[-1][0, 4] == 1).all()) and not np.array_equal(made, plain)
    assert np.array_equal(made[:, 40:], drawing[:, 40:, :3])


def written_card(name: str, told: Mapping[str, str], **changes: Any) -> ModelCard:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", name, words=1, told=told, **changes)
    return Library().card("tiny")


@pytest.mark.slow
def test_the_prediction_is_read_from_the_file_or_its_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written_card("sd2", {"modelspec.prediction_type": "v"}).prediction == "v"
    # The last block of a small network.
    place = family.BIASES.replace(".11.", ".3.")
    monkeypatch.setattr(family, "BIASES", place)
    numbers = torch.randn(64, generator=torch.Generator().manual_seed(1))
    small = [("epsilon", 0.05, kind) for kind in (torch.float16, torch.float8_e4m3fn)]
    large = [("v", 0.2, kind) for kind in (torch.bfloat16, torch.float32, torch.float8_e4m3fn, torch.float8_e5m2)]
    for seen, spread, kind in (*small, *large):
        assert (
            written_card("sd2", {}, **{"model.diffusion_model." + place: (spread * numbers).to(kind)}).prediction
            == seen
        )
    marked = written_card("sd1", {}, v_pred=torch.zeros(1), ztsnr=torch.zeros(1))
    assert marked.prediction == "v" and marked.process_numbers["zero_terminal_snr"]


def write_lora(name: str, *, spread: float = 0.4, width: int = 768) -> None:
    """Write an adapter of one U-Net layer and one text encoder layer in kohya's format."""
    numbers = torch.Generator().manual_seed(5)
    layers = {
        "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k": (64, width),
        "lora_te_text_model_encoder_layers_0_mlp_fc1": (3072, 768),
    }
    found = {}
    for layer, (out, wide) in layers.items():
        found[f"{layer}.lora_down.weight"] = spread * torch.randn(4, wide, generator=numbers)
        found[f"{layer}.lora_up.weight"] = spread * torch.randn(out, 4, generator=numbers)
        found[f"{layer}.alpha"] = torch.tensor(4.0)
    place = paths.models_dir() / "loras"
    place.mkdir(parents=True, exist_ok=True)
    save_file(found, place / f"{name}.safetensors")


@pytest.mark.slow
def test_an_adapter_in_the_prompt_is_applied_and_removed(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    write_lora("Ink")
    plain = generate_image(library, **QUICK)
    drawn = generate_image(library, **QUICK, prompt="a (red:1.3) house<lora:ink:0.8>")
    assert np.abs(drawn.astype(int) - plain).max() > 8
    assert np.array_equal(drawn, generate_image(library, **QUICK, prompt="a (red:1.3) house<lora:Ink:0.8>"))
    for prompt in ("a (red:1.3) house", "a (red:1.3) house<lora:Ink:0>"):
        assert np.array_equal(plain, generate_image(library, **QUICK, prompt=prompt))
    # Only the last mention counts.
    again = "<lora:Ink:0.5><lora:ink:2><lora:Ink.safetensors:0.8>"
    assert np.array_equal(drawn, generate_image(library, **QUICK, prompt=f"a (red:1.3) house{again}"))
    text = generate_image(library, **QUICK, prompt="a (red:1.3) house<lora:Ink:0.8:0>")
    assert not np.array_equal(text, drawn) and not np.array_equal(text, plain)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Inc", "There is no LoRA called 'Inc' in the models folder; put"),
        ("tiny", "There is no LoRA called 'tiny'"),
        ("wid", "There is no LoRA called 'wid'; did you mean wide\\?"),
        ("wide", "wide.safetensors is a LoRA for Stable Diffusion 2, and this model is one of Stable Diffusion 1;"),
    ],  # fmt: skip
)
def test_a_missing_or_unsuitable_adapter_is_reported(name: str, sentence: str, checkpoints: Path) -> None:
    library = library_with(checkpoints)
    write_lora("wide", width=1024)
    with pytest.raises(StudioError, match=sentence):
        generate_image(library, prompt=f"a house <lora:{name}:1>")


def test_windows_end_at_a_nearby_comma() -> None:
    words = ["cat"] * 60 + [","] + ["dog"] * 20
    first, second = tokenize([Weighted(" ".join(words), 1.0), Weighted("red", 1.5)])
    assert (len(first), len(second)) == (61, 21) and second[-1][1] == 1.5
    first, second = tokenize([Weighted(" ".join(["cat"] * 40 + [","] + ["dog"] * 40))])
    assert (len(first), len(second)) == (75, 6)
    assert [len(each) for each in tokenize([Weighted("")])] == [0]


def test_prompt_weights_preserve_the_mean_of_the_encoding(checkpoints: Path) -> None:
    model: Any = library_with(checkpoints).load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    texts = list(model.networks.texts.values())

    def told(prompt: str) -> torch.Tensor:
        return encode_prompts(model.kind, texts, parse_prompt(prompt, 1)[0].windows).context

    plain, strong = told("a red house"), told("a (red:1.5) house")
    assert strong.mean() == pytest.approx(float(plain.mean()), rel=1e-4)
    ratio = (strong / plain)[0]
    assert torch.allclose(ratio[2] / ratio[3], torch.tensor(1.5), rtol=1e-4)
    assert told("a BREAK b").shape == (1, 154, 768) and torch.equal(told("(a)"[1:-1]), told("a"))


@pytest.mark.slow
def test_a_scheduled_prompt_changes_during_the_run(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    few = {"guidance_scale": 1.0}
    changing, house, boat = (
        generate_image(library, **few, prompt=text) for text in ("[house:boat:2]", "house", "boat")
    )
    assert not np.array_equal(changing, house) and not np.array_equal(changing, boat)
    assert np.array_equal(house, generate_image(library, **few, prompt="[house:boat:4]"))
    assert np.array_equal(boat, generate_image(library, **few, prompt="[house:boat:0]"))


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["heun", "flow_heun", "restart", "edm", "euler", "dpm2"])
def test_a_prompt_changes_between_two_steps(sampler: str, checkpoints: Path) -> None:
    """Samplers with several evaluations per step would change it half a step early, as they did before rules 6."""
    library = library_with(checkpoints)

    def states(prompt: str, rules: int = SWITCHES_BY_STEP) -> list[torch.Tensor]:
        request = Request(
            prompt=prompt, model="tiny", sampler=sampler, steps=3, guidance_scale=1.0, rules=rules, seed=5
        )
        return [event.step.x for event in generate(request, library) if isinstance(event, StepEvent)]

    dog, changing, earlier = states("dog"), states("[dog:cat:2]"), states("[dog:cat:2]", SWITCHES_BY_STEP - 1)
    assert [torch.equal(*pair) for pair in zip(dog, changing, strict=True)] == [True, True, False]
    assert torch.equal(dog[1], earlier[1]) == (sampler in ("euler", "dpm2"))


def test_bf16_gives_nearly_the_same_image(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    whole, half = (generate_image(library, dtype=dtype, steps=2).astype(int) for dtype in ("fp32", "bf16"))
    assert 0 < np.abs(whole - half).mean() < 4


@pytest.mark.slow
def test_long_prompts_are_encoded_in_several_windows(checkpoints: Path) -> None:
    """Encode a prompt of several windows beside a negative prompt of one window."""
    library = library_with(checkpoints)
    long = " ".join(f"house {number}" for number in range(60))
    both, alone = (generate_image(library, prompt=long, steps=1, count=count) for count in (1, 2))
    assert np.array_equal(both, alone) and not np.array_equal(both, generate_image(library, prompt="house", steps=1))


@pytest.mark.slow
def test_a_run_starts_from_an_image(checkpoints: Path) -> None:
    library = library_with(checkpoints, "refiner")
    drawing = np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8)
    begun = {"image": image_inputs.store(drawing), "strength": 0.5, "steps": 2, "guidance_scale": 1.0}
    made, nicer = generate_image(library, **begun), generate_image(library, **begun, factors={"aesthetic": 9.0})
    assert not np.array_equal(made, nicer) and not np.array_equal(made, generate_image(library, **QUICK))


with np.load(pipelines.FILE) as _stored:
    THEIRS = {name: torch.from_numpy(_stored[name]) for name in _stored.files if name != "about"}
    ABOUT = json.loads(str(_stored["about"]))


def start_image() -> dict[str, str]:
    """Return the fields of a request that inpaints the drawing of the parity tests."""
    opaque = np.full((pipelines.SIDE, pipelines.SIDE), 255, np.uint8)
    image = image_inputs.store(np.dstack([pipelines.drawing(), opaque]))
    return {"image": image, "mask": image_inputs.store(pipelines.mask())}


def pipeline_for(library: Library, request: Request) -> Pipeline:
    model = load_for_request(library, request, device=torch.device("cpu"), dtype=torch.float32)
    return Pipeline(model, model.card.checked(request), (0,))


def initial_x(pipeline: Pipeline) -> torch.Tensor:
    """Return x before the first step."""
    state = initial_state(pipeline)
    while True:
        try:
            next(state)
        except StopIteration as end:
            return end.value.x


@pytest.mark.parametrize("kind", ["inpainting", "sd1"])
@pytest.mark.parametrize("rules", [1, 2, 3])
def test_an_inpainting_model_is_not_given_the_image_again_since_rules_3(
    kind: str, rules: int, checkpoints: Path
) -> None:
    """Check that earlier versions, and models without a mask input, keep the data outside the mask exactly."""
    library = library_with(checkpoints, kind)
    request = Request(prompt="a", steps=3, sampler="ddim", model="tiny", strength=1.0, rules=rules, **start_image())
    pipeline = pipeline_for(library, request)
    begun = {name: initial_x(replace(pipeline, request=replace(pipeline.request, **changes))) for name, changes in {
        "image": {}, "noise": {"image": "", "mask": ""}, "nearly noise": {"strength": 0.9},
    }.items()}  # fmt: skip
    *_, last = denoise_pipeline(pipeline, RunState(begun["image"], pipeline.path))
    known = pipeline.stages[0].start_image
    assert known is not None and known.mask is not None
    outside = (known.mask == 0).expand_as(last.x)
    is_free = kind == "inpainting" and rules == 3
    assert torch.equal(last.x[outside], known.data[outside]) != is_free
    assert torch.equal(begun["image"], begun["noise"]) == is_free
    assert not torch.equal(begun["nearly noise"], begun["noise"]), "a weaker run starts from the image"


def test_no_background_shows_through_a_transparent_start_image(checkpoints: Path) -> None:
    """Check that each stage sees a red disc on a transparent ground as an opaque, red image."""
    y, x = np.mgrid[0:64, 0:64]
    red = np.full((64, 64, 4), (200, 30, 30, 255), np.uint8)
    disc = red * (np.hypot(x - 32, y - 32) < 20)[..., None]
    factors = {"enlarged": 1.5, "enlarged_strength": 0.5}
    request = Request(prompt="a", steps=3, model="tiny", image=image_inputs.store(disc), factors=factors, size=(64, 64))
    for stage in pipeline_for(library_with(checkpoints, "sd1"), request).stages:
        assert stage.start_image is not None
        assert torch.equal(stage.start_image.data, stage.model.encode(torch.from_numpy(red)[None]))


@pytest.mark.slow
@pytest.mark.parametrize("name", pipelines.CASES)
def test_latents_and_images_equal_those_of_diffusers(name: str, checkpoints: Path) -> None:
    """Compare with the pipelines of diffusers, whose results tests/parity/by_pipelines.py wrote."""
    case = pipelines.CASES[name]
    assert ABOUT["cases"][name] == asdict(case), "the numbers are those of another case"
    library = library_with(checkpoints, case.kind, told=case.told)
    prompt = pipelines.PROMPT
    if case.adapter:
        save_file(pipelines.adapter(case.kind), paths.models_dir() / "it.safetensors")
        prompt += f"<lora:it:{case.adapter}>"
    request = Request(
        prompt=prompt, negative_prompt=pipelines.NEGATIVE, steps=pipelines.STEPS, guidance_scale=pipelines.GUIDANCE,
        sampler=case.sampler, spacing=case.spacing, factors={"clip_skip": float(case.clip_skip)}, model="tiny",
    )  # fmt: skip
    if case.kind == "inpainting":
        request = replace(request, **start_image(), strength=1.0)
    pipeline = pipeline_for(library, request)
    x = parity.inputs(f"pipeline {case.kind}", 1, 4, 8, 8).float()
    *_, last = denoise_pipeline(pipeline, RunState(x, pipeline.path))
    latents, model = last.x, pipeline.model
    decoded = model.stages[0].pictures(latents)[..., :: pipelines.EVERY, :: pipelines.EVERY]
    for found, wanted in ((latents, THEIRS[f"{name}.latents"]), (decoded, THEIRS[f"{name}.picture"])):
        assert (found - wanted).abs().max() < 1e-4 * wanted.abs().max()


@pytest.mark.slow
def test_clip_skip_omits_layers_of_the_text_encoder(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    usual, skipping = (
        generate_image(library, **QUICK, factors={"clip_skip": 1.0}),
        generate_image(library, **QUICK, factors={"clip_skip": 2.0}),
    )
    assert np.array_equal(usual, generate_image(library, **QUICK)) and not np.array_equal(usual, skipping)
    with pytest.raises(BadRequest, match="clip_skip must be from 1 to 2"):
        generate_image(library, factors={"clip_skip": 3.0})


@pytest.mark.slow
def test_a_run_is_previewed_stopped_and_branched(checkpoints: Path) -> None:
    library, request = library_with(checkpoints), Request(**ASKED | {"guidance_scale": 1.0})
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    advances = [event for event in generate(request, library) if isinstance(event, StepEvent)]
    views = [view for advance in advances for view in Previews(0.0).views(advance)]
    assert {view.predicted.shape for view in views} == {(64, 64, 4)}
    (stopped,) = decode_partial_results(request, advances[1])
    assert stopped.rgba.shape == (64, 64, 3) and stopped.stopped_at == 2
    x0 = advances[-1].step.denoised
    assert (model.fast_decode(x0).int() - model.decode(x0).int()).abs().float().mean() < 3
    branch = replace(request, prompt="a boat", branch=Branch(request, 2))
    (branched,) = (event.rgba for event in generate(branch, library) if isinstance(event, Result))
    (again,) = (e.rgba for e in generate(branch, library, resume=advances[1].step) if isinstance(e, Result))
    assert np.array_equal(branched, again)


@pytest.mark.slow
def test_a_folder_may_have_shards_and_its_scheduler_is_read() -> None:
    # diffusers writes this limit into each configuration of its DPM-Solver.
    scheduler = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "lambda_min_clipped": -math.inf}
    tiny_stable.write_folder(paths.models_dir() / "tiny", shards=3, scheduler=scheduler)
    library = Library()
    card = library.card("tiny")
    assert len(card.weights) == 5 and card.prediction == "v" and card.process_numbers["zero_terminal_snr"]
    assert generate_image(library, **QUICK, sampler="ddim", spacing="trailing").std() > 4
    (paths.models_dir() / "tiny" / "scheduler" / "scheduler_config.json").write_text('{"beta_schedule": "other"}')
    library.refresh()
    assert [refused.reason.partition(" uses ")[2] for refused in library.refused()] == [
        "an unsupported noise process; choose another model."
    ]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("vae/config.json", {"scaling_factor": 10**400}),
        ("vae/config.json", {"scaling_factor": math.inf}),
        ("scheduler/scheduler_config.json", {"beta_end": 0.9999999}),
        ("scheduler/scheduler_config.json", {"beta_end": math.nan}),
    ],
)
def test_a_folder_with_invalid_numbers_is_refused(file: str, told: Mapping[str, Any]) -> None:
    (tiny_stable.write_folder(paths.models_dir() / "tiny") / file).write_text(json.dumps(told), "utf-8")
    library = Library()
    (refused,) = library.refused()
    assert refused.reason == f"{file} of tiny is damaged; copy or download the model again." and library.cards()


@pytest.mark.slow
def test_a_folder_saved_with_fused_layers_gives_the_same_image(checkpoints: Path) -> None:
    file = tiny_stable.write_folder(paths.models_dir() / "tiny") / "unet" / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    for name in [name for name in weights if name.endswith(".to_k.weight")]:
        own = "kv" if "attn2" in name else "qkv"
        parts = [weights[name.replace("to_k", f"to_{each}")] for each in own]
        weights[name.replace("to_k", f"to_{own}")] = torch.cat(parts)
    save_file(weights, file)
    fused = generate_image(Library(), **QUICK)
    assert np.array_equal(fused, generate_image(library_with(checkpoints, layout="folder"), **QUICK))


@pytest.mark.slow
def test_embeddings_replace_words_in_prompts(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    plain = generate_image(library, **QUICK, prompt="a Cheerful house")
    table = tiny_stable.weights("sd1")["cond_stage_model.transformer.text_model.embeddings.token_embedding.weight"]
    for name, word in (("cheerful", "blue"), ("foreign", "red")):
        vectors = table[clip_tokenizer().encode(f"{word} {word}").ids]
        found = {"emb_params": vectors if word == "blue" else torch.ones(1, 1024)}
        save_file(found, paths.models_dir() / f"{name}.safetensors")
    assert np.array_equal(
        generate_image(library, **QUICK, prompt="a Cheerful house"),
        generate_image(library, **QUICK, prompt="a blue blue house"),
    )
    assert not np.array_equal(plain, generate_image(library, **QUICK, prompt="a Cheerful house"))
    assert generate_image(library, **QUICK, prompt="a foreign house").std() > 4, (
        "learnt with another model: read as the word it is"
    )
    first, second = tokenize([Weighted(" ".join(["cat"] * 74) + " Cheerful")], {"cheerful": 2})
    assert (len(first), second) == (74, [(("cheerful", 0), 1.0), (("cheerful", 1), 1.0)])


@pytest.mark.slow
def test_marked_embeddings_draw_like_their_words_and_remarks_name_the_rest(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    save_file({"emb_params": torch.ones(2, 768)}, paths.models_dir() / "cheerful.safetensors")
    word = generate_image(library, **QUICK, prompt="a cheerful house")
    for prompt in ("a embedding:cheerful house", "a <embed:cheerful> house", "a embedding:x/Cheerful.pt house"):
        assert np.array_equal(word, generate_image(library, **QUICK, prompt=prompt))
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    found = model.remarks(
        Request(prompt="a cat :1.2 AND embedding:other", negative_prompt="blurry <lora:ink:1> <embed:cheerful>")
    )
    assert list(found) == [
        "There is no embedding called 'other' in the models folder; its name is read as words.",
        "LoRAs in the negative prompt have no effect: ink.",
    ]
    assert not model.remarks(Request(prompt="a cat and a dog", negative_prompt="embedding:cheerful"))


@pytest.mark.slow
def test_sdxl_uses_zeros_for_an_empty_negative_prompt(checkpoints: Path) -> None:
    library = library_with(checkpoints, "sdxl")
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    told: list[tuple[torch.Tensor, ...]] = []
    watched = model.networks.unet.register_forward_pre_hook(lambda unet, given: told.append(given))
    for negative in ("", "blurry"):
        generate_image(library, steps=1, negative_prompt=negative)
    watched.remove()
    contexts, vectors = ([each[place] for each in told] for place in (2, 3))
    assert [bool(each.any()) for each in contexts] == [True, False, True, True]
    assert [bool(each[:, :1280].any()) for each in vectors] == [True, False, True, True]
    assert all(torch.equal(each[:, 1280:], vectors[0][:, 1280:]) for each in vectors)
