"""Companion files of a Stable Diffusion checkpoint, which replace or extend parts of it."""

from __future__ import annotations

import gc
import json
import os
import weakref
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.cli.main import run
from gdm_studio.common import memory, paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import denoise_pipeline, generate
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.reproduction import check_reproduction
from gdm_studio.engine.reproduction_verdict import Verdict
from gdm_studio.engine.resume import StepWriter, resume_run
from gdm_studio.engine.step_animation import views_of
from gdm_studio.engine.step_history import load as load_steps
from gdm_studio.gallery import Gallery, read
from gdm_studio.jobs.engine_service import EngineService
from gdm_studio.models.few_step_models import FEW_STEPS, NONE
from gdm_studio.models.files.hashes import hash_file
from gdm_studio.models.files.taesd import find_decoder, is_taesd
from gdm_studio.models.fingerprint import fingerprint, fingerprint_of_files
from gdm_studio.models.forward_process import noise_level_at
from gdm_studio.models.installed.model_options import save_choices
from gdm_studio.models.loaded_model import Conditioning, LoadedModel, stage_of
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.networks.stable_diffusion.tiny_autoencoder import TinyDecoder
from gdm_studio.networks.stable_diffusion.tokenizer import clip_tokenizer
from gdm_studio.request.generation_events import Phase, Result, StepEvent
from gdm_studio.request.generation_request import BUILT_IN, RULES, Branch, Request
from gdm_studio.studio.window_calls import load_model
from tests.helpers import tiny_stable
from tests.helpers.verdicts import run_to_verdict
from tests.parity import weights as parity
from tests.parity.weights import weights as made_up

ASKED: dict[str, Any] = {
    "prompt": "a house", "model": "tiny", "steps": 2, "device": "cpu", "dtype": "fp32", "guidance_scale": 1.0,
    "seed": 7,
}  # fmt: skip


def library_with(checkpoints: Path, kind: str = "sd1", name: str = "tiny") -> Library:
    """Return a library with a checkpoint of this kind under this name."""
    if not (there := checkpoints / f"{kind}.safetensors").exists():
        tiny_stable.write(there, kind, read_only=True)
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    (paths.models_dir() / f"{name}.safetensors").hardlink_to(there)
    return Library()


def generate_image(library: Library, **changes: Any) -> np.ndarray:
    return generate_result(library, **changes).rgba


def generate_result(library: Library, **changes: Any) -> Result:
    (made,) = (e for e in generate(Request(**{**ASKED, **changes}), library) if isinstance(e, Result))
    return made


def load_tiny(library: Library) -> Any:
    model: LoadedModel = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    return model


def save(name: str, tensors: dict[str, Tensor]) -> Path:
    place = paths.models_dir() / name
    place.parent.mkdir(parents=True, exist_ok=True)
    save_file({each: tensor.contiguous() for each, tensor in tensors.items()}, place)
    return place


# TAESD.


def one_colour_decoder(colour: Tensor) -> dict[str, Tensor]:
    """Return a decoder that shows every image in one colour."""
    found = {name: tensor.float() for name, tensor in made_up(
        {name: tuple(weight.shape) for name, weight in TinyDecoder().state_dict().items()}
    ).items()}  # fmt: skip
    return found | {"19.weight": torch.zeros(3, 64, 3, 3), "19.bias": (colour + 1) / 2}


