"""ControlNets for diffusion transformers: equal to diffusers, offered to their models, and refused for others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn import functional as F

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import denoise_pipeline, generate
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.gallery import read
from gdm_studio.models.families.diffusion_transformers.control_layout import control_layout_of
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.files.header import Header, StoredTensor
from gdm_studio.models.files.recognition import FLUX_1_MODES
from gdm_studio.models.importer import import_model
from gdm_studio.models.memory import residency
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from gdm_studio.models.weight_storage.weight_stream import stream_of
from gdm_studio.networks.diffusion_transformers.anima_control_configuration import TARGETS
from gdm_studio.request.conditioning import ControlImage
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from tests.families.test_diffusion_transformers import compress, request, results
from tests.helpers import tiny_stable, tiny_transformers
from tests.parity import transformer_controls as parity
from tests.parity.references import image
from tests.parity.weights import inputs

STORED: Mapping[str, Any] = json.loads(parity.FILE.read_text("utf-8"))
CPU = torch.device("cpu")
# Largest deviation, relative to the largest number.
ALLOWED = 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("name", parity.CASES)
def test_latents_equal_those_of_diffusers(name: str) -> None:
    case, stored = parity.CASES[name], STORED[name]
    assert stored["case"] == json.loads(json.dumps(asdict(case))), "the numbers are those of another case"
    library = library_with(case.kind)
    save(paths.models_dir() / "it.safetensors", parity.control_weights(case))
    if case.control == "redux":
        save(paths.models_dir() / "vision.safetensors", tiny_transformers.image_encoder())
    library.refresh()
    hints = tuple(
        ControlImage(
            f"it: {FLUX_1_MODES[each.mode]}" if case.control == "union" else "it",
            image_inputs.store(image(number, *parity.SIZE)),
            each.weight,
            start=each.start,
            end=each.end,
        )
        for number, each in enumerate(case.hints)
    )
    changes: dict[str, Any] = {"negative_prompt": parity.NEGATIVE} if case.guidance > 1 else {}
    if case.inpaints:
        changes |= {name: image_inputs.store(each) for name, each in parity.start_image().items()}
    asked = request(
        library, prompt=parity.PROMPT, steps=parity.STEPS, guidance_scale=case.guidance, size=parity.SIZE, hints=hints,
        **changes,
    )  # fmt: skip
    pipeline = Pipeline(load_for_request(library, asked, device=CPU, dtype=torch.float32), asked, (0,))
    (stage,) = pipeline.stages
    if case.inpaints:
        # diffusers does not insert the start image outside the mask.
        assert stage.start_image is not None
        free = replace(stage, start_image=replace(stage.start_image, mask=None))
        vars(pipeline)["stages"] = (free,)
    x = inputs(f"controls {case.kind}", 1, *stage.model.shape(asked)).float()
    *_, last = denoise_pipeline(pipeline, RunState(x, pipeline.path))
    wanted = torch.tensor(stored["latents"])
    assert (last.x.flatten()[:: parity.EVERY_LATENT] - wanted).abs().max() < ALLOWED * wanted.abs().max()


@pytest.mark.parametrize("name", parity.RELEASED)
def test_the_configuration_of_a_released_control_net_is_read_from_its_shapes(name: str) -> None:
    config, parameters = parity.RELEASED[name]
    found = control_layout_of(entry_of(config))
    assert found.config == config and found.parameters == parameters


@pytest.mark.slow
def test_a_control_net_is_offered_to_models_of_its_kind() -> None:
    library = library_with("flux1 dev")
    tiny_transformers.write_files(paths.models_dir(), "flux1 fill", file="fill.safetensors")
    add_control("union", tiny_transformers.FLUX_UNION)
    add_control("edges", tiny_transformers.FLUX_CONTROL)
    add_control("qwen", tiny_transformers.QWEN_CONTROL)
    add_control("z", tiny_transformers.Z_IMAGE_CONTROL_2)
    save_file(tiny_stable.control_net("sd1", "diffusers"), paths.models_dir() / "old.safetensors")
    library.refresh()
    assert not library.refused()
    assert {line.name: line.family for line in library.model_table() if "ControlNet" in line.family} == {
        "edges": "ControlNet · FLUX.1",
        "union": "Union ControlNet · FLUX.1",
        "qwen": "ControlNet · Qwen-Image",
        "z": "ControlNet · Z-Image",
        "old": "ControlNet · Stable Diffusion 1",
    }
    assert library.card("tiny").accepts.hints == ("edges", *sorted(f"union: {mode}" for mode in FLUX_1_MODES))
    for name in ("old", "qwen", "union", "z"):
        with pytest.raises(BadRequest, match=f"tiny has no control model called '{name}'; choose"):
            request(library, hints=(hint(name),))
    with pytest.raises(ModelError, match="qwen is a ControlNet for Qwen-Image, and no model by itself"):
        library.card("qwen")
    assert library.card("fill").accepts.hints == ()


@pytest.mark.slow
def test_the_command_line_selects_mode_and_weight(tmp_path: Path) -> None:
    library = library_with("flux1 schnell")
    add_control("union", tiny_transformers.FLUX_UNION)
    library.refresh()
    picture = tmp_path / "house.png"
    Image.fromarray(image(1, 128, 128)).save(picture)
    asked = ["generate", "a red house", "--model", "tiny", "--steps", "2", "--seed", "7", "--size", "128x128"]
    asked += ["--device", "cpu", "--dtype", "fp32", "--out", str(tmp_path / "out")]
    assert run([*asked, "--hint", f"union: low quality={picture}:0.5", "--hint-end", "0.5"]) == 0
    (file,) = (tmp_path / "out").glob("*.png")
    made = read(file).request
    assert made is not None
    (used,) = made.hints
    assert (used.kind, used.weight, used.end) == ("union: low quality", 0.5, 0.5)
    found, none, whole, other = (
        results(generate(request(library, prompt="a red house", steps=2, hints=hints), library))
        for hints in (
            (used,),
            (replace(used, weight=0.0),),
            (replace(used, weight=1.0),),
            (replace(used, kind="union: pose"),),
        )
    )
    assert np.array_equal(found, np.asarray(Image.open(file)))
    images = (found, none, whole, other)
    assert all(not np.array_equal(a, b) for place, a in enumerate(images) for b in images[:place])
    assert np.array_equal(none, results(generate(request(library, prompt="a red house", steps=2), library)))


@pytest.mark.slow
def test_compressed_weights_of_z_image_follow_a_control_image_by_its_weight() -> None:
    library = library_with("z-image deep")
    compress(paths.models_dir(), "fp8", add_control("fp8", tiny_transformers.Z_IMAGE_CONTROL_2))
    library.refresh()
    asked = request(library, prompt="a red house", steps=1, guidance_scale=1.0)
    without, whole, weak = (
        results(generate(replace(asked, hints=hints), library)).astype(int)
        for hints in ((), (hint("fp8"),), (hint("fp8", weight=1e-6),))
    )
    assert np.abs(weak - without).max() <= 1 < np.abs(whole - without).max()
    model: Any = load_for_request(library, replace(asked, hints=(hint("fp8"),)), device=CPU, dtype=torch.float32)
    layer = model.controls["fp8"].control_noise_refiner[0]
    assert isinstance(layer.before_proj.weight.data, CompressedTensor)


@pytest.mark.slow
def test_redux_is_an_image_prompt_that_needs_its_image_encoder(tmp_path: Path) -> None:
    library = library_with("flux1 schnell")
    compress(paths.models_dir(), "fp8", add_control("redux", tiny_transformers.REDUX))
    save(paths.models_dir() / "vision.safetensors", tiny_transformers.image_encoder())
    library.refresh()
    rows = {line.name: line.family for line in library.model_table()}
    assert (
        rows["redux"] == "Redux adapter · FLUX.1"
        and rows["vision"] == "Image encoder · SigLIP"
        and not library.refused()
    )
    accepts = library.card("tiny").accepts
    assert accepts.hints == accepts.image_prompts == ("redux",)
    with pytest.raises(BadRequest, match="leave out the preprocessor of redux"):
        request(library, hints=(hint("redux", preprocessor="canny"),))
    picture = tmp_path / "house.png"
    Image.fromarray(image(1, 160, 128)).save(picture)
    asked = ["generate", "a red house", "--model", "tiny", "--steps", "2", "--seed", "7", "--size", "128x128"]
    asked += ["--device", "cpu", "--dtype", "fp32", "--out", str(tmp_path / "out"), "--hint", f"redux={picture}:0.8"]
    assert run(asked) == 0
    (file,) = (tmp_path / "out").glob("*.png")
    saved = read(file)
    assert saved.request is not None and "control model redux" in saved.made_with
    assert "image_encoder_144_hash" in saved.made_with
    (used,) = saved.request.hints
    whole, late, without = (
        results(generate(request(library, prompt="a red house", steps=2, hints=hints), library)).astype(int)
        for hints in ((used,), (replace(used, start=0.9),), ())
    )
    assert np.array_equal(whole, np.asarray(Image.open(file))) and np.array_equal(late, without)
    assert np.abs(whole - without).mean() > 1
    (paths.models_dir() / "vision.safetensors").unlink()
    library.refresh()
    with pytest.raises(ModelError, match="redux.safetensors lacks its image encoder SigLIP so400m \\(sigclip_vision"):
        results(generate(request(library, hints=(used,)), library))


@pytest.mark.slow
@pytest.mark.parametrize("channels", [3, 4])
def test_anima_follows_a_control_image_by_the_formula_of_sd_scripts(channels: int) -> None:
    """Compare with hooks on the layers of the transformer, which add what sd-scripts' formula gives."""
    library = library_with("anima")
    weights = tiny_transformers.control_net(replace(tiny_transformers.ANIMA_CONTROL, inputs=channels))
    metadata = {"lllite.version": "2", "lllite.aspp_dilations": "1,2,4", "lllite.inpaint_masked_input": "true"}
    # As released, in bf16.
    weights = {each: weight.bfloat16().contiguous() for each, weight in weights.items()}
    save_file(weights, paths.models_dir() / "it.safetensors", metadata)
    weights = {each: weight.float() for each, weight in weights.items()}
    library.refresh()
    assert {line.name: line.family for line in library.model_table()}["it"] == "ControlNet-LLLite · Anima"
    start = {name: image_inputs.store(each) for name, each in parity.start_image().items()} if channels == 4 else {}
    asked = request(library, prompt="a red house", steps=2, guidance_scale=1.0, size=parity.SIZE, **start)
    hints = (ControlImage("it", image_inputs.store(image(0, *parity.SIZE)), 0.7),)
    found, without = (last_latents(library, replace(asked, hints=each)) for each in (hints, ()))
    model: Any = load_for_request(library, asked, device=CPU, dtype=torch.float32)
    rgb = torch.from_numpy(image(0, *parity.SIZE).copy()).permute(2, 0, 1)[None] / 127.5 - 1
    if channels == 4:
        mask = torch.from_numpy(parity.start_image()["mask"].copy())[None, None] / 255
        rgb = torch.cat([rgb * (mask < 0.5), 2 * mask - 1], dim=1)
    ours = {"self_attn": "self_attention", "cross_attn": "attention"}
    handles = []
    with torch.no_grad():
        tokens = encoded_for_anima(weights, rgb)
        for number, block in enumerate(model.network.blocks):
            for target in TARGETS:
                attention, _, part = target.rpartition("_proj")[0].rpartition("_")
                names = {"q": "query", "k": "key", "v": "value"}
                layer = block.feed_forward[0] if not part else getattr(getattr(block, ours[attention]), names[part])
                change = partial(changed_for_anima, weights, f"lllite_dit_blocks_{number}_{target}.", tokens)
                handles.append(layer.register_forward_pre_hook(lambda _, given, change=change: (change(given[0]),)))
        wanted = last_latents(library, asked)
    for handle in handles:
        handle.remove()
    limit = ALLOWED * wanted.abs().max()
    assert (found - wanted).abs().max() < limit < (without - wanted).abs().max() / 20


