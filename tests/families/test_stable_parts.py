"""What a checkpoint of Stable Diffusion is used with: files beside it that stand in for a part of it or add to it."""

from __future__ import annotations

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

from gdm_studio import memory, paths
from gdm_studio.cli.main import run
from gdm_studio.engine import inputs
from gdm_studio.engine.course import Course
from gdm_studio.engine.denoising import denoising
from gdm_studio.engine.film import views_of
from gdm_studio.engine.generate import generate
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.reproduce import Verdict, reproducing
from gdm_studio.engine.resuming import StepsKept, going_on
from gdm_studio.engine.starts import Start
from gdm_studio.engine.trajectory import load as load_steps
from gdm_studio.errors import BadRequest, ModelError
from gdm_studio.gallery import Gallery, read
from gdm_studio.models.choices import choose
from gdm_studio.models.few_steps import FEW_STEPS, NONE
from gdm_studio.models.fingerprint import fingerprint, of_files
from gdm_studio.models.hashes import hashes
from gdm_studio.models.library import Library, load_for
from gdm_studio.models.loaded import Ask, LoadedModel, stage_of
from gdm_studio.models.process import point_at
from gdm_studio.models.tiny import decoder_in, is_tiny
from gdm_studio.networks.stable_diffusion.tiny_autoencoder import TinyDecoder
from gdm_studio.networks.stable_diffusion.tokenizer import clip_tokenizer
from gdm_studio.request import BUILT_IN, Branch, Request
from gdm_studio.run import Advance, Phase, Result
from gdm_studio.ui.warm import load_model
from tests.helpers import tiny_stable
from tests.helpers.judging import returned
from tests.parity import weights as parity
from tests.parity.weights import weights as made_up

ASKED: dict[str, Any] = {
    "prompt": "a house", "model": "tiny", "steps": 2, "device": "cpu", "dtype": "fp32", "guidance_scale": 1.0,
    "seed": 7,
}  # fmt: skip


def put(checkpoints: Path, kind: str = "sd1", name: str = "tiny") -> Library:
    """A library with the checkpoint of that kind, called so."""
    if not (there := checkpoints / f"{kind}.safetensors").exists():
        tiny_stable.write(there, kind)
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    (paths.models_dir() / f"{name}.safetensors").hardlink_to(there)
    return Library()


def picture(library: Library, **changes: Any) -> np.ndarray:
    return result(library, **changes).rgba


def result(library: Library, **changes: Any) -> Result:
    (made,) = (e for e in generate(Request(**{**ASKED, **changes}), library) if isinstance(e, Result))
    return made


def loaded(library: Library) -> Any:
    model: LoadedModel = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    return model


def save(name: str, tensors: dict[str, Tensor]) -> Path:
    place = paths.models_dir() / name
    place.parent.mkdir(parents=True, exist_ok=True)
    save_file({each: tensor.contiguous() for each, tensor in tensors.items()}, place)
    return place


# TAESD


def tiny_decoder(colour: Tensor) -> dict[str, Tensor]:
    """One that shows everything in that colour, as all tiny decoders of a bad day do."""
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
def test_a_tiny_decoder_is_known_by_its_keys(layout: str) -> None:
    theirs = LAYOUTS[layout]
    shapes = {name: tuple(weight.shape) for name, weight in TinyDecoder().state_dict().items()}
    whole = {theirs(name): shape for name, shape in shapes.items()}
    assert decoder_in(whole) == {name: theirs(name) for name in shapes} and is_tiny(whole)
    missing = {theirs(name): shape for name, shape in shapes.items() if name != "17.weight"}
    assert decoder_in(missing) == {} and not is_tiny(missing)
    encoder = {name: tuple(weight.shape) for name, weight in tiny_stable.TinyEncoder().state_dict().items()}
    assert is_tiny(encoder) and not is_tiny({"0.weight": (64, 3, 3, 3), "14.weight": (4, 64, 3, 3)})


