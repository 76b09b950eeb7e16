"""Text encoders and autoencoders that families share: outputs equal to the reference, from files of every layout."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.shared_parts.loader import load_decoder, load_t5, load_vae
from gdm_studio.models.families.shared_parts.part_layout import Part, parts_of
from gdm_studio.models.families.stable_diffusion.weight_names import vae_from_diffusers
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.files.header import Header, StoredTensor
from gdm_studio.models.memory.loaded_model_cache import Placement, Store
from gdm_studio.networks.diffusion_transformers.scaled_autoencoder import FLUX_1, STABLE_DIFFUSION_3
from gdm_studio.networks.text_encoders import gemma2, qwen3
from gdm_studio.networks.text_encoders.decoder import Decoder
from gdm_studio.networks.text_encoders.mistral import mistral_config
from gdm_studio.networks.text_encoders.t5 import UMT5_XXL, T5Config, T5Encoder
from tests.helpers.gguf_file import plain, random_blocks, write_gguf
from tests.parity.parts import KLEIN_LAYERS, LENGTHS, token_ids, token_mask
from tests.parity.weights import inputs, weights

CPU = torch.device("cpu")
WIDE = torch.float64
with np.load(Path(__file__).parents[1] / "data" / "parity" / "parts.npz") as _stored:
    ANSWERS = {name: torch.from_numpy(_stored[name]) for name in _stored.files if name != "about"}
    ABOUT: dict[str, Any] = json.loads(str(_stored["about"]))
Shapes = Mapping[str, tuple[int, ...]]

# Published numbers of parameters. Qwen3 8B is published with its output layer, which is left out here.
PUBLISHED: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "T5-XXL": (lambda: T5Encoder(T5Config()), 4_762_310_656),
    "UMT5-XXL": (lambda: T5Encoder(UMT5_XXL), 5_680_910_336),
    "Qwen3 0.6B": (lambda: Decoder(qwen3.QWEN3_06B), 596_049_920),
    "Qwen3 4B": (lambda: Decoder(qwen3.QWEN3_4B), 4_022_468_096),
    "Qwen3 8B": (lambda: Decoder(qwen3.QWEN3_8B), 8_190_735_360 - 151_936 * 4096),
    "Gemma 2 2B": (lambda: Decoder(gemma2.GEMMA2_2B), 2_614_341_888),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameter_counts_are_the_published_ones(name: str) -> None:
    make, count = PUBLISHED[name]
    with torch.device("meta"):
        assert sum(weight.numel() for weight in make().parameters()) == count


@pytest.mark.parametrize(("name", "scale"), [("flux1", FLUX_1), ("sd3", STABLE_DIFFUSION_3)])
@pytest.mark.parametrize("layout", ["folder", "pipeline", "single", "whole"])
def test_an_autoencoder_equals_diffusers(name: str, scale: Any, layout: str, tmp_path: Path) -> None:
    shapes = shapes_of(name)
    if layout in ("folder", "pipeline"):
        place = write_vae(tmp_path, weights(shapes), pipeline=layout == "pipeline")
        theirs = "diffusers"
    else:
        prefix = {"single": "", "whole": "first_stage_model." if name == "sd3" else "vae."}[layout]
        given = weights(single_file(shapes))
        place = save(tmp_path / "ae.safetensors", {prefix + each: weight for each, weight in given.items()})
        theirs = "single"
    (part,) = parts_of(read_entry(place))
    assert (part.kind, part.width) == ("vae", 16)
    vae = load_vae(part, Placement(CPU, WIDE, Store()), scale)
    assert (vae.channels, vae.factor) == (16, 4)
    check_equal(vae.encode(inputs("pictures", 1, 3, 16, 24)), f"{name}.{theirs}.encoded")
    check_equal(vae.decode(inputs("latents", 1, 16, 4, 6)), f"{name}.{theirs}.decoded")


def test_the_configuration_of_a_folder_has_the_scale_of_the_latents(tmp_path: Path) -> None:
    place = write_vae(tmp_path, weights(shapes_of("flux1")), pipeline=True)
    config = place / "vae" / "config.json"
    config.write_text('{"scaling_factor": 1.5305, "shift_factor": 0.0609}')
    (part,) = parts_of(read_entry(place))
    vae = load_vae(part, Placement(CPU, WIDE, Store()), FLUX_1)
    assert (vae.shift.item(), vae.scale.item()) == pytest.approx((0.0609, 1.5305))
    far = '{"scaling_factor": 0.3611, "shift_factor": 1e99}'
    for text in (far, '{"scaling_factor": true}', "[", '{"scaling_factor": "x"}'):
        config.write_text(text)
        with pytest.raises(ModelError, match="vae/config.json of .* is damaged"):
            load_vae(part, Placement(CPU, WIDE, Store()), FLUX_1)


@pytest.mark.parametrize("layout", ["folder", "single"])
def test_the_autoencoder_of_flux_2_equals_diffusers(layout: str, tmp_path: Path) -> None:
    given = weights(shapes_of("flux2"))
    given["bn.running_var"] = given["bn.running_var"].abs()
    given["bn.num_batches_tracked"] = torch.tensor(7)
    if layout == "folder":
        place = write_vae(tmp_path, given)
    else:
        place = save(tmp_path / "flux2-vae.safetensors", flux2_single_file(given))
    (part,) = parts_of(read_entry(place))
    assert (part.kind, part.width) == ("vae", 128)
    vae = load_vae(part, Placement(CPU, WIDE, Store()), FLUX_1)
    assert (vae.channels, vae.factor) == (128, 8)
    check_equal(vae.encode(inputs("pictures", 1, 3, 16, 24)), "flux2.encoded")
    check_equal(vae.decode(inputs("latents", 1, 128, 2, 3)), "flux2.decoded")


@pytest.mark.parametrize("name", ["t5", "umt5"])
@pytest.mark.parametrize("layout", ["folder", "single", "llama.cpp"])
def test_t5_equals_transformers(name: str, layout: str, tmp_path: Path) -> None:
    part = write_text(tmp_path, name, layout, ABOUT["shapes"][name], T5_IN_LLAMA_CPP)
    assert (part.kind, part.width) == (name, 48)
    encoder = load_t5(part, Placement(CPU, WIDE, Store()))
    ids = token_ids(max(LENGTHS))
    check_equal(encoder.encode(ids)[:, ::7], f"{name}.plain")
    masked = encoder.encode(ids, token_mask())[:, ::7]
    check_equal(masked, f"{name}.masked")
    narrow = load_t5(part, Placement(CPU, torch.float32, Store()))
    check_equal(narrow.encode(ids)[:, ::7], f"{name}.plain", 1e-4)


@pytest.mark.parametrize("layout", ["folder", "single", "llama.cpp"])
def test_qwen3_equals_transformers(layout: str, tmp_path: Path) -> None:
    part = write_text(tmp_path, "qwen3_4b", layout, ABOUT["shapes"]["qwen3"], QWEN3_IN_LLAMA_CPP)
    assert (part.kind, part.width) == ("qwen3", 48)
    decoder = load_decoder(part, Placement(CPU, WIDE, Store()))
    ids, mask = token_ids(max(LENGTHS)), token_mask()
    check_equal(decoder.encode(ids, mask, qwen3.Z_IMAGE.layers)[:, ::7], "qwen3.second_last")
    check_equal(decoder.encode(ids, mask, KLEIN_LAYERS)[:, ::7], "qwen3.klein")
    check_equal(decoder.encode(ids, mask)[:, ::7], "qwen3.last")
    alone = decoder.encode(ids[1:, : LENGTHS[1]], layers=qwen3.Z_IMAGE.layers)
    check_equal(alone[:, ::7], "qwen3.second_last", rows=(slice(1, 2), slice(0, -(-LENGTHS[1] // 7))))
    narrow = load_decoder(part, Placement(CPU, torch.float32, Store()))
    check_equal(narrow.encode(ids, mask, KLEIN_LAYERS)[:, ::7], "qwen3.klein", 1e-4)


@pytest.mark.parametrize("layout", ["folder", "single"])
def test_gemma_2_equals_transformers(layout: str, tmp_path: Path) -> None:
    part = write_text(tmp_path, "gemma2_2b", layout, ABOUT["shapes"]["gemma2"], {})
    assert (part.kind, part.width) == ("gemma2", 48)
    decoder = load_decoder(part, Placement(CPU, WIDE, Store()))
    ids, mask = token_ids(max(LENGTHS)), token_mask()
    check_equal(decoder.encode(ids, mask, gemma2.LUMINA_2.layers)[:, ::7], "gemma2.second_last")
    check_equal(decoder.encode(ids, mask)[:, ::7], "gemma2.last")
    narrow = load_decoder(part, Placement(CPU, torch.float32, Store()))
    check_equal(narrow.encode(ids, mask)[:, ::7], "gemma2.last", 1e-4)


@pytest.mark.parametrize("name", ["t5", "qwen3"])
def test_gguf_files_of_llama_cpp_are_read(name: str, tmp_path: Path) -> None:
    names = T5_IN_LLAMA_CPP if name == "t5" else QWEN3_IN_LLAMA_CPP
    given = {each: weight.float() for each, weight in renamed(weights(shapes_of(name)), names).items()}
    file = write_gguf(tmp_path / "a.gguf", {each: plain(weight) for each, weight in given.items()}, architecture=name)
    (part,) = parts_of(read_entry(file))
    encoder = (load_t5 if name == "t5" else load_decoder)(part, Placement(CPU, torch.float32, Store()))
    ids, mask = token_ids(max(LENGTHS)), token_mask()
    check_equal(encoder.encode(ids, mask)[:, ::7], "t5.masked" if name == "t5" else "qwen3.last", 1e-4)
    layer = "enc.blk.0.attn_o.weight" if name == "t5" else "blk.0.attn_output.weight"
    quantized = {**{each: plain(weight) for each, weight in given.items()}, layer: random_blocks("Q8_0", (48, 64))}
    (part,) = parts_of(read_entry(write_gguf(tmp_path / "b.gguf", quantized, architecture=name)))
    encoder = (load_t5 if name == "t5" else load_decoder)(part, Placement(CPU, torch.float32, Store()))
    assert encoder.encode(ids, mask).isfinite().all()
    with pytest.raises(AssertionError):
        check_equal(encoder.encode(ids, mask)[:, ::7], "t5.masked" if name == "t5" else "qwen3.last", 1e-4)


def test_a_part_is_loaded_once_for_all_models(tmp_path: Path) -> None:
    part = write_text(tmp_path, "qwen3_4b", "single", ABOUT["shapes"]["qwen3"], {})
    store = Store()
    one = load_decoder(part, Placement(CPU, torch.float32, store))
    (again,) = parts_of(read_entry(part.path))
    assert load_decoder(again, Placement(CPU, torch.float32, store)) is one
    assert load_decoder(again, Placement(CPU, torch.bfloat16, store)) is not one


def test_the_parts_of_a_whole_model_are_told_apart(tmp_path: Path) -> None:
    names = {"t5": "text_encoders.t5xxl.transformer.", "qwen3": "text_encoders.qwen3_4b.transformer."}
    given = {f"{prefix}{each}": shape for name, prefix in names.items() for each, shape in shapes_of(name).items()}
    given |= {f"first_stage_model.{each}": shape for each, shape in single_file(shapes_of("sd3")).items()}
    given |= {"model.diffusion_model.layers.0.self_attn.q_norm.weight": (4,)}
    found = parts_of(read_entry(save(tmp_path / "whole.safetensors", weights(given))))
    assert sorted((part.kind, part.width) for part in found) == [("qwen3", 48), ("t5", 48), ("vae", 16)]
    assert sum(len(part.network.shapes) for part in found) == len(given) - 2  # but Qwen3's output layer


def test_a_vision_language_model_is_not_a_qwen3(tmp_path: Path) -> None:
    given = weights({**shapes_of("qwen3"), "model.visual.pos_embed.weight": (4, 4)})
    (part,) = parts_of(read_entry(save(tmp_path / "model.safetensors", given)))
    assert part.kind == "qwen3vl"


@pytest.mark.parametrize(
    ("width", "layers", "hidden", "beside", "kinds"),
    [
        (5120, 40, 32768, ("vision_tower.ln_pre.weight",), ["mistral"]),
        (5120, 40, 16384, ("vision_tower.ln_pre.weight",), []),
        (5120, 40, 14336, (), []),
        (3072, 26, 9216, ("vision_tower.ln_pre.weight",), ["ministral3"]),
        (3072, 26, 9216, (), ["mistral"]),
    ],
    ids=["Mistral Small 3", "Ministral 3 14B", "Mistral Nemo", "Ministral 3 3B", "ERNIE-Image's prompt enhancer"],
)
def test_the_language_models_of_mistral_are_told_apart(
    width: int, layers: int, hidden: int, beside: tuple[str, ...], kinds: list[str]
) -> None:
    with torch.device("meta"):
        network = Decoder(mistral_config(width, layers, 32, hidden))
    shapes = {f"language_model.model.{name}": tuple(each.shape) for name, each in network.state_dict().items()}
    shapes |= dict.fromkeys(beside, (4,))
    header = Header.of({name: StoredTensor("BF16", shape, 0) for name, shape in shapes.items()}, {}, 0)
    found = parts_of(Entry(Path("x.safetensors"), "file", {"x.safetensors": header}))
    assert [part.kind for part in found] == kinds


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("encoder.block.1.layer.1.DenseReluDense.wi_1.weight", None, "lacks 'layers.1.mlp.up_proj.weight'"),
        ("encoder.final_layer_norm.weight", (47,), "another shape of 'norm.weight'"),
    ],
)
def test_an_incomplete_part_is_refused_with_its_flaw(name: str, shape: Any, message: str, tmp_path: Path) -> None:
    check_refused({name: shape}, message, tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        {"shared.weight": None},
        {"shared.weight": ()},
        {"encoder.block.900.layer.0.SelfAttention.q.weight": (64, 48)},
        {"encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight": (32, 0)},
        {"encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight": (32, 4, 1)},
        {"encoder.block.0.layer.0.SelfAttention.q.weight": ()},
    ],
)
def test_impossible_shapes_are_refused(changed: dict[str, Any], tmp_path: Path) -> None:
    check_refused(changed, "damaged|is not whole", tmp_path)


def check_refused(changed: Mapping[str, Any], message: str, folder: Path) -> None:
    """Load a T5 in which some weights have another shape, or are left out."""
    shapes = {name: shape for name, shape in {**shapes_of("t5"), **changed}.items() if shape is not None}
    file = save(folder / "t5.safetensors", {name: torch.zeros(shape) for name, shape in shapes.items()})
    with pytest.raises(ModelError, match=f"t5.safetensors.*(?:{message})"):
        load_t5(*parts_of(read_entry(file)), Placement(CPU, torch.float32, Store()))


def write_text(folder: Path, name: str, layout: str, shapes: Shapes, llama_cpp: Mapping[str, str]) -> Part:
    """Write a text encoder and return the part that is found in the file."""
    given = weights({each: tuple(shape) for each, shape in shapes.items()})
    if layout == "folder":
        (folder / "config.json").write_text("{}")
        place = save(folder / "model.safetensors", given).parent
    elif layout == "single":
        place = save(
            folder / "whole.safetensors", {f"text_encoders.{name}.transformer.{k}": v for k, v in given.items()}
        )
    else:
        place = save(folder / "encoder.safetensors", renamed(given, llama_cpp))
    (part,) = parts_of(read_entry(place))
    return part


def check_equal(
    answer: Tensor, name: str, tolerance: float = 2e-6, *, rows: tuple[slice, ...] = (slice(None),)
) -> None:
    theirs = ANSWERS[name][rows].to(answer.dtype)
    assert answer.shape == theirs.shape and (answer - theirs).abs().max() < tolerance * theirs.abs().max()


def shapes_of(name: str) -> Shapes:
    return {each: tuple(shape) for each, shape in ABOUT["shapes"][name].items()}


def save(file: Path, given: Mapping[str, Tensor]) -> Path:
    save_file({name: weight.contiguous() for name, weight in given.items()}, file)
    return file


def write_vae(folder: Path, given: Mapping[str, Tensor], *, pipeline: bool = False) -> Path:
    """Write an autoencoder as a diffusers folder, or as a component of one."""
    place = folder / "vae" if pipeline else folder
    place.mkdir(exist_ok=True)
    if pipeline:
        (folder / "model_index.json").write_text('{"vae": ["diffusers", "AutoencoderKL"]}')
    save(place / "diffusion_pytorch_model.safetensors", given)
    return folder


def single_file(shapes: Shapes) -> Shapes:
    """Return the shapes by the names of single files, in which the attention has convolutions."""
    ours = vae_from_diffusers(shapes)
    found = {ours[name]: shape for name, shape in shapes.items()}
    is_point = {name: ".mid.attn_1." in name and len(shape) == 2 for name, shape in found.items()}
    return {name: (*shape, 1, 1) if is_point[name] else shape for name, shape in found.items()}


def flux2_single_file(given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights by the names of FLUX.2's original file."""
    ours = vae_from_diffusers(given)
    found = {}
    for name, weight in given.items():
        new = ours.get(name, name)
        side = {"quant_conv": "encoder.", "post_quant_conv": "decoder."}.get(new.partition(".")[0], "")
        found[side + new] = weight[..., None, None] if ".mid.attn_1." in new and weight.ndim == 2 else weight
    return found