def encoded_for_anima(weights: Mapping[str, torch.Tensor], image: torch.Tensor) -> torch.Tensor:
    """Return the tokens of a control image, (N, T, C), by the formula of sd-scripts."""

    def conv(name: str, h: torch.Tensor, stride: int = 1, padding: int = 0, dilation: int = 1) -> torch.Tensor:
        name = f"lllite_conditioning1.{name}"
        return F.conv2d(h, weights[f"{name}.weight"], weights[f"{name}.bias"], stride, padding, dilation)

    def norm(name: str, h: torch.Tensor) -> torch.Tensor:
        name = f"lllite_conditioning1.{name}"
        return F.silu(F.group_norm(h, 8, weights[f"{name}.weight"], weights[f"{name}.bias"]))

    h = norm("norm1", conv("conv1", image, 4))
    h = norm("norm2", conv("conv2", h, 1, 1))
    h = norm("norm3", conv("conv3", h, 4))
    inner = conv("resblocks.0.conv1", norm("resblocks.0.norm1", h), 1, 1)
    h = h + conv("resblocks.0.conv2", norm("resblocks.0.norm2", inner), 1, 1)
    parts = [norm("aspp.branches.0.1", conv("aspp.branches.0.0", h))]
    for number, dilation in ((1, 2), (2, 4)):
        branch = f"aspp.branches.{number}"
        parts.append(norm(f"{branch}.1", conv(f"{branch}.0", h, 1, dilation, dilation)))
    mean = norm("aspp.global_conv.1", conv("aspp.global_conv.0", F.adaptive_avg_pool2d(h, 1)))
    parts.append(F.interpolate(mean, h.shape[-2:], mode="bilinear"))
    h = conv("proj", norm("aspp.proj.1", conv("aspp.proj.0", torch.cat(parts, dim=1))))
    last = "lllite_conditioning1.out_norm"
    return F.layer_norm(h.flatten(2).mT, (h.shape[1],), weights[f"{last}.weight"], weights[f"{last}.bias"])


