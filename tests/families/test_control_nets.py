"""ControlNets in the models folder: recognition, listing, their effect on images, and damaged files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import denoise_pipeline, generate
from gdm_studio.engine.initial_state import RunState
from gdm_studio.gallery import read
from gdm_studio.models.families.stable_diffusion.control import check_fits
from gdm_studio.models.families.stable_diffusion.weight_names import unet_to_diffusers
from gdm_studio.models.files.header import ema_name
from gdm_studio.models.files.recognition import MODES
from gdm_studio.models.importer import import_model
from gdm_studio.models.installed.model_options import save_choices
from gdm_studio.models.installed.model_table import count_by_kind
from gdm_studio.models.model_library import Library
from gdm_studio.networks.stable_diffusion.t2i_adapter import AdapterConfig, T2IAdapter
from gdm_studio.networks.stable_diffusion.unet import UNet, UNetConfig
from gdm_studio.preferences import Preferences
from gdm_studio.request.generation_events import Phase, Result, StepEvent
from gdm_studio.request.generation_request import Branch, ControlImage, Request
from tests.families.test_families import random_image
from tests.families.test_stable_diffusion import ASKED, QUICK, generate_image, library_with, pipeline_for
from tests.helpers import tiny_stable
from tests.parity import control, pipelines
from tests.parity import weights as parity

BASES = {"sd1": "Stable Diffusion 1", "sd2": "Stable Diffusion 2", "sdxl": "SDXL"}
# Those whose ControlNets have other parts. That of Stable Diffusion 2 has only another width.
OTHER_PARTS = ("sd1", "sdxl")


def add_control_net(name: str = "edges", kind: str = "sd1", layout: str = "original", **changes: Any) -> Path:
    """Write a ControlNet into the models folder. `changes` replaces weights; None removes one."""
    file = paths.models_dir() / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = tiny_stable.control_net(kind, layout) | changes
    save_file({each: weight.contiguous() for each, weight in found.items() if weight is not None}, file)
    return file


def add_t2i_adapter(name: str = "sketch", layout: str = "original", **changes: Any) -> Path:
    file = paths.models_dir() / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({**tiny_stable.t2i_adapter(layout), **changes}, file)
    return file


def hint(name: str = "edges", **changes: Any) -> ControlImage:
    return ControlImage(name, image_inputs.store(random_image(5)), **changes)


def steps_of(library: Library, **changes: Any) -> list[torch.Tensor]:
    events = generate(Request(**{**ASKED, **changes}), library)
    return [event.step.x for event in events if isinstance(event, StepEvent)]


@pytest.mark.slow
def test_a_control_net_is_listed_and_offered_to_models_of_its_kind(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net("edges")
    add_control_net("depth", "sdxl", "diffusers")
    library.refresh()
    assert {line.name: line.family for line in library.model_table() if not line.card} == {
        "edges": "ControlNet · Stable Diffusion 1", "depth": "ControlNet · SDXL",
    }  # fmt: skip
    assert library.card("tiny").accepts.hints == ("edges",) and not library.refused()
    with pytest.raises(ModelError, match="is a ControlNet for SDXL, and no model by itself"):
        library.card("depth")
    with pytest.raises(BadRequest, match="tiny has no control model called 'depth'; choose one of edges"):
        library.card("tiny").checked(Request(**ASKED, hints=(hint("depth"),)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", OTHER_PARTS)
def test_both_layouts_of_a_control_net_change_an_image_alike(kind: str, checkpoints: Path) -> None:
    library = library_with(checkpoints, kind)
    add_control_net("original", kind)
    add_control_net("diffusers", kind, "diffusers")
    library.refresh()
    without, no_weight, original, diffusers = (
        generate_image(library, **QUICK, hints=hints)
        for hints in ((), (hint("original", weight=0.0),), (hint("original"),), (hint("diffusers"),))
    )
    assert np.array_equal(without, no_weight) and np.array_equal(original, diffusers)
    assert np.abs(original.astype(int) - without).mean() > 1


@pytest.mark.slow
def test_a_control_image_acts_only_in_its_part_of_the_run(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net()
    library.refresh()
    without = steps_of(library, guidance_scale=1.0)
    always, early, late, two = (
        steps_of(library, guidance_scale=1.0, hints=hints)
        for hints in ((hint(),), (hint(end=0.5),), (hint(start=0.5),), (hint(weight=0.25), hint(weight=0.75)))
    )
    assert torch.equal(early[1], always[1]) and not torch.equal(early[2], always[2])
    assert torch.equal(late[1], without[1]) and not torch.equal(late[2], without[2])
    assert torch.allclose(two[-1], always[-1], atol=1e-3) and not torch.allclose(without[-1], always[-1], atol=1e-2)


def notes_of(library: Library, **changes: Any) -> list[str]:
    events = generate(Request(**{**ASKED, "guidance_scale": 1.0, **changes}), library)
    return [event.note for event in events if isinstance(event, Phase) and event.note]


@pytest.mark.slow
def test_the_user_is_told_about_a_control_image_that_acts_in_no_step(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net()
    library.refresh()
    (note,) = notes_of(library, steps=4, hints=(hint(), hint(start=0.9)), count=2, batch=1)
    assert note == "Control image 2 (edges) has no effect: no whole step is within 0.9 to 1 of the run."
    assert notes_of(library, steps=4, hints=(hint(start=0.75), hint(end=0.25), hint(weight=0.0, end=0.1))) == []
    start = {"image": image_inputs.store(random_image(6)), "steps": 8}
    (note,) = notes_of(library, **start, strength=0.3, hints=(hint(end=0.5),))
    assert "no whole step is within 0 to 0.5" in note, "the run starts after it"
    assert notes_of(library, **start, strength=0.9, hints=(hint(end=0.5),)) == []


@pytest.mark.slow
def test_a_controlled_run_resumes_and_branches_to_the_same_bits(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net()
    library.refresh()
    request = Request(**ASKED | {"guidance_scale": 1.0}, hints=(hint(preprocessor="canny", weight=0.8),))
    events = list(generate(request, library))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    (whole,) = (event.rgba for event in events if isinstance(event, Result))
    (again,) = (e.rgba for e in generate(request, library, resume=steps[1]) if isinstance(e, Result))
    assert np.array_equal(whole, again)
    branch = replace(request, hints=(), branch=Branch(request, 2))
    branched, resumed = (
        [event.step.x for event in generate(branch, library, resume=step) if isinstance(event, StepEvent)]
        for step in (None, steps[1])
    )
    assert len(branched) == 2 and torch.equal(branched[-1], resumed[-1])
    assert not torch.equal(branched[-1], steps[-1].x)


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [{"factors": {"enlarged": 1.5}}, {"size": (72, 56)}, {"count": 2, "guidance_scale": 1.0}, {"clip_skip": 2}],
)
def test_a_control_image_acts_at_any_size_and_in_every_pass(changes: Mapping[str, Any], checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net()
    library.refresh()
    asked = {"factors": {"clip_skip": 2.0}} if "clip_skip" in changes else dict(changes)
    asked["steps"] = 2
    controlled = generate_image(library, **asked, hints=(hint(),))
    assert controlled.shape[:2] == {"enlarged": (96, 96), "size": (56, 72)}.get(
        next(iter(asked.get("factors", asked))), (64, 64)
    )
    assert not np.array_equal(controlled, generate_image(library, **asked))


@pytest.mark.slow
def test_inpainting_models_take_a_control_net_for_plain_latents(checkpoints: Path) -> None:
    library = library_with(checkpoints, "inpainting")
    add_control_net()
    library.refresh()
    assert not np.array_equal(generate_image(library, **QUICK, hints=(hint(),)), generate_image(library, **QUICK))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"control_model.zero_convs.1.0.bias": None}, "its ControlNet lacks 'zero_convs.1.0.bias'"),
        ({"control_model.zero_convs.1.0.bias": torch.zeros(3)}, "has another shape of 'zero_convs.1.0.bias'"),
        ({"control_model.more.weight": torch.zeros(3)}, "has 'more.weight', which are unknown"),
        ({"control_model.middle_block_out.0.weight": None}, "is not a complete control model"),
        ({"control_model.input_blocks.0.0.weight": torch.zeros(0)}, "is damaged"),
        ({"control_model.input_blocks.99.0.in_layers.2.weight": torch.zeros(1)}, "is not whole"),
        ({"control_model.input_blocks.999999999.1.x": torch.zeros(1)}, "is damaged"),
    ],
)
def test_a_damaged_control_net_is_refused_and_not_offered(
    changes: Mapping[str, Any], sentence: str, checkpoints: Path
) -> None:
    library = library_with(checkpoints)
    add_control_net(**changes)
    library.refresh()
    (refused,) = library.refused()
    assert sentence in refused.reason and library.card("tiny").accepts.hints == ()
    with pytest.raises(BadRequest, match="tiny cannot use 'edges': .*" + sentence.partition("'")[0]):
        generate_image(library, hints=(hint(),))


@pytest.mark.parametrize("dtype", [torch.int8, torch.int64, torch.bool], ids=str)
def test_a_control_net_of_integers_is_refused_wherever_it_is_added(dtype: torch.dtype, checkpoints: Path) -> None:
    library = library_with(checkpoints)
    file = paths.models_dir() / "edges.safetensors"
    add_control_net()
    save_file({name: weight.to(dtype) for name, weight in load_file(file).items()}, file)
    library.refresh()
    (refused,) = library.refused()
    assert "edges.safetensors has integers without scales at" in refused.reason
    with pytest.raises(ModelError, match="has integers without scales at"):
        import_model(file, library)
    with pytest.raises(BadRequest, match="tiny cannot use 'edges': edges.safetensors has integers without scales"):
        generate_image(library, hints=(hint(),))


def test_a_control_net_that_is_cut_short_is_named(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net()
    file = paths.models_dir() / "edges.safetensors"
    file.write_bytes(file.read_bytes()[:-5])
    library.refresh()
    with pytest.raises(BadRequest, match="tiny cannot use 'edges': edges.safetensors is cut short; copy or download"):
        generate_image(library, hints=(hint(),))


def test_variants_with_further_weights_are_refused(checkpoints: Path) -> None:
    library = library_with(checkpoints, "sdxl")
    add_control_net("more", "sdxl", "diffusers", **{"spatial_channels.weight": torch.zeros(64, 64)})
    library.refresh()
    assert [each.reason for each in library.refused()] == [
        "more.safetensors is an unsupported variant of ControlNet; choose another one."
    ]


@pytest.mark.parametrize(("modes", "offered"), [(6, 6), (8, 7), (7, 0)])
def test_a_union_is_offered_with_its_modes(modes: int, offered: int, checkpoints: Path) -> None:
    library = library_with(checkpoints, "sdxl")
    add_union(modes)
    library.refresh()
    hints = library.card("tiny").accepts.hints
    assert len(hints) == offered and len(library.refused()) == (not offered)
    assert count_by_kind(library.model_table()).endswith("1 ControlNet")
    assert not offered or {"union: pose", "union: depth"} <= {*hints}
    with pytest.raises(BadRequest, match="has no control model called 'union'" if offered else "cannot use 'union'"):
        library.card("tiny").checked(Request(**ASKED, hints=(hint("union"),)))


@pytest.mark.slow
def test_the_modes_of_a_union_give_other_images(checkpoints: Path) -> None:
    library = library_with(checkpoints, "sdxl")
    add_union(6)
    library.refresh()
    pose, depth = (generate_image(library, **QUICK, hints=(hint(name),)) for name in ("union: pose", "union: depth"))
    assert not np.array_equal(pose, depth)


def add_union(modes: int, name: str = "union") -> None:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    save_file(tiny_stable.control_net("sdxl", "diffusers", modes), paths.models_dir() / f"{name}.safetensors")


def test_a_control_net_called_reference_is_not_taken_for_a_reference_image(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_control_net("reference")
    library.refresh()
    assert library.card("tiny").accepts.hints == ("reference (ControlNet)",)
    controlled = generate_image(library, **QUICK, hints=(hint("reference (ControlNet)", weight=0.5),))
    assert not np.array_equal(controlled, generate_image(library, **QUICK))


# Weight of the U-Net that the Control-LoRAs of these tests do not contain.
LEFT_OUT = "input_blocks.1.0.in_layers.0.bias"


def add_control_lora(kind: str, **changes: torch.Tensor | None) -> None:
    """Write the Control-LoRA "lora", and "whole", the ControlNet that it stands for on a checkpoint of this kind."""
    net = {each.removeprefix("control_model."): w for each, w in tiny_stable.control_net(kind).items()}
    prefix = "model.diffusion_model."
    whole = tiny_stable.weights(kind, words=1)
    base = {each.removeprefix(prefix): w for each, w in whole.items() if each.startswith(prefix)}
    found: dict[str, Any] = {"lora_controlnet": torch.zeros(0)}
    for name, own in list(net.items()):
        layer = name.removesuffix(".weight")
        if own.ndim == 1 or name not in base:
            found[name] = own
            continue
        shapes = {f"{layer}.up": (len(own), 3, *[1] * (own.ndim - 2)), f"{layer}.down": (3, *own.shape[1:])}
        factors = {each: made.half() for each, made in parity.weights(shapes).items()}
        up, down = (each.float().flatten(1) for each in factors.values())
        net[name] = base[name].float()[:, : own.shape[1]] + (up @ down).reshape(own.shape)
        found |= factors
    net[LEFT_OUT] = base[LEFT_OUT]
    del found[LEFT_OUT]
    folder = paths.models_dir()
    folder.mkdir(parents=True, exist_ok=True)
    save_file(
        {f"control_model.{each}": weight.contiguous() for each, weight in net.items()}, folder / "whole.safetensors"
    )
    found = {each: weight.contiguous() for each, weight in (found | changes).items() if weight is not None}
    save_file(found, folder / "lora.safetensors")


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*BASES, "inpainting"])
def test_a_control_lora_equals_the_control_net_that_it_stands_for(kind: str, checkpoints: Path) -> None:
    library = library_with(checkpoints, kind)
    # Networks of other tests would distort the measured memory.
    library.store.clear()
    add_control_lora(kind)
    library.refresh()
    base = BASES.get(kind, "Stable Diffusion 1")
    assert {line.name: line.family for line in library.model_table() if not line.card} == {
        "lora": f"Control-LoRA · {base}", "whole": f"ControlNet · {base}",
    }  # fmt: skip
    steps = {"steps": 2, "guidance_scale": 1.0}
    without = steps_of(library, **steps)[-1]
    before = library.store.bytes_on(torch.device("cpu"))
    lora = steps_of(library, **steps, hints=(hint("lora"),))[-1]
    shared = library.store.bytes_on(torch.device("cpu")) - before
    whole = steps_of(library, **steps, hints=(hint("whole"),))[-1]
    assert shared < (paths.models_dir() / "whole.safetensors").stat().st_size / 2
    assert (lora - whole).abs().max() < 1e-5 * whole.abs().max() < (without - whole).abs().max()
    settings = {"weight": 0.5, "start": 0.5}
    lora, whole = (steps_of(library, **steps, hints=(hint(name, **settings),))[-1] for name in ("lora", "whole"))
    assert (lora - whole).abs().max() < 1e-5 * whole.abs().max()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "prefix", "mark"),
    [
        # The names of the weights are read before the kind is known.
        *((kind, "control_model.", "difference") for kind in (*OTHER_PARTS, "inpainting")),
        ("sd1", "control_model.", "control_model.difference"),
        ("sd1", "", "difference"),
    ],
)
def test_a_difference_control_net_equals_the_control_net_that_it_stands_for(
    kind: str, prefix: str, mark: str, checkpoints: Path
) -> None:
    library = library_with(checkpoints, kind)
    whole = tiny_stable.control_net(kind)
    unet = tiny_stable.weights(kind, words=100)
    found = {}
    for name, weight in whole.items():
        base = unet.get(name.replace("control_model.", "model.diffusion_model."))
        base = base if base is None or base.shape == weight.shape else base[:, : weight.shape[1]]
        changed = weight if base is None else (weight.float() - base.float())
        found[prefix + name.removeprefix("control_model.")] = changed.contiguous()
    add_control_net("whole", kind)
    save_file({**found, mark: torch.zeros(())}, paths.models_dir() / "difference.safetensors")
    library.refresh()
    assert {line.name: line.family.partition(" ")[0] for line in library.model_table() if not line.card} == {
        "difference": "ControlNet", "whole": "ControlNet",
    }  # fmt: skip
    steps = {"steps": 2, "guidance_scale": 1.0}
    without = steps_of(library, **steps)[-1]
    difference, expected = (steps_of(library, **steps, hints=(hint(name),))[-1] for name in ("difference", "whole"))
    assert (difference - expected).abs().max() < 1e-4 * expected.abs().max() < (without - expected).abs().max()


def test_a_difference_control_net_for_other_sizes_is_refused(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = library_with(checkpoints)
    narrow = tiny_stable.Parts(replace(tiny_stable.SMALL, widths=(1, 1)), tiny_stable.KINDS["sd1"].texts)
    monkeypatch.setitem(tiny_stable.KINDS, "narrow", narrow)
    add_control_net("edges", "narrow", difference=torch.zeros(()))
    library.refresh()
    with pytest.raises(ModelError, match="edges.safetensors was made for a model with other sizes"):
        generate_image(library, hints=(hint("edges"),))


def test_a_control_lora_is_refused_by_a_model_of_other_sizes(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = library_with(checkpoints)
    narrow = tiny_stable.Parts(replace(tiny_stable.SMALL, widths=(1, 1)), tiny_stable.KINDS["sd1"].texts)
    monkeypatch.setitem(tiny_stable.KINDS, "narrow", narrow)
    add_control_lora("narrow")
    library.refresh()
    assert library.card("tiny").accepts.hints == ("lora", "whole")
    with pytest.raises(ModelError, match="lora.safetensors was made for a model with other sizes"):
        generate_image(library, hints=(hint("lora"),))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"middle_block.1.proj_in.down": None}, "is damaged"),
        ({"middle_block.1.proj_in.up": torch.zeros(128, 4)}, "is damaged"),
        ({"middle_block.1.proj_in.up": torch.zeros(3)}, "is damaged"),
        ({"middle_block.1.proj_in.weight": torch.zeros(128, 128)}, "is damaged"),
        ({"time_embed.0.up": torch.zeros(7, 3)}, "has another shape of 'time_embed.0.weight'"),
        ({"zero_convs.1.0.bias": None}, "lacks 'zero_convs.1.0.bias'"),
        ({"output_blocks.0.0.x": torch.zeros(1)}, "which are unknown"),
    ],
)
def test_a_damaged_control_lora_is_refused(
    changes: Mapping[str, torch.Tensor | None], sentence: str, checkpoints: Path
) -> None:
    add_control_lora("sd1", **changes)
    (refused,) = Library().refused()
    assert sentence in refused.reason


@pytest.mark.slow
def test_a_changed_control_net_is_named_when_an_image_is_reproduced(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library_with(checkpoints)
    file = add_control_net()
    picture = tmp_path / "house.png"
    Image.fromarray(random_image(5)).save(picture)
    asked = ["generate", "a house", "--model", "tiny", "--steps", "2", "--device", "cpu", "--seed", "3"]
    options = ["--hint", f"edges={picture}:0.8", "--preprocessor", "canny", "--hint-end", "0.5"]
    assert run([*asked, *options, "--out", str(tmp_path / "out")]) == 0
    (made,) = (tmp_path / "out").glob("*.png")
    record = read(made)
    assert record.request is not None and record.request.hints == (hint(weight=0.8, preprocessor="canny", end=0.5),)
    assert run(["reproduce", str(made)]) == 0
    file.unlink()
    add_control_net(**{"control_model.middle_block_out.0.bias": torch.ones(128)})
    assert run(["reproduce", str(made)]) == 1
    assert "Its control model edges had the hash" in capsys.readouterr().out


@pytest.mark.slow
def test_a_t2i_adapter_changes_an_image_alike_in_both_layouts_and_beside_a_control_net(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    add_t2i_adapter("original")
    add_t2i_adapter("diffusers", "diffusers")
    add_control_net()
    library.refresh()
    listed = {line.name: line.family for line in library.model_table() if not line.card}
    assert listed["original"] == listed["diffusers"] == "T2I-Adapter · Stable Diffusion 1"
    without, net, original, diffusers, both, swapped = (
        generate_image(library, **QUICK, size=(72, 56), hints=tuple(map(hint, names)))
        for names in ([], ["edges"], ["original"], ["diffusers"], ["edges", "original"], ["original", "edges"])
    )
    assert np.array_equal(original, diffusers)
    images = (without, net, original, both)
    assert all(not np.array_equal(a, b) for place, a in enumerate(images) for b in images[:place])
    assert np.abs(both.astype(int) - swapped).max() <= 1


def test_a_control_model_of_other_sizes_is_refused(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    save_file(tiny_stable.t2i_adapter(channels=(128, 128)), paths.models_dir() / "wide.safetensors")
    library.refresh()
    assert library.card("tiny").accepts.hints == ("wide",)
    with pytest.raises(ModelError, match="wide has other sizes than this model"):
        generate_image(library, hints=(hint("wide"),))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in control.CASES.items() if case.control])
def test_latents_with_a_control_model_equal_those_of_diffusers(name: str, checkpoints: Path) -> None:
    """Compare with the pipelines of diffusers, whose results tests/parity/by_control.py wrote."""
    case = control.CASES[name]
    if case.control == "ControlNet":
        add_control_net("it", case.kind)
    elif case.control == "Union":
        add_union(control.UNION_MODES, "it")
    else:
        add_t2i_adapter("it")
    called = f"it: {MODES[control.MODE]}" if case.control == "Union" else "it"
    drawing = ControlImage(called, stored_drawing(), case.weight, start=case.start, end=case.end)
    check_latents(checkpoints, name, hints=(drawing,))


def path_of(library: Library) -> Path:
    """Return the path of the checkpoint that `library_with` has added."""
    path = library.card("tiny").path
    assert path is not None
    return path


def check_latents(checkpoints: Path, name: str, **settings: Any) -> None:
    """Compare the latents after the last step with those of diffusers."""
    case = control.CASES[name]
    library = library_with(checkpoints, case.kind)
    if case.prediction == "v_prediction":
        save_choices(path_of(library), prediction="v")
        library.refresh()
    with np.load(control.FILE) as stored:
        wanted = torch.from_numpy(stored[name])
        assert json.loads(str(stored["about"]))["cases"][name] == asdict(case), "the numbers are those of another case"
    request = Request(
        prompt=pipelines.PROMPT, negative_prompt=pipelines.NEGATIVE, steps=pipelines.STEPS, model="tiny",
        guidance_scale=pipelines.GUIDANCE, sampler="ddim", spacing="leading_1", **settings,
    )  # fmt: skip
    pipeline = pipeline_for(library, request)
    x = parity.inputs(f"pipeline {case.kind}", 1, 4, 8, 8).float()
    *_, last = denoise_pipeline(pipeline, RunState(x, pipeline.path))
    assert (last.x - wanted).abs().max() < 1e-4 * wanted.abs().max()


def stored_drawing() -> str:
    return image_inputs.store(pipelines.drawing())


def test_a_t2i_adapter_for_sdxl_equals_that_of_diffusers() -> None:
    adapter = T2IAdapter(AdapterConfig(unshuffle=16, channels=control.XL_CHANNELS))
    unet = UNet(
        UNetConfig(
            channels=32, widths=(1, 2, 4), down=((0,), (1,), (1,)), middle=1, up=((0, 0), (1, 1), (1, 1)),
            context=2048, heads=0,
        )
    )  # fmt: skip
    prefixes = {f"adapter.{name}": tuple(weight.shape) for name, weight in adapter.state_dict().items()}
    adapter.load_state_dict(
        {name.removeprefix("adapter."): weight.float() for name, weight in parity.weights(prefixes).items()}
    )
    names = unet_to_diffusers(unet.state_dict())
    made = parity.weights({names[name]: tuple(weight.shape) for name, weight in unet.state_dict().items()})
    unet.load_state_dict({name: made[names[name]].float() for name in names})
    check_fits("it", adapter, unet)
    height, width = control.XL_IMAGE
    x = parity.inputs("x", 1, 4, height // 8, width // 8).float()
    context = parity.inputs("context", 1, 77, 2048).float()
    with torch.no_grad():
        features = adapter.features(parity.inputs("image", 1, 3, height, width).float().sigmoid())
        signal = adapter(features, x) * 0.7
        found = unet(x, torch.tensor([500.0]), context, control=signal)
    with np.load(control.FILE) as stored:
        wanted = torch.from_numpy(stored["xl_adapter"])
    assert (found - wanted).abs().max() < 1e-4 * wanted.abs().max()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sd1.editing", "sdxl.editing"])
def test_an_edited_image_equals_that_of_diffusers(name: str, checkpoints: Path) -> None:
    check_latents(checkpoints, name, image=stored_drawing(), strength=1.0, factors={"image_guidance": 1.5})


@pytest.mark.slow
def test_an_editing_model_begins_with_noise_and_sees_the_image(checkpoints: Path) -> None:
    library = library_with(checkpoints, "editing")
    card = library.card("tiny")
    assert card.summary == "Stable Diffusion 1, for editing by instructions" and card.default_request().strength == 1
    image = image_inputs.store(random_image(5))
    asked = {"image": image, "strength": 1.0, "steps": 2}
    plain, edited, stronger, unguided = (
        steps_of(library, **each)
        for each in (
            {"steps": 2}, asked, asked | {"factors": {"image_guidance": 3.0}}, asked | {"guidance_scale": 1.0},
        )
    )  # fmt: skip
    assert len(edited) == len(plain) and not torch.equal(edited[0], plain[0])
    assert not torch.equal(stronger[0], edited[0]) and not torch.equal(unguided[0], edited[0])
    request = Request(**ASKED | asked, count=2)
    images = [event.rgba for event in generate(request, library) if isinstance(event, Result)]
    (second,) = (e.rgba for e in generate(request.picture(1), library) if isinstance(e, Result))
    assert np.array_equal(images[1], second)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "is_averaged"), [("editing", True), ("sd1", False)])
def test_only_an_editing_model_uses_averaged_weights(kind: str, is_averaged: bool, checkpoints: Path) -> None:
    before = generate_image(library_with(checkpoints, kind), **QUICK)
    preferences.save(Preferences())
    file = paths.models_dir() / "tiny.safetensors"
    tiny_stable.write(file, kind, **{ema_name("model.diffusion_model.out.2.bias"): torch.ones(4)})
    assert np.array_equal(before, generate_image(Library(), **QUICK)) != is_averaged


@pytest.mark.usefixtures("forked_processes")
@pytest.mark.slow
def test_worker_processes_follow_control_images(checkpoints: Path, tmp_path: Path) -> None:
    library_with(checkpoints)
    add_control_net()
    picture = tmp_path / "house.png"
    Image.fromarray(random_image(5)).save(picture)
    asked = ["generate", "a house", "--model", "tiny", "--steps", "2", "--seed", "3", "--count", "2", "--dtype", "fp32"]
    asked += ["--hint", f"edges={picture}", "--preprocessor", "canny"]
    for device in ("cpu", "cpu,cpu"):
        assert run([*asked, "--device", device, "--out", str(tmp_path / device)]) == 0
    here, there = (
        [np.asarray(Image.open(f)) for f in sorted((tmp_path / d).glob("*.png"))] for d in ("cpu", "cpu,cpu")
    )
    assert len(here) == 2 and all(map(np.array_equal, here, there))
    assert [read(file).request.hints[0].preprocessor for file in (tmp_path / "cpu,cpu").glob("*.png")] == ["canny"] * 2