def test_a_tiny_decoder_shows_the_steps_of_the_model_that_it_is_for(checkpoints: Path) -> None:
    library = put(checkpoints)
    model = loaded(library)
    model.glimpses.look()
    assert model.glimpses.decoder is None
    exact = model.glimpse(torch.zeros(1, 4, 8, 8)).float() / 127.5 - 1
    grey = exact.mean(dim=(0, 1, 2))
    for name, colour in (("one", grey), ("other", -2 * torch.sign(grey))):
        save(f"{name}.safetensors", tiny_decoder(colour))
    plain = picture(library)
    assert [line.family for line in Library().held() if line.name in ("one", "other")] == ["Previews"] * 2
    shown = [
        view.predicted[..., :3]
        for event in generate(Request(**ASKED), library)
        if isinstance(event, Advance)
        for view in Previews(1e9).views(event)
    ]
    wanted = ((grey.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).numpy()
    assert len(shown) == 2 and all((each == wanted).all() for each in shown), "not by the nearest of the two"
    assert np.array_equal(picture(library), plain) and plain.std() > 4, "the picture itself is the model's own"


def test_a_tiny_decoder_for_other_latents_shows_nothing(checkpoints: Path) -> None:
    library = put(checkpoints)
    save("xl.safetensors", tiny_decoder(torch.tensor([40.0, -40.0, 40.0])))
    broken = tiny_decoder(torch.zeros(3))
    save("nan.safetensors", broken | {"19.bias": torch.full((3,), torch.nan)})
    wide = broken | {"1.weight": torch.zeros(64, 16, 3, 3)}
    save("flux.safetensors", wide)
    model = loaded(library)
    model.glimpses.look()
    assert model.glimpses.decoder is None
    assert {line.family for line in Library().held() if line.card is None} == {"Previews"}


# another autoencoder


def write_vae(name: str, layout: str = "file", *, latent: int = 4, spread: float = 1.3) -> Path:
    """The autoencoder of the small checkpoints with other numbers, alone in a file."""
    found = {}
    for each, weight in tiny_stable.weights("sd1", words=1).items():
        if each.startswith("first_stage_model."):
            ours = each.removeprefix("first_stage_model.")
            found[ours] = weight.float() * (spread if weight.ndim > 1 else 1)
    if latent != 4:
        found["decoder.conv_in.weight"] = torch.zeros(32, latent, 3, 3)
    if layout == "of diffusers":
        found = {tiny_stable.vae_as_theirs(each): weight for each, weight in found.items()}
    if layout == "inside":
        found = {f"first_stage_model.{each}": weight for each, weight in found.items()}
    return save(f"{name}.safetensors", found)


def test_a_vae_in_a_file_of_its_own_stands_in_for_the_models(checkpoints: Path, tmp_path: Path) -> None:
    library = put(checkpoints)
    own = picture(library)
    for layout in ("file", "of diffusers", "inside"):
        write_vae(layout, layout)
    assert library.refresh() and sorted(library.vaes()) == ["file", "inside", "of diffusers"]
    made = [result(library, vae=layout) for layout in library.vaes()]
    assert all(np.array_equal(each.rgba, made[0].rgba) for each in made) and not np.array_equal(made[0].rgba, own)
    assert np.array_equal(picture(library), own), "the model has its own again"
    digests = {each.request.digest() for each in made}
    assert len(digests) == 3 and result(library).request.digest() not in digests
    place: Any = {"device": torch.device("cpu"), "dtype": torch.float32}
    models: list[Any] = [loaded(library), library.load("tiny", **place, asked=made[0].request)]
    assert models[0].networks.unet is models[1].networks.unet and models[0].networks.vae is not models[1].networks.vae


def test_a_vae_that_is_not_there_or_for_other_models_is_a_sentence(checkpoints: Path) -> None:
    library = put(checkpoints)
    write_vae("sixteen", latent=16)
    library.refresh()
    broken = load_file(write_vae("broken"))
    save("broken.safetensors", {each: broken[each] for each in broken if each != "decoder.norm_out.bias"})
    save("odd.safetensors", broken | {"decoder.conv_out.weight": torch.zeros(3, 31, 3, 3)})
    library.refresh()
    for name, sentence in (
        ("gone", "no VAE called 'gone'"), ("sixteen", "for models of another kind"),
        ("broken", "broken.safetensors is not whole: its vae lacks"), ("odd", "its vae has another shape of"),
    ):  # fmt: skip
        with pytest.raises(ModelError, match=sentence):
            picture(library, vae=name)
    with pytest.raises(BadRequest, match=f"{BUILT_IN} has an autoencoder that is a part of it"):
        library.card(BUILT_IN).checked(Request(vae="sixteen"))


def test_the_chosen_vae_is_remembered_and_the_picture_says_which_made_it(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = put(checkpoints)
    write_vae("vivid")
    assert run(["models", "set", "tiny", "--vae", "vivid"]) == 0 and "vae: vivid" in capsys.readouterr().out
    assert library.refresh() and library.card("tiny").usual().vae == "vivid" == Library().card("tiny").usual().vae
    asked = ["generate", "a house", "--model", "tiny", "--steps", "2", "--device", "cpu", "--out", str(tmp_path)]
    assert run(asked) == 0
    (file,) = tmp_path.glob("*.png")
    metadata = read(file)
    assert metadata.request is not None and metadata.request.vae == "vivid"
    assert metadata.made_with["vae_hash"] == of_files([paths.models_dir() / "vivid.safetensors"])
    (paths.models_dir() / "vivid.safetensors").rename(paths.models_dir() / "renamed.safetensors")
    rgba = np.asarray(Image.open(file))
    assert answer(reproducing(rgba, metadata.request, Library(), made_with=metadata.made_with)) == "exactly"
    (paths.models_dir() / "renamed.safetensors").unlink()
    write_vae("vivid", spread=1.5)
    verdict = returned(reproducing(rgba, metadata.request, Library(), made_with=metadata.made_with))
    assert verdict.answer != "exactly" and "Its VAE had the weights" in verdict.reasons[0]
    assert run(["models", "set", "tiny", "--vae", ""]) == 0 and Library().card("tiny").usual().vae == ""
    assert run(["models", "set", "tiny", "--vae", "none of these"]) == 2
    choices = paths.data_dir() / "models.json"
    for damaged in ("[]", '{"x": 3}', '{"x": {"vae": 7}}', "\0", '{"x": ' * 9999):
        choices.write_text(damaged)
        assert run(["models", "set", "tiny", "--vae", "vivid"]) == 0 and Library().card("tiny").usual().vae == "vivid"
    aside = sorted(paths.data_dir().glob("models.json.damaged*"))
    assert [place.read_text()[:2] for place in aside] == ["[]", "\0", '{"'], "none of them is lost"
    assert capsys.readouterr().err.count("What was chosen for models was damaged; it is kept as ") == 3
    choices.unlink()
    choices.mkdir()  # it is there, and cannot be read
    assert run(["models", "set", "tiny", "--vae", ""]) == 2 and choices.is_dir()


def answer(events: Generator[Any, None, Verdict]) -> str:
    return returned(events).answer


# few steps


def test_what_was_distilled_for_few_steps_begins_with_them(checkpoints: Path) -> None:
    library = put(checkpoints)
    assert library.card("tiny").usual().steps == 25
    choose(paths.models_dir() / "tiny.safetensors", few_steps="lightning")
    assert library.refresh()
    usual = library.card("tiny").usual()
    assert (usual.steps, usual.sampler, usual.spacing, usual.guidance_scale) == (4, "euler", "trailing", 1.0)
    assert picture(library, steps=usual.steps, sampler=usual.sampler, spacing=usual.spacing).std() > 4
    with pytest.raises(BadRequest, match="few-step kind called 'warp'; choose one of none, turbo"):
        choose(paths.models_dir() / "tiny.safetensors", few_steps="warp")
    for kind in FEW_STEPS.values():
        assert Request(**kind.settings).checked() and kind.settings["guidance_scale"] == 1


def test_a_file_that_says_so_is_believed_and_a_name_is_not() -> None:
    for name, told, steps in (
        ("sd15-turbo", {}, 25), ("plain", {"modelspec.title": "Dreams LCM"}, 4), ("hyper", {"modelspec.tags": "x"}, 25)
    ):  # fmt: skip
        tiny_stable.write(paths.models_dir() / f"{name}.safetensors", words=1, told=told)
        assert Library().card(name).usual().steps == steps, name
    choose(paths.models_dir() / "plain.safetensors", few_steps=NONE)
    assert Library().card("plain").usual().steps == 25
    folder = tiny_stable.write_folder(paths.models_dir() / "folder", scheduler={"_class_name": "LCMScheduler"})
    card = Library().card(folder.name)
    assert (card.few_steps, card.usual().sampler) == ("lcm", "lcm")


def test_a_model_that_is_told_its_guidance_is_known_by_a_key(checkpoints: Path) -> None:
    """In one pass and without a negative side: LCM, as its authors' folders have it."""
    put(checkpoints)
    plain = loaded(Library())
    place = paths.models_dir() / "tiny.safetensors"
    tensors = load_file(place) | {"model.diffusion_model.guidance_proj.weight": 0.3 * torch.randn(64, 256)}
    place.unlink()
    save_file(tensors, place, {"modelspec.resolution": "64x64"})
    library = Library()
    card = library.card("tiny")
    assert (card.few_steps, card.usual().sampler, card.usual().guidance_scale) == ("lcm", "lcm", 1.0)
    assert card.parameters == plain.card.parameters + 64 * 256
    usual, strong = picture(library), picture(library, factors={"told_guidance": 13.0})
    assert not np.array_equal(usual, strong)
    for changes, sentence in (({"guidance_scale": 4.0}, "without guidance"), ({"negative_prompt": "x"}, "no negative")):
        with pytest.raises(BadRequest, match=sentence):
            picture(library, **changes)


def write_lora(name: str, **told: str) -> Path:
    """An adapter of one layer of the U-Net, for Stable Diffusion 1."""
    layer, numbers = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", torch.Generator()
    found = {
        f"{layer}.lora_down.weight": torch.randn(4, 768, generator=numbers.manual_seed(5)),
        f"{layer}.lora_up.weight": torch.randn(64, 4, generator=numbers),
    }
    place = paths.models_dir() / f"{name}.safetensors"
    save_file(found, place, told)
    return place


def test_an_adapter_for_few_steps_makes_a_quicker_version_of_the_models_it_is_for(checkpoints: Path) -> None:
    library = put(checkpoints)
    place = write_lora("speedy")
    library.refresh()
    assert not [card for card in library.cards() if card.fast_of == "tiny"], "its name alone says nothing"
    choose(place, few_steps="lcm")
    assert library.refresh()
    (quick,) = (card for card in library.cards() if card.fast_of == "tiny")
    assert (quick.name, quick.usual().steps, quick.usual().sampler) == ("tiny + speedy", 4, "lcm")
    assert [line.name for line in library.held()].count("tiny") == 1
    asked = {"steps": 2, "sampler": "lcm", "spacing": "lcm_50"}
    made = result(library, model=quick.name, **asked)
    assert np.array_equal(made.rgba, picture(library, prompt="a house<lora:speedy:1>", **asked))
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
    choose(place, few_steps="")
    write_lora("told", **{"modelspec.title": "Turbo, by its maker"})
    assert library.refresh() and [card.name for card in library.cards() if card.fast_of == "tiny"] == ["tiny + told"]


@pytest.mark.parametrize("replaced", ["nothing", "vae", "adapter"])
def test_a_run_that_was_broken_off_begins_again_where_a_part_of_it_was_replaced(
    replaced: str, checkpoints: Path
) -> None:
    library, data = put(checkpoints), b""
    adapter = write_lora("soft")
    write_vae("vivid")
    library.refresh()
    asked = Request(**ASKED | {"prompt": "a house<lora:soft:1>", "vae": "vivid"})

    def keep(more: bytes, *, anew: bool) -> None:
        nonlocal data
        data = more if anew else data + more

    kept, first = StepsKept(keep), next(event for event in generate(asked, library) if isinstance(event, Advance))
    kept.add(first)
    kept.flush()
    if replaced == "vae":
        write_vae("vivid", spread=1.5)
    elif replaced == "adapter":
        save_file({name: 2 * weight for name, weight in load_file(adapter).items()}, adapter)
    library.refresh()
    again = next(event for event in going_on(asked, library, stood=data) if isinstance(event, Advance))
    assert (again.seconds == first.seconds) is (replaced == "nothing"), "steps are given as they were made"


def test_only_whole_words_name_a_few_step_kind_and_no_file_name_does(checkpoints: Path) -> None:
    put(checkpoints)
    titles = {
        "SDXL-Lightning-4step": "lightning", "Hyper-SD15-8steps": "hyper", "dreamsXLTurbo": "turbo",
        "sd_xl_turbo": "turbo", "x, lcm_lora": "lcm", "Latent Consistency": "lcm", "HyperSD": "hyper",
        "Dreams, hyper": "hyper", "HyperRealistic": "", "Hyper realistic fur": "", "calcmix": "", "Turbochargers": "",
    }  # fmt: skip
    for number, title in enumerate(titles):
        write_lora(f"a{number}", **{("modelspec.tags" if "," in title else "modelspec.title"): title})
    write_lora("named", ss_output_name="sdxl_turbo")
    quick = {card.name: card.usual() for card in Library().cards() if card.fast_of == "tiny"}
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
def test_a_file_may_say_for_how_few_steps_it_was_made(title: str, steps: int, checkpoints: Path) -> None:
    put(checkpoints)
    write_lora("speedy", **{"modelspec.title": title})
    tiny_stable.write(paths.models_dir() / "whole.safetensors", words=1, told={"modelspec.title": title})
    library = Library()
    assert [library.card(name).usual().steps for name in ("tiny + speedy", "whole")] == [steps, steps]
    choose(paths.models_dir() / "whole.safetensors", few_steps="turbo")
    assert Library().card("whole").usual().steps == (steps if title.startswith("Turbo") else 4)


def test_a_vae_of_no_numbers_is_an_error_that_names_its_file(checkpoints: Path) -> None:
    bias = torch.tensor([torch.nan, 0, 0])
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", **{"first_stage_model.decoder.conv_out.bias": bias})
    put(checkpoints, name="sound")
    other = write_vae("other")
    save("other.safetensors", load_file(other) | {"decoder.conv_out.bias": bias})
    for settings, file in (({}, "tiny"), ({"model": "sound", "vae": "other"}, "other")):
        with pytest.raises(ModelError, match=f"{file}.safetensors is damaged: '.*conv_out.bias' holds what is no"):
            picture(Library(), **settings)


def test_what_of_an_adapter_or_a_word_has_no_place_is_said(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = put(checkpoints)
    place = write_lora("odd")
    found = load_file(place) | {f"lora_unet_nowhere.lora_{side}.weight": torch.ones(2, 2) for side in ("up", "down")}
    save_file(found, place)
    save_file({"emb_params": torch.ones(1, 1024)}, paths.models_dir() / "foreign.safetensors")
    asked = {**ASKED, "prompt": "a foreign house<lora:odd:1>", "count": 2, "batch": 1}
    notes = [event.note for event in generate(Request(**asked), library) if isinstance(event, Phase) and event.note]
    assert notes == [
        "odd.safetensors: 1 of 2 layers have no place in this model, such as 'lora_unet_nowhere'.",
        "foreign.safetensors was learnt with another model; 'foreign' is read as the word that it is.",
    ]
    command = ["generate", "a <lora:odd:1>", "--model", "tiny", "--steps", "1", "--count", "2"]
    assert run([*command, "--device", "cpu,cpu", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().err.count(notes[0]) == 1, "by one of the workers"
    assert not [event for event in generate(Request(**ASKED), library) if isinstance(event, Phase) and event.note]


def test_what_a_model_predicts_is_chosen_and_said(checkpoints: Path) -> None:
    library = put(checkpoints)
    place = paths.models_dir() / "tiny.safetensors"
    own = result(library)
    choose(place, prediction="v")
    assert library.refresh() and library.card("tiny").prediction == "v"
    other = result(library)
    assert not np.array_equal(own.rgba, other.rgba) and other.made is not None and own.made is not None
    assert (own.made.parts["prediction"], other.made.parts["prediction"]) == ("epsilon", "v")
    verdict = returned(reproducing(own.rgba, own.request, library, made_with=own.made.note()))
    assert verdict.reasons == ("Its model was taken to predict epsilon; here it is taken to predict v.",)
    choose(place, prediction="")
    assert library.refresh()
    assert answer(reproducing(own.rgba, own.request, library, made_with=own.made.note())) == "exactly"
    with pytest.raises(BadRequest, match="no prediction called 'x0'; choose one of epsilon, v"):
        choose(place, prediction="x0")


# several passes


@pytest.fixture
def refined(checkpoints: Path) -> Library:
    put(checkpoints, "refiner", "finer")
    return put(checkpoints, "sdxl")


def titles(advances: Sequence[Advance]) -> list[str]:
    """Of the models that made the steps."""
    stages: list[Any] = [stage_of(each.model, each.step) for each in advances]
    return [stage.model.kind.title for stage in stages]


def test_only_what_a_model_takes_is_chosen_for_it(
    refined: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    write_vae("vivid")
    for name, part, value, said in (
        (BUILT_IN, "vae", "vivid", f"{BUILT_IN} takes no VAE in place of its own; leave that as it is."),
        (BUILT_IN, "few-steps", "lcm", "is nothing that is distilled to draw in few steps; leave that as it is."),
        (BUILT_IN, "prediction", "v", f"{BUILT_IN} predicts what its file says; leave that as it is."),
        ("finer", "refiner", "finer", "finer goes on with no refiner; leave that as it is."),
        ("tiny", "refiner", BUILT_IN, f"tiny cannot go on with {BUILT_IN}, which is no refiner; choose another model"),
        ("tiny", "refiner", "gone", "There is no model called 'gone'"),
    ):
        assert run(["models", "set", name, f"--{part}", value]) == 2 and said in capsys.readouterr().err
    assert not (paths.data_dir() / "models.json").exists()
    assert run(["models", "set", "tiny", "--refiner", "finer", "--vae", "vivid"]) == 0
    assert run(["models", "set", BUILT_IN, "--vae", ""]) == 0, "nothing can be chosen"


def test_a_refiner_goes_on_from_where_the_model_stands(refined: Library) -> None:
    asked = {"refiner": "finer", "factors": {"refined": 0.5}, "steps": 4}
    events = list(generate(Request(**{**ASKED, **asked}), refined))
    advances = [event for event in events if isinstance(event, Advance)]
    (made,) = (event for event in events if isinstance(event, Result))
    assert titles(advances) == ["SDXL"] * 2 + ["SDXL refiner"] * 2
    alone = [e for e in generate(Request(**{**ASKED, "steps": 4}), refined) if isinstance(e, Advance)]
    assert [each.step.at for each in advances] == [each.step.at for each in alone], "it is one way"
    assert torch.equal(advances[1].step.x, alone[1].step.x) and not torch.equal(advances[2].step.x, alone[2].step.x)
    for step in (0, 1, 2):
        again = generate(Request(**{**ASKED, **asked}), refined, resume=advances[step].step)
        (same,) = (event for event in again if isinstance(event, Result))
        assert np.array_equal(same.rgba, made.rgba)
    assert made.made is not None and made.made.parts["refiner_hash"] == fingerprint(refined.card("finer"))
    assert np.array_equal(picture(refined, steps=4), picture(refined, steps=4, factors={"refined": 0.5})), "without one"


def test_a_branch_of_a_branch_finds_the_refiner_and_the_vae_of_all_before_it(
    refined: Library, tmp_path: Path
) -> None:
    """Both have been renamed since."""
    write_vae("vivid")
    refined.refresh()
    first = Request(**{**ASKED, "refiner": "finer", "vae": "vivid", "steps": 3, "factors": {"refined": 0.5}})
    second = replace(first, prompt="a hut", branch=Branch(first, 1))
    third = replace(second, prompt="a barn", branch=Branch(second, 2))
    made = result(refined, **vars(third))
    with closing(Gallery.open(tmp_path)) as gallery:
        file = gallery.keep(made).path
    for name in ("vivid", "finer"):
        (paths.models_dir() / f"{name}.safetensors").rename(paths.models_dir() / f"its {name}.safetensors")
    request = load_steps(made.steps).exactly(Library()).request
    while True:
        assert (request.refiner, request.vae) == ("its finer", "its vivid")
        if request.branch is None:
            break
        request = request.branch.parent
    for steps in tmp_path.glob(".steps/**/*.steps"):
        steps.unlink()
    assert run(["film", str(file), "--to", str(tmp_path / "a.gif")]) == 0
    assert run(["generate", "a shed", "--branch", str(file), "--step", "2", "--out", str(tmp_path)]) == 0


def test_a_model_and_its_refiner_give_the_numbers_of_diffusers(refined: Library) -> None:
    """Of their two pipelines, one after the other; written down by tests/parity/by_refiner.py."""
    with np.load(Path(__file__).parents[1] / "data" / "parity" / "refiner.npz") as stored:
        theirs = {name: torch.from_numpy(stored[name]) for name in ("between", "last")}
    asked = Request(
        prompt="a photo of an astronaut riding a horse on mars, highly detailed", negative_prompt="blurry", steps=4,
        guidance_scale=5.0, sampler="ddim", spacing="leading_1", model="tiny", refiner="finer", device="cpu",
        factors={"refined": 0.5}, dtype="fp32",
    )  # fmt: skip
    model = load_for(refined, asked, device=torch.device("cpu"), dtype=torch.float32)
    course = Course(model, refined.card("tiny").checked(asked), (0,))
    x = parity.inputs("pipeline sdxl", 1, 4, 8, 8).float()
    steps = list(denoising(course, Start(x, course.path)))
    for step, wanted in ((steps[1], theirs["between"]), (steps[3], theirs["last"])):
        assert (step.x - wanted).abs().max() < 1e-4 * wanted.abs().max()


def test_a_picture_that_is_begun_from_may_be_the_refiners_from_the_first(refined: Library) -> None:
    drawing = np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8)
    begun: dict[str, Any] = {"image": inputs.keep(drawing), "strength": 0.3, "refiner": "finer", "steps": 6}
    events = list(generate(Request(**{**ASKED, **begun, "factors": {"refined": 0.9}}), refined))
    steps = [event for event in events if isinstance(event, Advance)]
    assert set(titles(steps)) == {"SDXL refiner"} and len(steps) < 6
    with pytest.raises(BadRequest, match="in several stages"):
        picture(refined, **begun, inverted=True)


def test_what_is_no_refiner_is_refused(refined: Library) -> None:
    with pytest.raises(ModelError, match="tiny is no refiner"):
        picture(refined, refiner="tiny")
    with pytest.raises(BadRequest, match="finer goes on with no refiner"):
        refined.card("finer").checked(Request(refiner="finer"))
    with pytest.raises(BadRequest, match="give it at least so many steps"):
        picture(refined, refiner="finer", steps=1)


def test_a_second_pass_makes_the_picture_larger(checkpoints: Path) -> None:
    library = put(checkpoints)
    asked: dict[str, Any] = {"steps": 5, "factors": {"enlarged": 1.5, "enlarged_strength": 0.5}, "size": (96, 64)}
    events = list(generate(Request(**{**ASKED, **asked}), library))
    advances = [event for event in events if isinstance(event, Advance)]
    (made,) = (event for event in events if isinstance(event, Result))
    assert made.rgba.shape == (96, 144, 3)
    assert [tuple(each.step.x.shape[2:]) for each in advances] == [(8, 12)] * 3 + [(12, 18)] * 2
    model, second = loaded(library), advances[0].model.stages[1]
    before = advances[2].step.x
    path = second.way(advances[0].model.card, made.request, 3, 5)
    x = second.start([Ask(before=before)], path, lambda step, like: torch.zeros_like(like), torch.empty(1, 4, 12, 18))
    larger = F.interpolate(model.pictures(before), (96, 144), mode="bicubic", antialias=True)
    assert torch.allclose(x, path[0].alpha * model.latents(larger.clamp(-1, 1)), atol=1e-5), "it goes on from the first"
    half = point_at(model.diffusion.process, 0.5)
    assert len(path) == 3 and path[-1].sigma == 0 and 0.4 < path[0].ratio / half.ratio <= 1
    for step in (1, 2, 3):
        (same,) = (
            event for event in generate(Request(**{**ASKED, **asked}), library, resume=advances[step].step)
            if isinstance(event, Result)
        )  # fmt: skip
        assert np.array_equal(same.rgba, made.rgba)
    log = load_steps(made.steps)
    frames = list(views_of(log, library))
    assert [frame.predicted.shape[:2] for frame in frames] == [(64, 96)] * 3 + [(96, 144)] * 2
    assert answer(reproducing(made.rgba, made.request, library, made_with={})) == "exactly"


# other sizes


def test_sides_may_be_any_that_the_latents_divide(checkpoints: Path) -> None:
    library = put(checkpoints)
    assert picture(library, size=(104, 72)).shape == (72, 104, 3)
    for size in ((100, 64), (56, 64), (8, 800)):
        with pytest.raises(BadRequest, match="or with sides of any multiple of 8 pixels from 64 on, not"):
            picture(library, size=size)
    with pytest.raises(BadRequest, match="second pass would make 4608x4608 pixels; 4096 a side are the most"):
        library.card("tiny").checked(Request(size=(2304, 2304), factors={"enlarged": 2.0}))


@pytest.mark.parametrize("kind", ["sd1", "inpainting"])
def test_a_picture_is_painted_on_around_and_stays_as_it_is(kind: str, checkpoints: Path, tmp_path: Path) -> None:
    library = put(checkpoints, kind)
    drawing = np.random.default_rng(3).integers(0, 256, (60, 68, 3), np.uint8)
    image, mask, size = inputs.extended(inputs.keep(drawing), (16, 0, 30, 12))
    assert size == (120, 72)
    extended = {"image": image, "mask": mask, "size": size, "strength": 1.0}
    made = picture(library, **extended)
    assert made.shape == (72, 120, 3) and np.array_equal(made[:60, 16:84], drawing)
    assert made[:, 96:].std() > 4 and not np.array_equal(made, picture(library, **extended, seed=8))
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


def test_a_text_encoder_that_knows_too_few_words_is_a_sentence() -> None:
    tiny_stable.write(paths.models_dir() / "tiny.safetensors", words=100)
    with pytest.raises(ModelError, match=r"tiny.safetensors knows fewer words"):
        picture(Library())


# memory


def test_text_encoders_are_let_go_where_memory_is_short(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = put(checkpoints)
    plenty = picture(library)
    texts = loaded(library).networks.texts
    assert set(texts.held) == {"text_encoder"}
    gone = weakref.ref(texts["text_encoder"])
    monkeypatch.setattr(memory, "free", lambda: 1)
    short = picture(library)
    assert not texts.held and gone() is None and np.array_equal(short, plenty)
    monkeypatch.undo()
    assert np.array_equal(picture(library), plenty) and texts.held


def test_a_model_is_warmed_up_with_a_step_of_each_stage(refined: Library) -> None:
    asked = Request(**{**ASKED, "refiner": "finer", "factors": {"enlarged": 2.0, "refined": 0.5}})
    load_model(refined, asked)
    assert refined.is_loaded("tiny", device=torch.device("cpu"), dtype=torch.float32, asked=asked)


# what prompts name


def word_file(name: str, word: str) -> Path:
    """An embedding of two vectors, those of another word."""
    table = tiny_stable.weights("sd1")["cond_stage_model.transformer.text_model.embeddings.token_embedding.weight"]
    return save(f"{name}.safetensors", {"emb_params": table[clip_tokenizer().encode(f"{word} {word}").ids]})


def test_a_lora_or_an_embedding_that_is_another_file_now_is_named(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = put(checkpoints)
    soft = write_lora("soft")
    word, _ = word_file("face", "blue"), word_file("fac", "red")
    asked = ["generate", "a face <lora:soft:0.8>", "--model", "tiny", "--steps", "2", "--device", "cpu"]
    assert run([*asked, "--out", str(tmp_path)]) == 0
    file = Path(capsys.readouterr().out.strip())
    made_with = read(file).made_with
    assert made_with["LoRA soft"] == hashes(soft).content[:12]
    assert made_with["embedding face"] == hashes(word).sha256[:12] and "embedding fac" not in made_with
    assert run(["reproduce", str(file)]) == 0

    before = soft.read_bytes()
    save_file({name: 2 * weight for name, weight in load_file(soft).items()}, soft)
    assert run(["reproduce", str(file)]) == 1
    said = capsys.readouterr().out
    assert f"Its LoRA soft had the hash {made_with['LoRA soft']}; the one here has " in said and "face" not in said
    soft.write_bytes(before)
    word_file("face", "green")
    assert run(["reproduce", str(file), "--json"]) == 1
    (reason,) = json.loads(capsys.readouterr().out)["reasons"]
    assert reason.startswith("Its embedding face had the hash ")
    word.unlink()
    assert run(["reproduce", str(file)]) == 1 and "; it is not here." in capsys.readouterr().out

    word_file("face", "blue")
    word_file("a", "red")
    assert run(["reproduce", str(file)]) == 1
    assert "The embedding a is used here, and was not there then." in capsys.readouterr().out

    metadata = read(file)
    old = {name: said for name, said in made_with.items() if not name.startswith(("LoRA", "embedding"))}
    rgba = np.asarray(Image.open(file))
    verdict = returned(reproducing(rgba, metadata.request, library, made_with=old))
    assert verdict.answer != "exactly" and "Nothing is known to be otherwise" in verdict.reasons[0]
