"""Settings of a checkpoint beside its file: the grammar of its prompts, its number types and its companion files."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, DeviceError, ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.reproduction import check_reproduction
from gdm_studio.gallery import read
from gdm_studio.jobs.queue import REMEDIES
from gdm_studio.models.families.base import IncompleteModel
from gdm_studio.models.families.stable_diffusion.architecture import check_network
from gdm_studio.models.files.hashes import hash_file
from gdm_studio.models.fingerprint import named_files_stamp, part_hashes
from gdm_studio.models.forward_process import forward_process, noise_level_at
from gdm_studio.models.installed.model_options import save_choices
from gdm_studio.models.memory.precision import dtype_name
from gdm_studio.models.model_card import fast_version
from gdm_studio.models.model_library import Library
from gdm_studio.networks.stable_diffusion.configurations import UNetConfig, unet_weights
from gdm_studio.request.generation_events import Phase
from gdm_studio.request.generation_request import BUILT_IN, Branch, Request
from gdm_studio.ui.create.request_settings import selectable_models
from tests.families.test_stable_parts import (
    ASKED,
    generate_image,
    generate_result,
    library_with,
    save,
    verdict_of,
    write_lora,
)
from tests.helpers import tiny_stable
from tests.helpers.file_openings import record_openings
from tests.helpers.verdicts import run_to_verdict

# The grammar of prompts.

LITERAL = "a [b] (c:2) BREAK <lora:x:1>"


@pytest.mark.slow
def test_a_request_contains_the_grammar_of_its_prompt(checkpoints: Path, tmp_path: Path) -> None:
    library = library_with(checkpoints)
    weighed, literal = (
        generate_result(library, prompt="a (red:1.6) house", grammar=each) for each in ("auto", "plain")
    )
    assert (weighed.request.grammar, literal.request.grammar) == ("webui", "plain")
    assert not np.array_equal(weighed.rgba, literal.rgba)
    assert np.array_equal(weighed.rgba, generate_image(library, prompt="a (red:1.6) house", grammar="webui"))
    assert np.array_equal(literal.rgba, generate_image(library, prompt=r"a \(red:1.6\) house")), "brackets are letters"
    asked = ["generate", "a (red:1.6) house", "--grammar", "Plain words", "--model", "tiny", "--steps", "2"]
    more = ["--seed", "7", "--device", "cpu", "--guidance", "1", "--dtype", "fp32", "--out", str(tmp_path)]
    assert run([*asked, *more]) == 0
    (file,) = tmp_path.glob("*.png")
    told = read(file).request
    assert told is not None and told.grammar == "plain"
    assert (
        verdict_of(check_reproduction(literal.rgba, told, library, made_with={"dtype": "fp32", "device": "CPU"}))
        == "exactly"
    )


def test_plain_prompts_have_no_tags(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    with pytest.raises(BadRequest, match="no LoRA called 'x'"):
        generate_image(library, prompt=LITERAL)
    events = list(generate(Request(**{**ASKED, "prompt": f"{LITERAL} <hypernet:y:1>"}, grammar="plain"), library))
    assert not [event.note for event in events if isinstance(event, Phase) and event.note]
    card, request = library.card("tiny"), Request(prompt="a <lora:x:1>", grammar="plain")
    assert named_files_stamp(card, request) == {}


@pytest.mark.slow
def test_old_images_get_the_grammar_of_their_model(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    made = generate_result(library, prompt="a ((red)) [house:shed:1]")
    told = json.loads(made.request.to_json())
    assert told.pop("grammar") == "webui"
    before = Request.from_json(json.dumps(told))
    assert before.grammar == "auto" and before.digest() == made.request.digest()
    assert (
        verdict_of(check_reproduction(made.rgba, before, library, made_with={"dtype": "fp32", "device": "CPU"}))
        == "exactly"
    )
    old = Request(prompt="a [b] (c:2) <lora:x:1>", seed=3, model="tiny", size=(64, 64), rules=1).checked()
    assert old.digest() == "969aaf7a97fe9a061bb0bb44ecd32373", "as before requests had a grammar"
    assert library.card("tiny").checked(old).digest() != library.card("tiny").checked(in_plain_grammar(old)).digest()
    branch = library.card("tiny").checked(Request(**ASKED, branch=Branch(Request(**ASKED), 1)))
    assert branch.branch is not None and branch.grammar == branch.branch.parent.grammar == "webui"


def in_plain_grammar(request: Request) -> Request:
    return Request(**{**vars(request), "grammar": "plain"})


def test_a_model_without_a_grammar_reads_plain_words() -> None:
    card = Library().card(BUILT_IN)
    asked = Request(prompt="a [b] (c:2)", seed=3, rules=1)
    assert asked.checked().digest() == "9143ead2fea53609d1d50416e302ad11"
    assert card.checked(in_plain_grammar(asked)) == card.checked(asked) and card.checked(asked).grammar == "auto"
    with pytest.raises(BadRequest, match=f"{BUILT_IN} reads prompts as plain words; leave out the grammar"):
        card.checked(Request(prompt="a", grammar="webui"))
    with pytest.raises(BadRequest, match="no grammar called 'latex'; choose one of auto, plain, webui"):
        Request(grammar="latex").checked()


# Number types.


def memory_mappings() -> list[str]:
    """Return the memory mappings of this process; empty except on Linux."""
    place = Path("/proc/self/maps")
    return place.read_text().splitlines() if place.exists() else []


def test_fp16_is_refused_on_a_cpu(checkpoints: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = library_with(checkpoints)
    with pytest.raises(DeviceError, match="^A CPU computes no fp16; choose bf16, fp32 or auto, or another device.$"):
        generate_image(library, dtype="fp16")
    assert run(["generate", "a house", "--model", "tiny", "--device", "cpu", "--dtype", "fp16"]) == 2
    assert capsys.readouterr().err.count("A CPU computes no fp16") == 1
    made = generate_result(library)
    assert REMEDIES["cpu"].apply(Request(device="cuda", dtype="fp16")).dtype == "fp32"
    told = {"dtype": "fp16", "device": "NVIDIA T4"}
    verdict = run_to_verdict(check_reproduction(made.rgba[:, ::-1], made.request, library, made_with=told))
    assert "It was made in fp16; here in fp32." in verdict.reasons


def test_fp16_keeps_unet_weights_mapped_and_the_rest_in_fp32(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float16)
    stored = load_file(paths.models_dir() / "tiny.safetensors")
    for name, weight in model.networks.unet.named_parameters():
        there = stored[f"model.diffusion_model.{name}"]
        assert weight.dtype == torch.float16 and torch.equal(weight.view(-1), there.view(-1)), name
    pages = [line.split()[0].split("-") for line in memory_mappings() if "tiny.safetensors" in line]
    ranges = [range(int(first, 16), int(last, 16)) for first, last in pages]
    places = [weight.data_ptr() for weight in model.networks.unet.parameters()]
    assert not pages or all(any(place in each for each in ranges) for place in places), "nothing is copied"
    assert dtype_name(model.dtype) == "fp16" and model.card.dtypes == ("bf16", "fp16", "fp32")
    others = (*model.networks.vae.parameters(), *model.networks.texts["text_encoder"].parameters())
    assert {weight.dtype for weight in others} == {torch.float32}, "an XL's VAE overflows in fp16"


# The end of the noise schedule.


@pytest.mark.slow
def test_zero_terminal_snr_is_set_saved_and_reported(checkpoints: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = library_with(checkpoints)
    asked = ["models", "set", "tiny"]
    assert run([*asked, "--zero-snr", "yes"]) == 2 and "choose the prediction v first" in capsys.readouterr().err
    assert run([*asked, "--zero-snr", "maybe"]) == 2
    assert "There is no zero terminal SNR called 'maybe'; choose one of yes, no." in capsys.readouterr().err
    assert run(["models", "set", BUILT_IN, "--zero-snr", "no"]) == 2
    assert run([*asked, "--prediction", "v"]) == 0 and library.refresh()
    before = generate_result(library)
    assert run([*asked, "--zero-snr", "yes"]) == 0 and "zero snr: yes" in capsys.readouterr().out
    assert library.refresh() and Library().card("tiny").has_zero_snr and library.card("tiny").has_zero_snr
    made = generate_result(library)
    assert np.isfinite(made.rgba).all() and not np.array_equal(made.rgba, before.rgba)
    process = forward_process(library.card("tiny"))
    assert (
        noise_level_at(process, 1.0).ratio > 1000 * noise_level_at(forward_process(Library().card("tiny")), 0.9).ratio
    )
    assert made.made is not None and made.made.parts["prediction"] == "v with zero terminal SNR"
    assert run([*asked, "--zero-snr", ""]) == 0 and library.refresh()
    verdict = run_to_verdict(check_reproduction(made.rgba, made.request, library, made_with=made.made.note()))
    told = "Its model was assumed to predict v with zero terminal SNR; here it is assumed to predict v."
    assert verdict.answer != "exactly" and told in verdict.reasons
    assert np.array_equal(generate_image(library), before.rgba), "the model in memory is another one"
    assert run([*asked, "--prediction", "epsilon"]) == 0 and run([*asked, "--zero-snr", "no"]) == 0


def test_zero_terminal_snr_of_a_file_can_be_turned_off(checkpoints: Path) -> None:
    place = paths.models_dir() / "marked.safetensors"
    tiny_stable.write(place, words=1, v_pred=torch.zeros(1), ztsnr=torch.zeros(1))
    library = Library()
    assert library.card("marked").has_zero_snr and part_hashes(library.card("marked")) == {"prediction": "v"}, "as ever"
    save_choices(place, zero_snr="no")
    assert library.refresh() and not library.card("marked").has_zero_snr and library.card("marked").prediction == "v"
    assert part_hashes(library.card("marked")) == {"prediction": "v without zero terminal SNR"}
    save_choices(place, zero_snr="", prediction="epsilon")
    assert library.refresh() and not library.card("marked").has_zero_snr


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["folder", "file"])
def test_a_model_of_the_noise_may_have_zero_terminal_snr(layout: str) -> None:
    """Check that the rescaled schedule ends as in diffusers' EulerDiscreteScheduler or in A1111's web UI."""
    if layout == "folder":
        scheduler = {"prediction_type": "epsilon", "rescale_betas_zero_snr": True}
        place = tiny_stable.write_folder(paths.models_dir() / "tiny", scheduler=scheduler)
    else:
        place = paths.models_dir() / "tiny.safetensors"
        tiny_stable.write(place, ztsnr=torch.zeros(1))
    library = Library()
    card = library.card("tiny")
    assert card.prediction == "epsilon" and card.has_zero_snr
    roots = np.sqrt(np.cumprod(1 - np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2))
    bars = ((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2
    bars[-1] = 2**-24 if layout == "folder" else 4.8973451890853435e-08
    assert [1 / (1 + ratio**2) for ratio in forward_process(card).ratios] == pytest.approx(bars, rel=1e-9)
    assert np.isfinite(generate_image(library, sampler="euler", spacing="trailing")).all()
    assert part_hashes(card) == {"prediction": "epsilon with zero terminal SNR"}
    assert run(["models", "set", "tiny", "--zero-snr", "no"]) == 0 and library.refresh()
    assert not library.card("tiny").has_zero_snr and forward_process(library.card("tiny")).ratios[-1] < 15
    assert run(["models", "set", "tiny", "--zero-snr", "yes"]) == 0 and library.refresh()
    assert forward_process(library.card("tiny")) == forward_process(card)
    # Earlier versions ignored the zero SNR of such files, so "v" alone names their images.
    for choice, predicts in (("", "v with zero terminal SNR"), ("yes", "v with zero terminal SNR"), ("no", "v")):
        save_choices(place, prediction="v", zero_snr=choice)
        library.refresh()
        assert part_hashes(library.card("tiny")) == {"prediction": predicts}
        assert (forward_process(library.card("tiny")).ratios[-1] == np.inf) == (choice != "no")


# Checkpoints without an autoencoder.


def without_vae(checkpoints: Path, kind: str, name: str) -> Path:
    """Write a checkpoint of this kind without its autoencoder."""
    stored = load_file(write_shared(checkpoints, kind))
    return save(f"{name}.safetensors", {each: stored[each] for each in stored if "first_stage" not in each})


def write_shared(checkpoints: Path, kind: str) -> Path:
    if not (there := checkpoints / f"{kind}.safetensors").exists():
        tiny_stable.write(there, kind)
    return there


@pytest.mark.slow
def test_a_checkpoint_without_a_vae_uses_the_chosen_one(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library_with(checkpoints)
    place = without_vae(checkpoints, "sd1", "pruned")
    library = Library()
    card = library.card("pruned")
    assert card.accepts.needs_vae and not library.card("tiny").accepts.needs_vae and not library.refused()
    with pytest.raises(BadRequest, match="^pruned has no VAE of its own; choose one for it, or put one into"):
        generate_image(library, model="pruned")
    with pytest.raises(ModelError, match="pruned has no VAE of its own"):
        library.load("pruned", device=torch.device("cpu"), dtype=torch.float32)
    stored = load_file(write_shared(checkpoints, "sd1"))
    vae = {each.removeprefix("first_stage_model."): stored[each] for each in stored if "first_stage" in each}
    save("its own.safetensors", vae)
    assert run(["models", "set", "pruned", "--vae", "its own"]) == 0 and library.refresh()
    whole = generate_image(library)
    assert library.card("pruned").default_request().vae == "its own"
    assert np.array_equal(generate_image(library, model="pruned", vae="its own", size=(64, 64)), whole)
    save("odd.safetensors", vae | {"decoder.conv_in.weight": torch.zeros(32, 16, 3, 3)})
    with pytest.raises(ModelError, match="odd.safetensors is a VAE for another kind of model"):
        generate_image(library, model="pruned", vae="odd")
    elsewhere = tmp_path / "more.safetensors"
    save_file({each: stored[each] + 0 for each in stored if "first_stage" not in each}, elsewhere)
    place.unlink()
    assert run(["models", "add", str(elsewhere)]) == 0 and Library().card("more").accepts.needs_vae


@pytest.mark.slow
def test_the_vae_beside_a_checkpoint_is_its_default(checkpoints: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library_with(checkpoints, "sd1")
    without_vae(checkpoints, "sd1", "pruned")
    stored = load_file(write_shared(checkpoints, "sd1"))
    vae = {each.removeprefix("first_stage_model."): stored[each] * 1.2 for each in stored if "first_stage" in each}
    torch.save({"state_dict": vae}, paths.models_dir() / "Tiny.vae.pt")
    for name in ("pruned.vae", "other.vae", "old/pruned.vae"):
        (paths.models_dir() / "old").mkdir(exist_ok=True)
        save(f"{name}.safetensors", vae)
    library = Library()
    assert {name: library.card(name).default_request().vae for name in ("tiny", "pruned")} == {
        "tiny": "Tiny.vae", "pruned": "pruned.vae",
    }  # fmt: skip
    own = generate_image(library, model="tiny", size=(64, 64))
    beside = generate_image(library, model="tiny", vae="Tiny.vae", size=(64, 64))
    assert not np.array_equal(own, beside), "a request without a VAE has the model's own, as in earlier versions"
    assert run(["generate", "x", "--model", "tiny", "--steps", "1"]) == 0
    picture = read(Path(capsys.readouterr().out.splitlines()[-1]))
    assert picture.request is not None and picture.request.vae == "Tiny.vae"
    assert run(["models", "set", "tiny", "--vae", "other.vae"]) == 0 and library.refresh()
    assert library.card("tiny").default_request().vae == "other.vae"


@pytest.mark.slow
def test_a_refiner_without_a_vae_uses_that_of_the_model(checkpoints: Path) -> None:
    library_with(checkpoints, "refiner", "finer")
    library_with(checkpoints, "sdxl")
    without_vae(checkpoints, "refiner", "pruned")
    library = Library()
    asked: dict[str, Any] = dict(steps=4, factors={"refined": 0.5})
    wanted = generate_image(library, refiner="finer", **asked)
    assert np.array_equal(generate_image(library, refiner="pruned", **asked), wanted)


# Incomplete checkpoints.


@pytest.mark.slow
def test_missing_weights_are_listed_without_reading_weights(
    checkpoints: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = load_file(write_shared(checkpoints, "sdxl"))
    gone = [each for each in stored if each.startswith("model.diffusion_model.output_blocks.3.0.out_layers")]
    place = save("half.safetensors", {each: stored[each] for each in stored if each not in gone})
    os.utime(place, (1e9, 1e9))
    said = (
        "half.safetensors is nearest to SDXL, but not whole: its unet lacks 4 weights such as "
        "'output_blocks.3.0.out_layers.0.bias'; copy or download it again, or choose another model."
    )
    library = Library()
    (line,) = (line for line in library.model_table() if line.path == place)
    assert (line.family, line.card, line.summary) == ("SDXL, not whole", None, said)
    assert line.parameters and "half" not in [card.name for card in library.cards()]
    with record_openings() as seen:
        again = Library()
        assert line in again.model_table() and [one.reason for one in again.refused()] == [said]
    assert not [path for _, path in seen if path.endswith("half.safetensors")], "it is known by its stamp"
    with pytest.raises(ModelError, match=re.escape(said)):
        library.card("half")
    assert run(["models"]) == 0 and capsys.readouterr().out.count(said) == 1
    assert run(["models", "add", str(place)]) == 2 and said in capsys.readouterr().err


def test_an_incomplete_model_is_compared_with_the_nearest_kind() -> None:
    shapes = dict(unet_weights(UNetConfig()))
    left = {name: shape for name, shape in shapes.items() if not name.startswith("output_blocks.11.")}
    with pytest.raises(
        IncompleteModel, match="nearest to Stable Diffusion 1, but not whole: its unet lacks 38 weights such"
    ):
        check_network("x", "unet", left, "Stable Diffusion 1")
    middle = {name: shape for name, shape in shapes.items() if name != "input_blocks.3.0.op.weight"}
    with pytest.raises(IncompleteModel, match=r"its unet lacks 'input_blocks.3.0.op.weight'; copy"):
        check_network("x", "unet", middle, "Stable Diffusion 1")
    first = {name: shape for name, shape in shapes.items() if name != "input_blocks.1.0.in_layers.2.weight"}
    with pytest.raises(IncompleteModel, match=r"its unet lacks 'input_blocks.1.0.in_layers.2.weight'; copy"):
        check_network("x", "unet", first, "Stable Diffusion 1")


# Few-step versions.


def test_few_step_loras_are_variants_of_a_model(checkpoints: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library_with(checkpoints)
    library_with(checkpoints, name="other")
    for name, title in (("quick", "LCM by A"), ("swift", "Turbo by B"), ("brisk", "Lightning by C")):
        write_lora(name, **{"modelspec.title": title})
    library = Library()
    cards = [card for card in library.cards() if card.family == "stable_diffusion"]
    assert len(cards) == 8 and [card.name for card in selectable_models(cards)] == ["other", "tiny"]
    lines = {line.name: line for line in library.model_table() if line.card is not None}
    assert lines["tiny"].variants == lines["other"].variants == ("brisk", "quick", "swift")
    assert run(["models", "set", "tiny", "--fast", "swift"]) == 0 and "fast: swift" in capsys.readouterr().out
    assert library.refresh()

    def fast(name: str) -> str:
        found = fast_version(library.card(name), library.cards())
        assert found is not None
        return found.name

    assert (fast("tiny"), fast("other"), fast("tiny + quick")) == ("tiny + swift", "other + brisk", "tiny + swift")
    assert library.card("tiny + quick").default_request().sampler == "lcm", "each is there by its name"
    assert run(["models", "set", "tiny", "--fast", "gone"]) == 2
    assert "tiny has no LoRA for few steps called 'gone'; leave that as it is." in capsys.readouterr().err
    assert run(["models", "set", "tiny", "--fast", ""]) == 0 and library.refresh() and fast("tiny") == "tiny + brisk"


@pytest.mark.slow
def test_inspect_finds_a_model_with_its_few_step_lora(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library_with(checkpoints)
    lora = write_lora("quick", **{"modelspec.title": "LCM by A"})
    model = ["--model", "tiny + quick", "--size", "64x64", "--steps", "1"]
    assert run(["generate", "a fox", *model, "--out", str(tmp_path)]) == 0
    (made,) = tmp_path.rglob("*.png")

    def here() -> str | None:
        capsys.readouterr()
        assert run(["inspect", str(made), "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert not found["model_hash"], "it is of two files"
        return found["model_here"]

    assert here() == "tiny + quick"
    hash_file(lora.rename(lora.with_stem("swift")))
    assert here() == "tiny + swift", "by its weights"
    lora.with_stem("swift").unlink()
    assert here() is None