LAYOUTS = {
    "its own": lambda name: name,
    "beside its encoder": lambda name: f"decoder.{name}",
    "of ComfyUI": lambda name: f"taesd_decoder.{name}",
    "of diffusers": lambda name: f"decoder.layers.{int(name.partition('.')[0]) - 1}.{name.partition('.')[2]}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_taesd_decoder_is_recognised_by_its_keys(layout: str) -> None:
    theirs = LAYOUTS[layout]
    shapes = {name: tuple(weight.shape) for name, weight in TinyDecoder().state_dict().items()}
    whole = {theirs(name): shape for name, shape in shapes.items()}
    assert find_decoder(whole) == {name: theirs(name) for name in shapes} and is_taesd(whole)
    missing = {theirs(name): shape for name, shape in shapes.items() if name != "17.weight"}
    assert find_decoder(missing) == {} and not is_taesd(missing)
    encoder = {name: tuple(weight.shape) for name, weight in tiny_stable.TinyEncoder().state_dict().items()}
    assert is_taesd(encoder) and not is_taesd({"0.weight": (64, 3, 3, 3), "14.weight": (4, 64, 3, 3)})


@pytest.mark.slow
def test_a_taesd_decoder_previews_the_steps_of_its_model(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    model = load_tiny(library)
    model.fast_decoder.update()
    assert model.fast_decoder.decoder is None
    exact = model.fast_decode(torch.zeros(1, 4, 8, 8)).float() / 127.5 - 1
    grey = exact.mean(dim=(0, 1, 2))
    for name, colour in (("one", grey), ("other", -2 * torch.sign(grey))):
        save(f"{name}.safetensors", one_colour_decoder(colour))
    plain = generate_image(library)
    assert [line.family for line in Library().model_table() if line.name in ("one", "other")] == ["Previews"] * 2
    previews = Previews(1e9)
    shown = [
        view.predicted[..., :3]
        for event in generate(Request(**ASKED), library)
        if isinstance(event, StepEvent)
        for view in previews.views(event)
    ]
    wanted = ((grey.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).numpy()
    assert len(shown) == 2 and all((each == wanted).all() for each in shown), "not by the nearest of the two"
    assert np.array_equal(generate_image(library), plain) and plain.std() > 4, "the picture itself is the model's own"


def test_a_taesd_decoder_for_other_latents_is_not_used(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    save("xl.safetensors", one_colour_decoder(torch.tensor([40.0, -40.0, 40.0])))
    broken = one_colour_decoder(torch.zeros(3))
    save("nan.safetensors", broken | {"19.bias": torch.full((3,), torch.nan)})
    wide = broken | {"1.weight": torch.zeros(64, 16, 3, 3)}
    save("flux.safetensors", wide)
    model = load_tiny(library)
    model.fast_decoder.update()
    assert model.fast_decoder.decoder is None
    assert {line.family for line in Library().model_table() if line.card is None} == {"Previews"}


# Other autoencoders.


def write_vae(name: str, layout: str = "file", *, latent: int = 4, spread: float = 1.3) -> Path:
    """Write the autoencoder of the small checkpoints with other numbers as a separate file."""
    found = {}
    for each, weight in tiny_stable.weights("sd1", words=1).items():
        if each.startswith("first_stage_model."):
            ours = each.removeprefix("first_stage_model.")
            found[ours] = weight.float() * (spread if weight.ndim > 1 else 1)
    if latent != 4:
        found["decoder.conv_in.weight"] = torch.zeros(32, latent, 3, 3)
    if layout == "of diffusers":
        found = {tiny_stable.vae_to_diffusers(each): weight for each, weight in found.items()}
    if layout == "inside":
        found = {f"first_stage_model.{each}": weight for each, weight in found.items()}
    return save(f"{name}.safetensors", found)


@pytest.mark.slow
def test_a_separate_vae_replaces_that_of_the_model(checkpoints: Path, tmp_path: Path) -> None:
    library = library_with(checkpoints)
    own = generate_image(library)
    for layout in ("file", "of diffusers", "inside"):
        write_vae(layout, layout)
    assert library.refresh() and sorted(library.vaes()) == ["file", "inside", "of diffusers"]
    made = [generate_result(library, vae=layout) for layout in library.vaes()]
    assert all(np.array_equal(each.rgba, made[0].rgba) for each in made) and not np.array_equal(made[0].rgba, own)
    assert np.array_equal(generate_image(library), own), "the model has its own again"
    digests = {each.request.digest() for each in made}
    assert len(digests) == 3 and generate_result(library).request.digest() not in digests
    place: Any = {"device": torch.device("cpu"), "dtype": torch.float32}
    models: list[Any] = [load_tiny(library), library.load("tiny", **place, asked=made[0].request)]
    assert models[0].networks.unet is models[1].networks.unet and models[0].networks.vae is not models[1].networks.vae


def test_a_missing_or_unsuitable_vae_is_reported(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    write_vae("sixteen", latent=16)
    library.refresh()
    broken = load_file(write_vae("broken"))
    save("broken.safetensors", {each: broken[each] for each in broken if each != "decoder.norm_out.bias"})
    save("odd.safetensors", broken | {"decoder.conv_out.weight": torch.zeros(3, 31, 3, 3)})
    library.refresh()
    for name, sentence in (
        ("gone", "no VAE called 'gone'"), ("sixteen", "for another kind of model"),
        ("broken", "broken.safetensors is not whole: its vae lacks"), ("odd", "its vae has another shape of"),
    ):  # fmt: skip
        with pytest.raises(ModelError, match=sentence):
            generate_image(library, vae=name)
    with pytest.raises(BadRequest, match=f"{BUILT_IN} has an autoencoder that is a part of it"):
        library.card(BUILT_IN).checked(Request(vae="sixteen"))


@pytest.mark.slow
def test_the_chosen_vae_is_saved_and_named_in_the_image(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = library_with(checkpoints)
    write_vae("vivid")
    assert run(["models", "set", "tiny", "--vae", "vivid"]) == 0 and "vae: vivid" in capsys.readouterr().out
    assert (
        library.refresh()
        and library.card("tiny").default_request().vae == "vivid" == Library().card("tiny").default_request().vae
    )
    asked = ["generate", "a house", "--model", "tiny", "--steps", "2", "--device", "cpu", "--out", str(tmp_path)]
    assert run(asked) == 0
    (file,) = tmp_path.glob("*.png")
    metadata = read(file)
    assert metadata.request is not None and metadata.request.vae == "vivid"
    assert metadata.made_with["vae_hash"] == fingerprint_of_files([paths.models_dir() / "vivid.safetensors"])
    (paths.models_dir() / "vivid.safetensors").rename(paths.models_dir() / "renamed.safetensors")
    rgba = np.asarray(Image.open(file))
    assert verdict_of(check_reproduction(rgba, metadata.request, Library(), made_with=metadata.made_with)) == "exactly"
    (paths.models_dir() / "renamed.safetensors").unlink()
    write_vae("vivid", spread=1.5)
    verdict = run_to_verdict(check_reproduction(rgba, metadata.request, Library(), made_with=metadata.made_with))
    assert verdict.answer != "exactly" and "Its VAE had the weights" in verdict.reasons[0]
    assert run(["models", "set", "tiny", "--vae", ""]) == 0 and Library().card("tiny").default_request().vae == ""
    assert run(["models", "set", "tiny", "--vae", "none of these"]) == 2
    choices = paths.data_dir() / "models.json"
    for damaged in ("[]", '{"x": 3}', '{"x": {"vae": 7}}', "\0", '{"x": ' * 9999):
        choices.write_text(damaged)
        assert (
            run(["models", "set", "tiny", "--vae", "vivid"]) == 0
            and Library().card("tiny").default_request().vae == "vivid"
        )
    aside = sorted(paths.data_dir().glob("models.json.damaged*"))
    assert [place.read_text()[:2] for place in aside] == ["[]", "\0", '{"'], "none of them is lost"
    assert capsys.readouterr().err.count("What was chosen for models was damaged; it is kept as ") == 3
    choices.unlink()
    # The path exists and cannot be read.
    choices.mkdir()
    assert run(["models", "set", "tiny", "--vae", ""]) == 2 and choices.is_dir()


def verdict_of(events: Generator[Any, None, Verdict]) -> str:
    return run_to_verdict(events).answer


# Few steps.


@pytest.mark.slow
def test_a_few_step_model_has_few_steps_by_default(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    assert library.card("tiny").default_request().steps == 25
    save_choices(paths.models_dir() / "tiny.safetensors", few_steps="lightning")
    assert library.refresh()
    usual = library.card("tiny").default_request()
    assert (usual.steps, usual.sampler, usual.spacing, usual.guidance_scale) == (4, "euler", "trailing", 1.0)
    assert generate_image(library, steps=usual.steps, sampler=usual.sampler, spacing=usual.spacing).std() > 4
    with pytest.raises(BadRequest, match="few-step kind called 'warp'; choose one of none, turbo"):
        save_choices(paths.models_dir() / "tiny.safetensors", few_steps="warp")
    for kind in FEW_STEPS.values():
        assert Request(**kind.settings).checked() and kind.settings["guidance_scale"] == 1


@pytest.mark.slow
def test_few_steps_are_recognised_by_metadata_and_not_by_file_name() -> None:
    for name, told, steps in (
        ("sd15-turbo", {}, 25), ("plain", {"modelspec.title": "Dreams LCM"}, 4), ("hyper", {"modelspec.tags": "x"}, 25)
    ):  # fmt: skip
        tiny_stable.write(paths.models_dir() / f"{name}.safetensors", words=1, told=told)
        assert Library().card(name).default_request().steps == steps, name
    save_choices(paths.models_dir() / "plain.safetensors", few_steps=NONE)
    assert Library().card("plain").default_request().steps == 25
    folder = tiny_stable.write_folder(paths.models_dir() / "folder", scheduler={"_class_name": "LCMScheduler"})
    card = Library().card(folder.name)
    assert (card.few_steps, card.default_request().sampler) == ("lcm", "lcm")


@pytest.mark.slow
def test_guidance_conditioning_is_recognised_by_a_key(checkpoints: Path) -> None:
    """Check an LCM model with guidance conditioning: a single pass and no negative prompt."""
    library_with(checkpoints)
    plain = load_tiny(Library())
    place = paths.models_dir() / "tiny.safetensors"
    tensors = load_file(place) | {"model.diffusion_model.guidance_proj.weight": 0.3 * torch.randn(64, 256)}
    place.unlink()
    save_file(tensors, place, {"modelspec.resolution": "64x64"})
    library = Library()
    card = library.card("tiny")
    assert (card.few_steps, card.default_request().sampler, card.default_request().guidance_scale) == (
        "lcm",
        "lcm",
        1.0,
    )
    assert card.parameters == plain.card.parameters + 64 * 256
    usual, strong = generate_image(library), generate_image(library, factors={"told_guidance": 13.0})
    assert not np.array_equal(usual, strong)
    for changes, sentence in (({"guidance_scale": 4.0}, "without guidance"), ({"negative_prompt": "x"}, "no negative")):
        with pytest.raises(BadRequest, match=sentence):
            generate_image(library, **changes)


def write_lora(name: str, **told: str) -> Path:
    """Write an adapter of one U-Net layer for Stable Diffusion 1."""
    layer, numbers = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", torch.Generator()
    found = {
        f"{layer}.lora_down.weight": torch.randn(4, 768, generator=numbers.manual_seed(5)),
        f"{layer}.lora_up.weight": torch.randn(64, 4, generator=numbers),
    }
    place = paths.models_dir() / f"{name}.safetensors"
    save_file(found, place, told)
    return place


@pytest.mark.slow
def test_a_few_step_adapter_adds_a_variant_of_each_suitable_model(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    place = write_lora("speedy")
    library.refresh()
    assert not [card for card in library.cards() if card.fast_of == "tiny"], "its name alone says nothing"
    save_choices(place, few_steps="lcm")
    assert library.refresh()
    (quick,) = (card for card in library.cards() if card.fast_of == "tiny")
    assert (quick.name, quick.default_request().steps, quick.default_request().sampler) == ("tiny + speedy", 4, "lcm")
    assert [line.name for line in library.model_table()].count("tiny") == 1
    asked = {"steps": 2, "sampler": "lcm", "spacing": "lcm_50"}
    made = generate_result(library, model=quick.name, **asked)
    assert np.array_equal(made.rgba, generate_image(library, prompt="a house<lora:speedy:1>", **asked))
    assert made.made is not None and made.made.model_hash == fingerprint(quick) != fingerprint(library.card("tiny"))
    os.utime(place, (86_400, 86_400))
    library.refresh()
    looked, refresh = [], library.refresh
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "refresh", lambda: looked.append(refresh()))
        for _ in range(3):
            assert library.card("tiny + speedy").files == (paths.models_dir() / "tiny.safetensors", place)
        assert not looked, "the folders were looked through for what is known"
        os.utime(place, (90_000, 90_000))
        assert library.card("tiny + speedy") and len(looked) == 1
    save_choices(place, few_steps="")
    write_lora("told", **{"modelspec.title": "Turbo, by its maker"})
    assert library.refresh() and [card.name for card in library.cards() if card.fast_of == "tiny"] == ["tiny + told"]


@pytest.mark.slow
@pytest.mark.parametrize("replaced", ["nothing", "vae", "adapter"])
def test_an_interrupted_run_restarts_if_a_part_was_replaced(replaced: str, checkpoints: Path) -> None:
    library, data = library_with(checkpoints), b""
    adapter = write_lora("soft")
    write_vae("vivid")
    library.refresh()
    asked = Request(**ASKED | {"prompt": "a house<lora:soft:1>", "vae": "vivid"})

    def keep(more: bytes, *, from_start: bool) -> None:
        nonlocal data
        data = more if from_start else data + more

    kept, first = StepWriter(keep), next(event for event in generate(asked, library) if isinstance(event, StepEvent))
    kept.add(first)
    kept.flush()
    if replaced == "vae":
        write_vae("vivid", spread=1.5)
    elif replaced == "adapter":
        save_file({name: 2 * weight for name, weight in load_file(adapter).items()}, adapter)
    library.refresh()
    again = next(event for event in resume_run(asked, library, progress=data) if isinstance(event, StepEvent))
    assert (again.seconds == first.seconds) is (replaced == "nothing"), "steps are given as they were made"


@pytest.mark.slow
def test_a_run_resumes_if_its_images_have_different_adapters(checkpoints: Path) -> None:
    library, data = library_with(checkpoints), b""
    write_lora("soft")
    # The files differ in their time of change.
    os.utime(write_lora("hard"), (86_400, 86_400))
    library.refresh()
    prompts = ("a house<lora:soft:1>", "a house<lora:hard:1>")
    request = Request(**ASKED | {"prompt": prompts[0], "prompts": prompts, "count": 2})

    def save(more: bytes, *, from_start: bool) -> None:
        nonlocal data
        data = more if from_start else data + more

    writer = StepWriter(save)
    events = generate(request, library, images=(1,))
    first = next(event for event in events if isinstance(event, StepEvent))
    writer.add(first)
    writer.flush()
    resumed = resume_run(request, library, finished=(0,), progress=data)
    assert next(event for event in resumed if isinstance(event, StepEvent)).seconds == first.seconds


def test_few_step_kinds_are_recognised_by_whole_words(checkpoints: Path) -> None:
    library_with(checkpoints)
    titles = {
        "SDXL-Lightning-4step": "lightning", "Hyper-SD15-8steps": "hyper", "dreamsXLTurbo": "turbo",
        "sd_xl_turbo": "turbo", "x, lcm_lora": "lcm", "Latent Consistency": "lcm", "HyperSD": "hyper",
        "Dreams, hyper": "hyper", "HyperRealistic": "", "Hyper realistic fur": "", "calcmix": "", "Turbochargers": "",
    }  # fmt: skip
    for number, title in enumerate(titles):
        write_lora(f"a{number}", **{("modelspec.tags" if "," in title else "modelspec.title"): title})
    write_lora("named", ss_output_name="sdxl_turbo")
    quick = {card.name: card.default_request() for card in Library().cards() if card.fast_of == "tiny"}
    kinds = {f"tiny + a{number}": kind for number, kind in enumerate(titles.values()) if kind}
    assert {name: usual.sampler for name, usual in quick.items()} == {
        name: FEW_STEPS[kind].settings["sampler"] for name, kind in kinds.items()
    }


@pytest.mark.parametrize(
    ("title", "steps"),
    [
        ("SDXL Lightning 2step", 2), ("Hyper, 8 steps", 8), ("Hyper 1-Step LoRA", 1), ("LCM", 4),
        ("Turbo, 4 or 8 steps: 4 steps are enough, 8 steps better", 4), ("Lightning 40 steps", 4),
    ],
)  # fmt: skip
def test_the_number_of_steps_is_read_from_the_title(title: str, steps: int, checkpoints: Path) -> None:
    library_with(checkpoints)
    write_lora("speedy", **{"modelspec.title": title})
    tiny_stable.write(paths.models_dir() / "whole.safetensors", words=1, told={"modelspec.title": title})
    library = Library()
    assert [library.card(name).default_request().steps for name in ("tiny + speedy", "whole")] == [steps, steps]
    save_choices(paths.models_dir() / "whole.safetensors", few_steps="turbo")
    assert Library().card("whole").default_request().steps == (steps if title.startswith("Turbo") else 4)


@pytest.mark.slow
def test_a_vae_of_nan_is_named_in_the_error(checkpoints: Path) -> None:
    bias = torch.tensor([torch.nan, 0, 0])
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", **{"first_stage_model.decoder.conv_out.bias": bias})
    library_with(checkpoints, name="sound")
    other = write_vae("other")
    save("other.safetensors", load_file(other) | {"decoder.conv_out.bias": bias})
    for settings, file in (({}, "tiny"), ({"model": "sound", "vae": "other"}, "other")):
        with pytest.raises(ModelError, match=f"{file}.safetensors is damaged: '.*conv_out.bias' contains NaN or"):
            generate_image(Library(), **settings)


@pytest.mark.usefixtures("forked_processes")
@pytest.mark.slow
def test_unused_parts_of_adapters_and_embeddings_are_reported(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = library_with(checkpoints)
    place = write_lora("odd")
    found = load_file(place) | {f"lora_unet_nowhere.lora_{side}.weight": torch.ones(2, 2) for side in ("up", "down")}
    save_file(found, place)
    save_file({"emb_params": torch.ones(1, 1024)}, paths.models_dir() / "foreign.safetensors")
    asked = {**ASKED, "prompt": "a foreign house<lora:odd:1>", "count": 2, "batch": 1}
    notes = [event.note for event in generate(Request(**asked), library) if isinstance(event, Phase) and event.note]
    assert notes == [
        "odd.safetensors: 1 of 2 layers do not exist in this model, such as 'lora_unet_nowhere'.",
        "foreign.safetensors is for another model; 'foreign' is read as an ordinary word.",
    ]
    command = ["generate", "a <lora:odd:1>", "--model", "tiny", "--steps", "1", "--count", "2"]
    assert run([*command, "--device", "cpu,cpu", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().err.count(notes[0]) == 1, "by one of the workers"
    assert not [event for event in generate(Request(**ASKED), library) if isinstance(event, Phase) and event.note]


@pytest.mark.slow
def test_the_prediction_is_set_and_reported(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    place = paths.models_dir() / "tiny.safetensors"
    own = generate_result(library)
    save_choices(place, prediction="v")
    assert library.refresh() and library.card("tiny").prediction == "v"
    other = generate_result(library)
    assert not np.array_equal(own.rgba, other.rgba) and other.made is not None and own.made is not None
    assert (own.made.parts["prediction"], other.made.parts["prediction"]) == ("epsilon", "v")
    verdict = run_to_verdict(check_reproduction(own.rgba, own.request, library, made_with=own.made.note()))
    assert verdict.reasons == ("Its model was assumed to predict epsilon; here it is assumed to predict v.",)
    save_choices(place, prediction="")
    assert library.refresh()
    assert verdict_of(check_reproduction(own.rgba, own.request, library, made_with=own.made.note())) == "exactly"
    with pytest.raises(BadRequest, match="no prediction called 'x0'; choose one of epsilon, v"):
        save_choices(place, prediction="x0")


# Several passes.


@pytest.fixture
def refined(checkpoints: Path) -> Library:
    library_with(checkpoints, "refiner", "finer")
    return library_with(checkpoints, "sdxl")


def stage_titles(advances: Sequence[StepEvent]) -> list[str]:
    """Return the title of the model that computed each step."""
    stages: list[Any] = [stage_of(each.model, each.step) for each in advances]
    return [stage.model.kind.title for stage in stages]


@pytest.mark.slow
def test_only_supported_parts_can_be_chosen(refined: Library, capsys: pytest.CaptureFixture[str]) -> None:
    write_vae("vivid")
    for name, part, value, said in (
        (BUILT_IN, "vae", "vivid", f"{BUILT_IN} takes no VAE in place of its own; leave that as it is."),
        (BUILT_IN, "few-steps", "lcm", "cannot be a few-step model; leave that as it is."),
        (BUILT_IN, "prediction", "v", f"{BUILT_IN} predicts what its file says; leave that as it is."),
        ("finer", "refiner", "finer", "finer supports no refiner; leave that as it is."),
        ("tiny", "refiner", BUILT_IN, f"tiny cannot use {BUILT_IN}, which is not a refiner; choose another model"),
        ("tiny", "refiner", "gone", "There is no model called 'gone'"),
    ):
        assert run(["models", "set", name, f"--{part}", value]) == 2 and said in capsys.readouterr().err
    assert not (paths.data_dir() / "models.json").exists()
    assert run(["models", "set", "tiny", "--refiner", "finer", "--vae", "vivid"]) == 0
    assert run(["models", "set", BUILT_IN, "--vae", ""]) == 0, "nothing can be chosen"


@pytest.mark.slow
def test_a_refiner_continues_the_run_of_the_model(refined: Library) -> None:
    asked = {"refiner": "finer", "factors": {"refined": 0.5}, "steps": 4}
    events = list(generate(Request(**{**ASKED, **asked}), refined))
    advances = [event for event in events if isinstance(event, StepEvent)]
    (made,) = (event for event in events if isinstance(event, Result))
    assert stage_titles(advances) == ["SDXL"] * 2 + ["SDXL refiner"] * 2
    alone = [e for e in generate(Request(**{**ASKED, "steps": 4}), refined) if isinstance(e, StepEvent)]
    assert [each.step.at for each in advances] == [each.step.at for each in alone], "it is one way"
    assert torch.equal(advances[1].step.x, alone[1].step.x) and not torch.equal(advances[2].step.x, alone[2].step.x)
    for step in (0, 1, 2):
        again = generate(Request(**{**ASKED, **asked}), refined, resume=advances[step].step)
        (same,) = (event for event in again if isinstance(event, Result))
        assert np.array_equal(same.rgba, made.rgba)
    assert made.made is not None and made.made.parts["refiner_hash"] == fingerprint(refined.card("finer"))
    assert np.array_equal(
        generate_image(refined, steps=4), generate_image(refined, steps=4, factors={"refined": 0.5})
    ), "without one"


@pytest.mark.slow
def test_a_nested_branch_finds_renamed_refiner_and_vae(refined: Library, tmp_path: Path) -> None:
    """Find the refiner and the VAE although both were renamed."""
    write_vae("vivid")
    refined.refresh()
    first = Request(**{**ASKED, "refiner": "finer", "vae": "vivid", "steps": 3, "factors": {"refined": 0.5}})
    second = replace(first, prompt="a hut", branch=Branch(first, 1))
    third = replace(second, prompt="a barn", branch=Branch(second, 2))
    made = generate_result(refined, **vars(third))
    with closing(Gallery.open(tmp_path)) as gallery:
        file = gallery.save(made).path
    for name in ("vivid", "finer"):
        (paths.models_dir() / f"{name}.safetensors").rename(paths.models_dir() / f"its {name}.safetensors")
    request = load_steps(made.steps).with_exact_weights(Library()).request
    while True:
        assert (request.refiner, request.vae) == ("its finer", "its vivid")
        if request.branch is None:
            break
        request = request.branch.parent
    for steps in tmp_path.glob(".steps/**/*.steps"):
        steps.unlink()
    assert run(["film", str(file), "--to", str(tmp_path / "a.gif")]) == 0
    assert run(["generate", "a shed", "--branch", str(file), "--step", "2", "--out", str(tmp_path)]) == 0


@pytest.mark.slow
def test_a_model_with_refiner_equals_diffusers(refined: Library) -> None:
    """Compare with two pipelines of diffusers in sequence, whose results tests/parity/by_refiner.py wrote."""
    with np.load(Path(__file__).parents[1] / "data" / "parity" / "refiner.npz") as stored:
        theirs = {name: torch.from_numpy(stored[name]) for name in ("between", "last")}
    asked = Request(
        prompt="a photo of an astronaut riding a horse on mars, highly detailed", negative_prompt="blurry", steps=4,
        guidance_scale=5.0, sampler="ddim", spacing="leading_1", model="tiny", refiner="finer", device="cpu",
        factors={"refined": 0.5}, dtype="fp32",
    )  # fmt: skip
    model = load_for_request(refined, asked, device=torch.device("cpu"), dtype=torch.float32)
    pipeline = Pipeline(model, refined.card("tiny").checked(asked), (0,))
    x = parity.inputs("pipeline sdxl", 1, 4, 8, 8).float()
    steps = list(denoise_pipeline(pipeline, RunState(x, pipeline.path)))
    for step, wanted in ((steps[1], theirs["between"]), (steps[3], theirs["last"])):
        assert (step.x - wanted).abs().max() < 1e-4 * wanted.abs().max()


@pytest.mark.slow
def test_a_short_img2img_run_may_use_only_the_refiner(refined: Library) -> None:
    drawing = np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8)
    begun: dict[str, Any] = {"image": image_inputs.store(drawing), "strength": 0.3, "refiner": "finer", "steps": 6}
    events = list(generate(Request(**{**ASKED, **begun, "factors": {"refined": 0.9}}), refined))
    steps = [event for event in events if isinstance(event, StepEvent)]
    assert set(stage_titles(steps)) == {"SDXL refiner"} and len(steps) < 6
    with pytest.raises(BadRequest, match="in several stages"):
        generate_image(refined, **begun, inverted=True)


def test_a_model_that_is_no_refiner_is_refused(refined: Library) -> None:
    with pytest.raises(ModelError, match="tiny is not a refiner"):
        generate_image(refined, refiner="tiny")
    with pytest.raises(BadRequest, match="finer supports no refiner"):
        refined.card("finer").checked(Request(refiner="finer"))
    with pytest.raises(BadRequest, match="use at least as many steps"):
        generate_image(refined, refiner="finer", steps=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rules", "factors", "first", "own"),
    [(3, {}, 3, 2), (RULES, {}, 5, 2), (RULES, {"enlarged_steps": 8.0}, 5, 4)],
)
def test_a_second_pass_enlarges_the_image(
    rules: int, factors: dict[str, float], first: int, own: int, checkpoints: Path
) -> None:
    library = library_with(checkpoints)
    factors = {"enlarged": 1.5, "enlarged_strength": 0.5, **factors}
    asked: dict[str, Any] = {"steps": 5, "factors": factors, "size": (96, 64), "rules": rules}
    events = list(generate(Request(**{**ASKED, **asked}), library))
    advances = [event for event in events if isinstance(event, StepEvent)]
    (made,) = (event for event in events if isinstance(event, Result))
    assert made.rgba.shape == (96, 144, 3)
    assert [tuple(each.step.x.shape[2:]) for each in advances] == [(8, 12)] * first + [(12, 18)] * own
    model, second = load_tiny(library), advances[0].model.stages[1]
    before = advances[first - 1].step.x
    path = second.noise_path(advances[0].model.card, made.request, first, first + own)
    x = second.start(
        [Conditioning(before=before)], path, lambda step, like: torch.zeros_like(like), torch.empty(1, 4, 12, 18)
    )
    larger = F.interpolate(model.pictures(before), (96, 144), mode="bicubic", antialias=True)
    assert torch.allclose(x, path[0].alpha * model.encode_latents(larger.clamp(-1, 1)), atol=1e-5), (
        "the second pass does not begin with the image of the first"
    )
    half = noise_level_at(model.diffusion.process, 0.5)
    assert len(path) == own + 1 and path[-1].sigma == 0 and 0.4 < path[0].ratio / half.ratio <= 1
    for step in (1, first - 1, first):
        (same,) = (
            event for event in generate(Request(**{**ASKED, **asked}), library, resume=advances[step].step)
            if isinstance(event, Result)
        )  # fmt: skip
        assert np.array_equal(same.rgba, made.rgba)
    log = load_steps(made.steps)
    frames = list(views_of(log, library))
    assert [frame.predicted.shape[:2] for frame in frames] == [(64, 96)] * first + [(96, 144)] * own
    assert verdict_of(check_reproduction(made.rgba, made.request, library, made_with={})) == "exactly"


# Other sizes.


def test_sides_may_be_any_multiple_of_eight(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    assert generate_image(library, size=(104, 72)).shape == (72, 104, 3)
    for size in ((100, 64), (56, 64), (8, 800)):
        with pytest.raises(BadRequest, match="or with sides of any multiple of 8 pixels from 64 on, not"):
            generate_image(library, size=size)
    with pytest.raises(BadRequest, match="second pass would make 4608x4608 pixels; the limit is 4096 a side"):
        library.card("tiny").checked(Request(size=(2304, 2304), factors={"enlarged": 2.0}))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd1", "inpainting"])
def test_an_image_is_extended_and_stays_unchanged(kind: str, checkpoints: Path, tmp_path: Path) -> None:
    library = library_with(checkpoints, kind)
    drawing = np.random.default_rng(3).integers(0, 256, (60, 68, 3), np.uint8)
    image, mask, size = image_inputs.extend(image_inputs.store(drawing), (16, 0, 30, 12))
    assert size == (120, 72)
    extended = {"image": image, "mask": mask, "size": size, "strength": 1.0}
    made = generate_image(library, **extended)
    assert made.shape == (72, 120, 3) and np.array_equal(made[:60, 16:84], drawing)
    assert made[:, 96:].std() > 4 and not np.array_equal(made, generate_image(library, **extended, seed=8))
    if kind == "sd1":
        file = tmp_path / "drawing.png"
        Image.fromarray(drawing).save(file)
        asked = ["generate", "a house", "--model", "tiny", "--steps", "2", "--device", "cpu"]
        asked += ["--out", str(tmp_path / "out")]
        assert run([*asked, "--guidance", "1", "--seed", "7", "--image", str(file), "--extend", "16,0,30,12"]) == 0
        (saved,) = (tmp_path / "out").glob("*.png")
        assert np.array_equal(np.asarray(Image.open(saved))[:60, 16:84, :3], drawing)
        for wrong in (["--extend", "16,0"], ["--extend", "0,0,0,0"], ["--extend", "0,0,5000,0"]):
            assert run([*asked, "--image", str(file), *wrong]) == 2
        assert run([*asked, "--extend", "16,0,0,0"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd1", "inpainting"])
def test_a_second_pass_keeps_the_image_outside_the_mask(kind: str, checkpoints: Path) -> None:
    library = library_with(checkpoints, kind)
    drawing = np.random.default_rng(3).integers(0, 256, (128, 192, 4), np.uint8)
    drawing[..., 3] = 255
    mask = np.zeros_like(drawing)
    mask[:48, :64] = 255
    mask[..., 3] = 255
    asked: dict[str, Any] = {
        "image": image_inputs.store(drawing), "mask": image_inputs.store_mask(mask), "size": (96, 64), "strength": 0.9,
        "factors": {"enlarged": 2.0, "enlarged_strength": 0.7},
    }  # fmt: skip
    made, other = (generate_image(library, **asked, seed=seed) for seed in (7, 8))
    assert made.shape == (128, 192, 3)
    assert np.array_equal(made[52:], drawing[52:, :, :3]) and np.array_equal(made[:, 68:], drawing[:, 68:, :3])
    assert not np.array_equal(made[:40, :56], other[:40, :56]) and made[:40, :56].std() > 1
    earlier = generate_image(library, **asked, rules=4)
    assert not np.array_equal(earlier[52:], made[52:]), "images made before keep their look"


def test_a_text_encoder_with_too_few_tokens_is_refused() -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", words=100)
    with pytest.raises(ModelError, match=r"tiny.safetensors has a text encoder with too few tokens"):
        generate_image(Library())


# Memory.


@pytest.mark.slow
def test_text_encoders_are_released_when_memory_is_short(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = library_with(checkpoints)
    monkeypatch.setattr(memory, "free", lambda: 2**40)
    plenty = generate_image(library)
    texts = load_tiny(library).networks.texts
    assert set(texts.held) == {"text_encoder"}
    gone = weakref.ref(texts["text_encoder"])
    monkeypatch.setattr(memory, "free", lambda: 1)
    short = generate_image(library)
    gc.collect()
    assert not texts.held and gone() is None and np.array_equal(short, plenty)
    monkeypatch.setattr(memory, "free", lambda: 2**40)
    assert np.array_equal(generate_image(library), plenty) and texts.held


@pytest.mark.slow
def test_preloading_runs_a_step_of_each_stage(refined: Library) -> None:
    asked = Request(**{**ASKED, "refiner": "finer", "factors": {"enlarged": 2.0, "refined": 0.5}})
    load_model(EngineService(refined), asked)
    assert refined.is_loaded("tiny", device=torch.device("cpu"), dtype=torch.float32, asked=asked)


# Files named in prompts.


def write_embedding(name: str, word: str) -> Path:
    """Write an embedding of two vectors, both of another word."""
    table = tiny_stable.weights("sd1")["cond_stage_model.transformer.text_model.embeddings.token_embedding.weight"]
    return save(f"{name}.safetensors", {"emb_params": table[clip_tokenizer().encode(f"{word} {word}").ids]})


@pytest.mark.slow
def test_a_changed_lora_or_embedding_is_named_by_reproduce(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = library_with(checkpoints)
    soft = write_lora("soft")
    word, _ = write_embedding("face", "blue"), write_embedding("fac", "red")
    asked = ["generate", "a face <lora:soft:0.8>", "--model", "tiny", "--steps", "2", "--device", "cpu"]
    assert run([*asked, "--out", str(tmp_path)]) == 0
    file = Path(capsys.readouterr().out.strip())
    made_with = read(file).made_with
    assert made_with["LoRA soft"] == hash_file(soft).content[:12]
    assert made_with["embedding face"] == hash_file(word).sha256[:12] and "embedding fac" not in made_with
    assert run(["reproduce", str(file)]) == 0

    before = soft.read_bytes()
    save_file({name: 2 * weight for name, weight in load_file(soft).items()}, soft)
    assert run(["reproduce", str(file)]) == 1
    said = capsys.readouterr().out
    assert f"Its LoRA soft had the hash {made_with['LoRA soft']}; the one here has " in said and "face" not in said
    soft.write_bytes(before)
    write_embedding("face", "green")
    assert run(["reproduce", str(file), "--json"]) == 1
    (reason,) = json.loads(capsys.readouterr().out)["reasons"]
    assert reason.startswith("Its embedding face had the hash ")
    word.unlink()
    assert run(["reproduce", str(file)]) == 1 and "; it is not here." in capsys.readouterr().out

    write_embedding("face", "blue")
    write_embedding("a", "red")
    assert run(["reproduce", str(file)]) == 1
    assert "The embedding a is used here, and was not there then." in capsys.readouterr().out

    metadata = read(file)
    old = {name: said for name, said in made_with.items() if not name.startswith(("LoRA", "embedding"))}
    rgba = np.asarray(Image.open(file))
    verdict = run_to_verdict(check_reproduction(rgba, metadata.request, library, made_with=old))
    assert verdict.answer != "exactly" and "No difference is known" in verdict.reasons[0]
