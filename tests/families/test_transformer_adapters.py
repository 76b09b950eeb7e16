"""Adapters of diffusion transformers: every kind and spelling equals PEFT's, on plain and on compressed weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.adapters.adapted_network import apply_adapters
from gdm_studio.models.adapters.adapter_file import AdapterDeltas, adapter_deltas, read_adapter
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.fingerprint import prompt_file_hashes
from gdm_studio.models.model_library import Library
from tests.families.test_diffusion_transformers import compress, request, results, write
from tests.networks.test_diffusion_transformers import SHAPES, original_file
from tests.parity import transformer_adapters as parity
from tests.parity.transformers import SMALL, inputs_of, made_up

STORED: dict[str, Any] = json.loads(parity.FILE.read_text("utf-8"))["cases"]
# Largest deviation, relative to the largest number of the output.
ALLOWED = 1e-4
KOHYA = (".lora_down.weight", ".lora_up.weight")


def slow(*values: object) -> Any:
    return pytest.param(*values, marks=pytest.mark.slow)


@pytest.mark.parametrize("name", parity.CASES)
def test_a_transformer_with_an_adapter_equals_peft(name: str, tmp_path: Path) -> None:
    case, stored = parity.CASES[name], STORED[name]
    assert {each: stored[each] for each in asdict(case)} == asdict(case), "the numbers are those of another case"
    network = network_of(case.network)
    fit = fit_of(with_alphas(factors(case.network, case.kind, stored["factors"])), case.network, tmp_path)
    assert not fit.report and len(fit.deltas["transformer"]) >= len(parity.targets(shapes(case.network)))
    found = output(apply_adapters(network, [(fit.deltas["transformer"], case.strength)]), case.network)
    wanted = torch.tensor(stored["answer"])
    assert (parity.compared(found) - wanted).abs().max() < ALLOWED * wanted.abs().max()
    assert (parity.compared(output(network, case.network)) - wanted).abs().max() > 0.01 * wanted.abs().max()


@pytest.mark.parametrize("name", ["flux1 dev", "z-image", "lumina 2", "flux2 klein", "sd3.5 medium"])
def test_all_spellings_of_an_adapter_are_equal(name: str, tmp_path: Path) -> None:
    given = factors(name, "lora")
    peft = (".lora_A.weight", ".lora_B.weight")
    expected = None
    for prefix, underscores, ends in (
        ("", False, peft),
        ("transformer.", False, peft),
        ("transformer.", False, (".lora.down.weight", ".lora.up.weight")),
        ("base_model.model.", False, (".lora_A.default.weight", ".lora_B.default.weight")),
        ("diffusion_model.", False, KOHYA),
        ("lora_transformer_", True, KOHYA),
        ("lycoris_", True, KOHYA),
        ("lora_unet_", True, KOHYA),
        ("lora_unet__", True, KOHYA),
    ):
        respelt = {}
        for tensor, values in given.items():
            layer, _, side = tensor.partition(".lora_")
            layer = layer.replace(".", "_") if underscores else layer
            respelt[prefix + layer + ends[side.startswith("B")]] = values
        fit = fit_of(respelt, name, tmp_path)
        matrices = {each: delta.matrix(torch.zeros(0)) for each, delta in fit.deltas["transformer"].items()}
        expected = expected or matrices
        assert not fit.report and matrices.keys() == expected.keys()
        assert all(torch.equal(matrices[each], expected[each]) for each in matrices)


@pytest.mark.parametrize("kind", ["lora", "dora", "lokr", "loha"])
@pytest.mark.parametrize("name", ["flux1 dev", "flux2 klein", "sd3.5 medium", "z-image", "lumina 2"])
def test_an_adapter_of_fused_layers_changes_their_parts(name: str, kind: str, tmp_path: Path) -> None:
    """Compare an adapter in the original layout with a file in this layout to which the changes were added."""
    kind_of, config = SMALL[name]
    weights = list(kind_of.weights(config))
    file = original_file(weights, made_up(shapes(name)))
    adapter: dict[str, Tensor] = {}
    changed = dict(file)
    for layer in parity.targets({each: tuple(weight.shape) for each, weight in file.items()}):
        weight = file[f"{layer}.weight"]
        parts, change = CHANGES[kind](layer, weight)
        adapter |= {f"lora_unet_{layer.replace('.', '_')}.{part}": values for part, values in parts.items()}
        changed[f"{layer}.weight"] = weight + change
    network = network_of(name)
    fit = fit_of(adapter, name, tmp_path)
    assert not fit.report
    twin = kind_of.network(config)
    twin.load_state_dict({weight.name: weight.read(changed) for weight in weights})
    found, wanted = output(apply_adapters(network, [(fit.deltas["transformer"], 1.0)]), name), output(twin, name)
    assert (found - wanted).abs().max() < ALLOWED * wanted.abs().max()
    assert (output(network, name) - wanted).abs().max() > 0.01 * wanted.abs().max()


@pytest.mark.parametrize("name", ["flux1 dev", "chroma"])
def test_an_adapter_of_xlabs_equals_changed_weights(name: str, tmp_path: Path) -> None:
    kind_of, config = SMALL[name]
    weights = list(kind_of.weights(config))
    file = original_file(weights, made_up(shapes(name)))
    layers = {f"single_blocks.1.{theirs}": ours for theirs, ours in (("linear1", "qkv_lora"), ("linear2", "proj_lora"))}
    for number, stream in enumerate(("img", "txt"), start=1):
        layers |= {f"double_blocks.0.{stream}_attn.{part}": f"{part}_lora{number}" for part in ("qkv", "proj")}
    adapter: dict[str, Tensor] = {}
    changed = dict(file)
    for layer, ours in layers.items():
        whole = file[f"{layer}.weight"].clone()
        # The feed-forward part of the fused layer is not changed.
        rows = 3 * whole.shape[1] if layer.endswith("linear1") else len(whole)
        up, down = (
            3 * random(f"{layer} {part}", *shape) for part, shape in (("up", (rows, 2)), ("down", (2, whole.shape[1])))
        )
        whole[:rows] += up @ down
        changed[f"{layer}.weight"] = whole
        block = ".".join(layer.split(".")[:2])
        adapter |= {f"{block}.processor.{ours}.up.weight": up, f"{block}.processor.{ours}.down.weight": down}
    fit = fit_of(adapter, name, tmp_path)
    assert not fit.report and (fit.adapter.base, fit.adapter.kinds) == ("FLUX.1", ("LoRA",))
    twin = kind_of.network(config)
    twin.load_state_dict({weight.name: weight.read(changed) for weight in weights})
    network = network_of(name)
    found, wanted = output(apply_adapters(network, [(fit.deltas["transformer"], 1.0)]), name), output(twin, name)
    assert (found - wanted).abs().max() < 1e-5 * wanted.abs().max()
    assert (output(network, name) - wanted).abs().max() > 0.01 * wanted.abs().max()


def test_fused_and_split_layers_in_one_file_count_once(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    rows = {"qkv": 144, "to_q": 48}
    file = {}
    for layer, count in rows.items():
        for end, shape in zip(KOHYA, ((2, 48), (count, 2)), strict=True):
            file[f"diffusion_model.layers.0.attention.{layer}{end}"] = torch.randn(shape, generator=generator)
    fit = fit_of(file, "z-image", tmp_path)
    assert set(fit.deltas["transformer"]) == {f"layers.0.attention.{part}.weight" for part in ("query", "key", "value")}
    assert "1 of 2 layers do not exist in this model" in fit.report


def test_lengths_of_columns_of_fused_layers_are_refused(tmp_path: Path) -> None:
    layer = "diffusion_model.layers.0.attention.qkv"
    pair = {f"{layer}{KOHYA[0]}": torch.ones(2, 48), f"{layer}{KOHYA[1]}": torch.ones(144, 2)}
    with pytest.raises(ModelError, match="normalises columns of joined layers. Choose another LoRA"):
        fit_of(pair | {f"{layer}.dora_scale": torch.ones(1, 48)}, "z-image", tmp_path)


@pytest.mark.parametrize("kind", ["oft", "ia3", "ia3 of inputs"])
def test_changes_of_fused_layers_that_keep_their_rows_apart_are_split(kind: str, tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(3)
    layer = "lycoris_layers_0_attention_qkv"
    network = network_of("z-image")
    layers = [f"layers.0.attention.{part}" for part in ("query", "key", "value")]
    whole = torch.cat([network.get_parameter(f"{each}.weight") for each in layers])
    if kind == "oft":
        blocks = 0.3 * torch.randn(9, 16, 16, generator=generator)
        file = {f"{layer}.oft_blocks": blocks, f"{layer}.rescale": torch.rand(144, 1, generator=generator)}
        skew = torch.block_diag(*blocks - blocks.mT)
        turn = (torch.eye(144) + skew) @ torch.linalg.inv(torch.eye(144) - skew)
        wanted = file[f"{layer}.rescale"] * (turn.T @ whole)
    else:
        inputs = kind != "ia3"
        scales = torch.randn(48 if inputs else 144, generator=generator)
        file = {f"{layer}.weight": scales, f"{layer}.on_input": torch.tensor(int(inputs))}
        wanted = whole * (1 + (scales if inputs else scales[:, None]))
    fit = fit_of(file, "z-image", tmp_path)
    found = apply_adapters(network, [(fit.deltas["transformer"], 1.0)])
    parts = [found.get_submodule(each).weight() for each in layers]
    assert (torch.cat(parts) - wanted).abs().max() < 1e-5 * wanted.abs().max()


def test_changes_that_mix_rows_of_fused_layers_are_refused(tmp_path: Path) -> None:
    layer = "lycoris_layers_0_attention_qkv"
    t_lora = {
        "q_layer.weight": torch.ones(2, 48),
        "p_layer.weight": torch.ones(144, 2),
        "lambda_layer": torch.ones(1, 2),
    }
    oft, boft = ({"oft_blocks": torch.ones(shape)} for shape in ((2, 72, 72), (1, 9, 16, 16)))
    for parts in (oft, boft, t_lora):
        with pytest.raises(ModelError, match="mixes rows of joined layers. Choose another LoRA"):
            fit_of({f"{layer}.{part}": values for part, values in parts.items()}, "z-image", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("compressed", ["", "gguf", pytest.param("fp8", marks=pytest.mark.slow)])
def test_a_lora_named_in_the_prompt_gives_the_image_of_changed_weights(compressed: str) -> None:
    write("flux1 dev")
    folder = paths.models_dir()
    base = compress(folder, compressed) if compressed else folder / "tiny.safetensors"
    file = {name: weight.clone() for name, weight in Weights(read_entry(base)).items()}
    layers = ["single_blocks.1.linear1", "double_blocks.0.img_attn.qkv", "double_blocks.1.txt_mod.lin"]
    adapter, changed = {}, dict(file)
    for layer in layers:
        parts, change = lora(layer, file[f"{layer}.weight"])
        adapter |= {f"transformer.{layer}.{part}": values for part, values in parts.items() if part != "alpha"}
        changed[f"{layer}.weight"] = file[f"{layer}.weight"] + 0.5 * change / (1.5)
    save_file(adapter, folder / "ink.safetensors")
    library = Library()
    plain = image(library, "a red house")
    found = image(library, "a red <lora:ink:0.5> house")
    assert np.array_equal(plain, image(library, "a red <lora:ink:0> house"))
    assert {line.name: line.family for line in library.model_table()}["ink"] == "LoRA · FLUX.1"
    hashes = prompt_file_hashes(library.card("tiny"), request(library, prompt="<lora:ink:0.5>"))
    assert set(hashes) == {"LoRA ink"}
    base.unlink()
    save_file(changed, folder / "tiny.safetensors")
    wanted = image(Library(), "a red house")
    assert np.abs(found.astype(int) - wanted).max() <= 1 and np.abs(plain.astype(int) - wanted).max() > 8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "layer", "width"),
    [
        ("flux1 schnell", "lora_te1_text_model_encoder_layers_0_self_attn_q_proj", 64),
        ("flux1 schnell", "lora_te3_encoder_block_1_layer_0_SelfAttention_v", 32),
        slow("flux1 schnell", "text_encoders.t5xxl.transformer.encoder.block.0.layer.1.DenseReluDense.wi_0", 32),
        ("sd3", "text_encoder_2.text_model.encoder.layers.0.self_attn.q_proj", 320),
        slow("sd3", "lora_te2_text_model_encoder_layers_0_self_attn_q_proj", 320),
        ("z-image", "text_encoder.model.layers.0.self_attn.q_proj", 32),
        slow("z-image", "text_encoders.qwen3_4b.transformer.model.layers.1.mlp.up_proj", 32),
    ],
)
def test_text_encoders_are_adapted(kind: str, layer: str, width: int) -> None:
    write(kind)
    library = Library()
    plain = image(library, "a red house")
    rows = 48 if "mlp" in layer or "wi_0" in layer else width
    pair = {f"{layer}{KOHYA[0]}": torch.ones(2, width), f"{layer}{KOHYA[1]}": torch.arange(2.0 * rows).view(rows, 2)}
    save_file(pair, paths.models_dir() / "ink.safetensors")
    library.refresh()
    assert not np.array_equal(plain, image(library, "a red house <lora:ink:1>"))
    # The second weight is that of the transformer.
    assert np.array_equal(plain, image(library, "a red house <lora:ink:0:1>"))
    assert np.array_equal(plain, image(library, "a red house"))


@pytest.mark.slow
def test_an_adapter_of_another_family_is_refused() -> None:
    write("klein")
    for name, layer, rows in (
        ("flux", "lora_unet_single_blocks_0_linear1", 7 * 128),
        ("z", "diffusion_model.layers.0.attention.to_q", 128),
    ):
        pair = {f"{layer}{KOHYA[0]}": torch.ones(2, 128), f"{layer}{KOHYA[1]}": torch.ones(rows, 2)}
        save_file(pair, paths.models_dir() / f"{name}.safetensors")
    for name, base in {"flux": "FLUX.1", "z": "Z-Image"}.items():
        with pytest.raises(ModelError) as error:
            image(Library(), f"a red house <lora:{name}:1>")
        assert str(error.value) == (
            f"{name}.safetensors is a LoRA for {base}, and this model is one of FLUX.2 Klein; choose a LoRA for"
            " FLUX.2 Klein."
        )
    with pytest.raises(BadRequest, match="There is no LoRA called 'sketch'"):
        image(Library(), "a red house <lora:sketch:1>")


@pytest.mark.slow
def test_layers_that_the_model_lacks_are_reported() -> None:
    write("klein")
    pair = {}
    for layer in ("double_blocks.0.img_attn.proj", "double_blocks.7.img_attn.proj"):
        pair |= {f"{layer}{end}": torch.ones(shape) for end, shape in zip(KOHYA, ((2, 128), (128, 2)), strict=True)}
    save_file(pair, paths.models_dir() / "ink.safetensors")
    library = Library()
    asked = request(library, prompt="a red house <lora:ink:1>")
    model: Any = library.load("tiny", device=torch.device("cpu"), dtype=torch.float32)
    (note,) = model.remarks(asked)
    assert note == (
        "ink.safetensors: 1 of 2 layers do not exist in this model, such as 'double_blocks.7.img_attn.proj'."
    )


def shapes(name: str) -> dict[str, tuple[int, ...]]:
    return {each: tuple(shape) for each, shape in SHAPES[name].items()}


@cache
def network_of(name: str) -> nn.Module:
    kind, config = SMALL[name]
    network = kind.network(config)
    file = made_up(shapes(name))
    network.load_state_dict({weight.name: weight.read(file) for weight in kind.weights(config)})
    return network.eval().requires_grad_(False)


@torch.no_grad()
def output(network: nn.Module, name: str) -> Tensor:
    told = inputs_of(SMALL[name][1])
    found: Tensor = network(told.x, told.times, told.context, told.pooled, told.guidance)
    return found


def factors(name: str, kind: str, known: Mapping[str, Mapping[str, list[int]]] | None = None) -> dict[str, Tensor]:
    """Return made-up factors for all linear layers, under diffusers' names."""
    found = {}
    for layer in parity.targets(shapes(name)):
        rows, columns = shapes(name)[f"{layer}.weight"]
        of_layer: Mapping[str, Any] = {"lora_A.weight": (parity.RANK, columns), "lora_B.weight": (rows, parity.RANK)}
        if kind == "dora":
            of_layer = {**of_layer, "lora_magnitude_vector": (rows,)}
        of_layer = known[f"{rows}x{columns}"] if known else of_layer
        found |= {f"{layer}.{part}": tuple(shape) for part, shape in of_layer.items()}
    return made_up(found)