# What llama.cpp calls the weights of T5's encoder and of Qwen3.
T5_IN_LLAMA_CPP = {
    "shared": "token_embd", "encoder.final_layer_norm": "enc.output_norm", "encoder.block.": "enc.blk.",
    ".layer.0.SelfAttention.relative_attention_bias": ".attn_rel_b", ".layer.0.SelfAttention.": ".attn_",
    ".layer.0.layer_norm": ".attn_norm", ".layer.1.layer_norm": ".ffn_norm",
    ".layer.1.DenseReluDense.wi_0": ".ffn_gate", ".layer.1.DenseReluDense.wi_1": ".ffn_up",
    ".layer.1.DenseReluDense.wo": ".ffn_down",
}  # fmt: skip
QWEN3_IN_LLAMA_CPP = {
    "lm_head": "output", "model.embed_tokens": "token_embd", "model.norm": "output_norm", "model.layers.": "blk.",
    ".self_attn.o_proj": ".attn_output", ".self_attn.": ".attn_", "_proj.": ".", ".mlp.": ".ffn_",
    ".input_layernorm": ".attn_norm", ".post_attention_layernorm": ".ffn_norm",
}  # fmt: skip


def renamed(given: Mapping[str, Tensor], names: Mapping[str, str]) -> dict[str, Tensor]:
    found = {}
    for name, weight in given.items():
        for theirs, new in names.items():
            name = name.replace(theirs, new)
        found[name] = weight
    return found