def changed_for_anima(
    weights: Mapping[str, torch.Tensor], start: str, image: torch.Tensor, x: torch.Tensor
) -> torch.Tensor:
    """Return the changed input of a layer, with a weight of 0.7."""

    def linear(name: str, h: torch.Tensor) -> torch.Tensor:
        return F.linear(h, weights[f"{start}{name}.weight"], weights[f"{start}{name}.bias"])

    local = image + weights[f"{start}depth_embed"]
    gamma, beta = linear("cond_to_film", local).chunk(2, dim=-1)
    h = linear("mid", torch.cat([local, F.silu(linear("down", x))], dim=-1))
    return x + 0.7 * linear("up", F.silu(h * (1 + gamma) + beta))


def last_latents(library: Library, asked: Request) -> torch.Tensor:
    pipeline = Pipeline(load_for_request(library, asked, device=CPU, dtype=torch.float32), asked, (0,))
    (stage,) = pipeline.stages
    x = inputs("controls anima", 1, *stage.model.shape(asked)).float()
    *_, last = denoise_pipeline(pipeline, RunState(x, pipeline.path))
    return last.x


@pytest.mark.slow
@pytest.mark.parametrize("form", ["fp8", "streamed"])
def test_compressed_and_streamed_weights_follow_a_control_image(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    library = library_with("flux1 schnell")
    file = add_control("union", tiny_transformers.FLUX_UNION)
    hints = (hint("union: depth"),)
    if form == "fp8":
        compress(paths.models_dir(), "fp8")
        compress(paths.models_dir(), "fp8", file)
        library.refresh()
        asked = request(library, prompt="a red house", steps=2, hints=hints)
        found = results(generate(asked, library))
        model: Any = load_for_request(library, asked, device=CPU, dtype=torch.float32)
        control = model.controls["union: depth"]
        assert isinstance(control.joint[0].image.attention.query.weight.data, CompressedTensor)
        assert not np.array_equal(found, results(generate(replace(asked, hints=()), library)))
        return
    library.refresh()
    asked = request(library, prompt="a red house", steps=2, hints=hints)
    found = results(generate(asked, library))
    library.store.clear()
    monkeypatch.setattr(residency, "_is_too_large", lambda *_, **__: True)
    monkeypatch.setattr(residency, "memory_limit", lambda _: 10**9)
    assert np.array_equal(found, results(generate(asked, library)))
    model = load_for_request(library, asked, device=CPU, dtype=torch.float32)
    assert stream_of(model.network) is not None and stream_of(model.controls["union: depth"]) is not None


@pytest.mark.slow
def test_a_second_pass_and_a_resumed_run_follow_a_control_image() -> None:
    library = library_with("flux1 schnell")
    add_control("edges", tiny_transformers.FLUX_CONTROL)
    library.refresh()
    asked = request(library, prompt="a red house", steps=2, hints=(hint("edges"),), factors={"enlarged": 1.5})
    events = list(generate(asked, library))
    (first, *_) = (event.step for event in events if hasattr(event, "step"))
    whole = results(events)
    assert whole.shape == (192, 192, 3)
    assert np.array_equal(whole, results(generate(asked, library, resume=first)))


@pytest.mark.slow
def test_a_guided_batch_follows_a_control_image_in_each_row() -> None:
    library = library_with("qwen-image")
    file = add_control("edges", tiny_transformers.QWEN_CONTROL)
    compress(paths.models_dir(), "fp8", file)
    library.refresh()
    asked = request(
        library, prompt="a red house", negative_prompt="blurry picture", guidance_scale=4.0, steps=2, count=2,
        hints=(hint("edges"),),
    )  # fmt: skip
    first, _ = (event.rgba for event in generate(asked, library) if isinstance(event, Result))
    alone = replace(asked, count=1)
    assert np.array_equal(first, results(generate(alone, library)))
    assert not np.array_equal(first, results(generate(replace(alone, hints=()), library)))


@pytest.mark.parametrize(
    ("config", "changes", "sentence"),
    [
        ("flux", {"controlnet_blocks.1.bias": None}, "is a ControlNet for FLUX.1, but not whole: it lacks 'controlnet"),
        ("flux", {"x_embedder.weight": (8,)}, "is a ControlNet for FLUX.1, but damaged or not whole"),
        ("flux", {"more.weight": (8, 8)}, "is an unsupported variant of a ControlNet for FLUX.1, with 'more.weight'"),
        ("flux", {"transformer_blocks.999999999.attn.norm_k.weight": (8,)}, "unsupported variant"),
        ("flux", {"input_hint_block.conv_in.weight": (8, 8)}, "this one is not supported yet"),
        ("union", {"controlnet_mode_embedder.weight": (6, 128)}, "this one is not supported yet"),
        ("qwen", {"controlnet_x_embedder.weight": (256, 68)}, "is a ControlNet for inpainting, which is not supported"),
        ("anima", {"lllite_dit_blocks_0_mlp_layer1.up.bias": None}, "is a ControlNet-LLLite for Anima, but not whole"),
        ("anima", {"lllite_dit_blocks_0_mlp_layer2.down.weight": (24, 256)}, "changes the layer 'blocks_0_mlp_layer2'"),
        ("anima", {"lllite_dit_blocks_9999_mlp_layer1.down.weight": (24, 256)}, "damaged or not whole"),
        ("anima", {"lllite_conditioning1.conv1.weight": None}, "a ControlNet-LLLite for Anima with"),
        (
            "redux",
            {"redux_down.bias": None},
            "is a Redux adapter for FLUX.1, but not whole: it lacks 'redux_down.bias'",
        ),
        ("redux", {"redux_down.weight": (32,)}, "is a Redux adapter for FLUX.1, but damaged or not whole"),
        ("z-image", {"control_layers.1.after_proj.bias": None}, "is a ControlNet for Z-Image, but not whole: it lacks"),
        ("z-image", {"control_layers.0.attention.norm_q.weight": (64,)}, "has attention heads of 64 numbers"),
        ("z-image", {"control_all_x_embedder.2-1.weight": (256,)}, "ControlNet for Z-Image, but damaged or not whole"),
        ("z-image", {"control_mask.weight": (8, 8)}, "is an unsupported variant of a ControlNet for Z-Image, with"),
    ],
)
def test_damaged_and_other_control_nets_are_refused(
    config: str, changes: Mapping[str, tuple[int, ...] | None], sentence: str
) -> None:
    made = {
        "flux": tiny_transformers.FLUX_CONTROL,
        "union": tiny_transformers.FLUX_UNION,
        "qwen": tiny_transformers.QWEN_CONTROL,
        "anima": replace(tiny_transformers.ANIMA_CONTROL, dilations=()),
        "redux": tiny_transformers.REDUX,
        "z-image": tiny_transformers.Z_IMAGE_CONTROL_2,
    }
    file = add_control("edges", made[config], **changes)
    library = Library()
    (refused,) = library.refused()
    assert sentence in refused.reason
    with pytest.raises(ModelError, match=sentence[:20]):
        import_model(file, library)


@pytest.mark.parametrize(
    ("config", "kind", "key", "usual", "other"),
    [
        (tiny_transformers.FLUX_CONTROL, "Flux", "axes_dims_rope", [16, 56, 56], [8, 60, 60]),
        (tiny_transformers.QWEN_CONTROL, "QwenImage", "patch_size", 2, 1),
        (tiny_transformers.Z_IMAGE_CONTROL_2, "ZImage", "norm_eps", 1e-5, 1e-6),
        (tiny_transformers.Z_IMAGE_CONTROL_2, "ZImage", "control_layers_places", [0, 15], [0, 2]),
        (tiny_transformers.Z_IMAGE_CONTROL_2, "ZImage", "control_refiner_layers_places", [0, 1], [1, 0]),
    ],
)
def test_a_control_net_that_is_computed_otherwise_is_refused(
    config: Any, kind: str, key: str, usual: Any, other: Any
) -> None:
    file = add_control("net/diffusion_pytorch_model", config)
    for value in (usual, other):
        stated = {"_class_name": f"{kind}ControlNetModel", key: value}
        (file.parent / "config.json").write_text(json.dumps(stated), "utf-8")
        reasons = [each.reason for each in Library().refused()]
        assert len(reasons) == (value is other) and all(f"config.json states {key} " in each for each in reasons)


def test_a_control_net_in_several_files_is_named() -> None:
    folder = paths.models_dir() / "net"
    weights = tiny_transformers.control_net(tiny_transformers.FLUX_CONTROL)
    shards = [f"diffusion_pytorch_model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    for number, shard in enumerate(shards):
        save(folder / shard, dict(list(weights.items())[number::2]))
    index = {name: shards[number % 2] for number, name in enumerate(weights)}
    (folder / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps({"weight_map": index}), "utf-8")
    (refused,) = Library().refused()
    assert refused.reason == "net is a ControlNet for FLUX.1 in several files, which is not supported; save it in one."


@pytest.mark.parametrize("kind", ["flux1 schnell", "z-image"])
def test_a_control_net_for_another_width_is_refused(kind: str) -> None:
    library = library_with(kind)
    if kind == "z-image":
        add_control("wide", tiny_transformers.Z_IMAGE_CONTROL)
    else:
        blocks = replace(tiny_transformers.FLUX_CONTROL.blocks, width=256, heads=2)
        add_control("wide", replace(tiny_transformers.FLUX_CONTROL, blocks=blocks))
    library.refresh()
    with pytest.raises(ModelError, match="wide has other sizes than this model; choose a control model that was made"):
        results(generate(request(library, hints=(hint("wide"),)), library))


def library_with(kind: str) -> Library:
    tiny_transformers.write_files(paths.models_dir(), kind)
    return Library()


def add_control(name: str, config: Any, **changes: tuple[int, ...] | None) -> Path:
    """Write a ControlNet into the models folder. `changes` replaces weights by zeros; None removes one."""
    file = paths.models_dir() / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    found = tiny_transformers.control_net(config)
    for each, shape in changes.items():
        found.pop(each, None)
        if shape is not None:
            found[each] = torch.zeros(shape)
    save(file, found)
    return file


def save(file: Path, weights: Mapping[str, torch.Tensor]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({each: weight.contiguous() for each, weight in weights.items()}, file)


def entry_of(config: Any) -> Entry:
    """Return a file with the names and shapes of a ControlNet's weights."""
    shapes = tiny_transformers.control_shapes(config)
    header = Header.of({each: StoredTensor("F16", shape, 0) for each, shape in shapes.items()}, {}, 0)
    return Entry(Path("x.safetensors"), "file", {"x.safetensors": header})


def hint(kind: str, **changes: Any) -> ControlImage:
    return ControlImage(kind, image_inputs.store(image(1, 128, 128)), **changes)