def with_alphas(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    ends = (".lora_A.weight", ".hada_w1_a")
    layers = (name.removesuffix(end) for end in ends for name in tensors if name.endswith(end))
    return {**tensors, **{f"{layer}.alpha": torch.tensor(float(parity.ALPHA)) for layer in layers}}


def fit_of(tensors: Mapping[str, Tensor], name: str, folder: Path) -> AdapterDeltas:
    kind, config = SMALL[name]
    file = folder / "adapter.safetensors"
    save_file({each: values.contiguous() for each, values in tensors.items()}, file)
    return adapter_deltas(read_adapter(file), {"transformer": network_of(name)}, weights=list(kind.weights(config)))


def random(layer: str, *shape: int) -> Tensor:
    return made_up({f"{layer} {shape}": shape})[f"{layer} {shape}"]


def lora(layer: str, weight: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """Return the tensors of a LoRA for a layer, and its change of the weight."""
    rows, columns = weight.shape
    up, down = random(layer, rows, 4), random(layer, 4, columns)
    parts = {"lora_up.weight": up, "lora_down.weight": down, "alpha": torch.tensor(6.0)}
    return parts, 6 / 4 * up @ down


def dora(layer: str, weight: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    parts, change = lora(layer, weight)
    lengths = random(layer, len(weight), 1).abs() + 0.5
    moved = weight + change
    return parts | {"dora_scale": lengths}, lengths * moved / moved.norm(dim=1, keepdim=True) - weight


def lokr(layer: str, weight: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    rows, columns = weight.shape
    left, up, down = random(layer, 4, 2), random(layer, rows // 4, 3), random(layer, 3, columns // 2)
    parts = {"lokr_w1": left, "lokr_w2_a": up, "lokr_w2_b": down, "alpha": torch.tensor(6.0)}
    return parts, 2 * torch.kron(left, up @ down)


def loha(layer: str, weight: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    rows, columns = weight.shape
    first, second = (random(f"{layer} {side}", rows, 3) for side in (1, 2))
    down, other = (random(f"{layer} {side}", 3, columns) for side in (1, 2))
    parts = {"hada_w1_a": first, "hada_w1_b": down, "hada_w2_a": second, "hada_w2_b": other}
    return parts, (first @ down) * (second @ other)


CHANGES: Mapping[str, Callable[[str, Tensor], tuple[dict[str, Tensor], Tensor]]] = {
    "lora": lora, "dora": dora, "lokr": lokr, "loha": loha,
}  # fmt: skip


def image(library: Library, prompt: str) -> np.ndarray:
    asked = request(library, prompt=prompt)
    return results(generate(replace(asked, steps=2), library))
