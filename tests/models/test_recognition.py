"""Recognition of models that cannot be used yet: by the names and shapes of their tensors, in every file format."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from math import prod
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.lookup import embeddings_named_in, find_adapter
from gdm_studio.models.families.diffusion_transformers.variants import VARIANTS
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.installed.model_table import ModelTableRow
from gdm_studio.models.model_library import Library
from tests.helpers import tiny_stable
from tests.helpers.shipped_models import SHIPPED

Shapes = Mapping[str, tuple[int, ...]]
N = (8,)
M = (8, 8)


@pytest.fixture
def models(_own_home: Path) -> Path:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    return paths.models_dir()


def write(file: Path, shapes: Shapes) -> Path:
    """Write a safetensors file with these shapes. The data are a hole in the file, which takes no room on the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    described = {}
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + prod(shape)
        described[name] = {"dtype": "F8_E4M3", "shape": shape, "data_offsets": [begin, end]}
    header = json.dumps(described).encode()
    with open(file, "wb") as opened:
        opened.write(struct.pack("<Q", len(header)) + header)
        opened.truncate(8 + len(header) + end)
    return file


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf(shapes: Shapes, architecture: str = "flux", words: int = 0, version: int = 3) -> bytes:
    """Return a GGUF file with these tensors in fp16, which are zero, and a tokenizer of some words before them."""
    pairs = [
        text("general.architecture") + struct.pack("<I", 8) + text(architecture),
        text("general.quantization_version") + struct.pack("<II", 4, 2),
        text("general.name") + struct.pack("<I", 8) + text("Its title"),
        text("tokenizer.ggml.tokens")
        + struct.pack("<IIQ", 9, 8, words)
        + b"".join(text(f"w{n}") for n in range(words)),
        text("tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, words) + bytes(4 * words),
        text("f64") + struct.pack("<Id", 12, 0.5),
    ]
    tensors = []
    end = 0
    for name, shape in shapes.items():
        tensors.append(text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *reversed(shape), 1, end))
        end += -(-2 * prod(shape) // 32) * 32
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs)) + b"".join((*pairs, *tensors))
    return head + bytes(-len(head) % 32 + end)


def row(library: Library) -> ModelTableRow:
    (line,) = (line for line in library.model_table() if line.path.is_relative_to(paths.models_dir()))
    return line


SD3 = {"joint_blocks.0.context_block.attn.qkv.weight": M, "joint_blocks.0.x_block.attn.qkv.weight": M}
FLUX = {"double_blocks.0.img_attn.norm.key_norm.scale": (128,), "single_blocks.0.linear1.weight": M}
FLUX_2 = FLUX | {"double_stream_modulation_img.lin.weight": M, "single_stream_modulation.lin.weight": M}
FLUX_DIFFUSERS = {
    "transformer_blocks.0.attn.norm_added_k.weight": N,
    "single_transformer_blocks.0.attn.to_q.weight": M,
    "time_text_embed.timestep_embedder.linear_1.weight": M,
}
Z_IMAGE = {"noise_refiner.0.attention.k_norm.weight": N, "layers.0.attention.qkv.weight": M}
QWEN = {"txt_norm.weight": (3584,), "img_in.weight": (3072, 64), "transformer_blocks.0.img_mod.1.weight": (18432, 3072)}
UNET = {"input_blocks.0.0.weight": (320, 4, 3, 3), "output_blocks.0.0.in_layers.0.weight": N}
CROSS = "output_blocks.3.1.transformer_blocks.0.attn2.to_k.weight"
TRANSFORMERS: dict[str, tuple[Shapes, str]] = {
    "SD 3": (SD3 | {"x_embedder.proj.weight": (1536, 16, 2, 2)}, "Stable Diffusion 3 Medium"),
    "SD 3.5": (
        SD3 | {"x_embedder.proj.weight": (2432, 16, 2, 2), "joint_blocks.0.context_block.attn.ln_q.weight": N},
        "Stable Diffusion 3.5 Large",
    ),
    "SD 3.5 of diffusers": (
        {"transformer_blocks.0.attn.add_q_proj.weight": M, "transformer_blocks.0.attn.norm_q.weight": N,
         "pos_embed.pos_embed": (1, 9, 8), "pos_embed.proj.weight": (1536, 16, 2, 2)},
        "Stable Diffusion 3.5 Medium",
    ),
    "AuraFlow": ({"double_layers.0.attn.w1q.weight": M}, "AuraFlow"),
    "Hunyuan-DiT": ({"mlp_t5.0.weight": M}, "Hunyuan-DiT"),
    "HunyuanVideo": ({"txt_in.individual_token_refiner.blocks.0.norm1.weight": N}, "HunyuanVideo"),
    "HunyuanImage": (
        {"txt_in.individual_token_refiner.blocks.0.norm1.weight": N, "byt5_in.fc1.weight": M}, "HunyuanImage 2.1"
    ),
    "schnell": (FLUX | {"img_in.weight": (3072, 64)}, "FLUX.1 schnell"),
    "dev": (FLUX | {"img_in.weight": (3072, 64), "guidance_in.in_layer.weight": M}, "FLUX.1 dev, Krea or Kontext"),
    "Fill": (FLUX | {"img_in.weight": (3072, 384), "guidance_in.in_layer.weight": M}, "FLUX.1 Fill"),
    "Canny": (FLUX | {"img_in.weight": (3072, 128), "guidance_in.in_layer.weight": M}, "FLUX.1 Canny or Depth"),
    "FLUX.1 of diffusers": (FLUX_DIFFUSERS | {"x_embedder.weight": (3072, 64)}, "FLUX.1 schnell"),
    "Klein 4B": (FLUX_2 | {"img_in.weight": (3072, 128)}, "FLUX.2 Klein 4B"),
    "Klein 9B": (FLUX_2 | {"img_in.weight": (4096, 128)}, "FLUX.2 Klein 9B"),
    "FLUX.2 dev": (FLUX_2 | {"img_in.weight": (6144, 128), "guidance_in.in_layer.weight": M}, "FLUX.2 dev"),
    "FLUX.2 of diffusers": (
        FLUX_DIFFUSERS | {"x_embedder.weight": (3072, 128), "single_stream_modulation.linear.weight": M},
        "FLUX.2 Klein 4B",
    ),
    "Chroma": (FLUX | {"img_in.weight": (3072, 64), "distilled_guidance_layer.in_proj.weight": M}, "Chroma"),
    "Radiance": (
        FLUX | {"img_in.weight": (3072, 64), "distilled_guidance_layer.in_proj.weight": M,
                "nerf_blocks.0.norm.scale": N},
        "Chroma Radiance",
    ),
    "Ovis": (
        {"double_blocks.0.img_attn.norm.key_norm.weight": N, "img_in.weight": M, "txt_norm.weight": N,
         "double_blocks.0.img_mlp.gate_proj.weight": M},
        "Ovis-Image",
    ),
    "LongCat": (FLUX | {"img_in.weight": (3072, 64), "txt_in.weight": (3072, 3584)}, "LongCat-Image"),
    "PixArt": ({"t_block.1.weight": M, "blocks.0.cross_attn.q_linear.weight": M}, "PixArt"),
    "Z-Image": (Z_IMAGE | {"cap_embedder.1.weight": (3840, 2560)}, "Z-Image"),
    "Z-Image of diffusers": ({"all_x_embedder.2-1.weight": M, "layers.0.attention.to_q.weight": M}, "Z-Image"),
    "Lumina 2": (Z_IMAGE | {"cap_embedder.1.weight": (2304, 2304)}, "Lumina 2"),
    "Qwen-Image": (QWEN, "Qwen-Image or Qwen-Image-Edit"),
    "Qwen-Image-Edit-2511": (QWEN | {"__index_timestep_zero__": N}, "Qwen-Image-Edit-2511"),
    "Qwen-Image-Layered": (QWEN | {"time_text_embed.addition_t_embedding.weight": M}, "Qwen-Image-Layered"),
    "HiDream": ({"caption_projection.0.linear.weight": M}, "HiDream-I1"),
    "Cosmos": ({"blocks.0.mlp.layer1.weight": M}, "Cosmos-Predict2"),
    "Anima": (
        {"blocks.0.mlp.layer1.weight": M, "llm_adapter.blocks.0.cross_attn.q_proj.weight": M}, "Anima"
    ),
    "Wan": ({"head.modulation": (1, 2, 8), "head.head.weight": (64, 8)}, "Wan 2.1 or 2.2"),
    "Wan 5B": ({"head.modulation": (1, 2, 8), "head.head.weight": (192, 8)}, "Wan 2.2 5B"),
    "Krea 2": ({"txtfusion.projector.weight": M}, "Krea 2"),
    "Ideogram 4": ({"embed_image_indicator.weight": M}, "Ideogram 4"),
    "ERNIE": ({"layers.0.mlp.linear_fc2.weight": M}, "ERNIE-Image"),
    "Kandinsky 5": ({"visual_transformer_blocks.0.cross_attention.key_norm.weight": N}, "Kandinsky 5"),
    "Sana": ({"blocks.0.cross_attn.q_linear.weight": M}, "Sana"),
    "HiDream-O1": ({"t_embedder1.mlp.0.weight": M, "x_embedder.proj1.weight": M}, "HiDream-O1"),
}  # fmt: skip
GEMMA = {"model.layers.0.self_attn.k_proj.weight": M, "model.norm.weight": (2304,)}
VAE = {"encoder.conv_in.weight": (128, 3, 3, 3), "encoder.mid.block_1.conv1.weight": (8, 8, 3, 3)}
PARTS: dict[str, tuple[Shapes, str]] = {
    "T2I-Adapter": ({"adapter.body.0.resnets.0.block1.weight": M}, "T2I-Adapter"),
    "IP-Adapter": ({"image_proj.proj.weight": M, "ip_adapter.1.to_k_ip.weight": M}, "IP-Adapter"),
    "IP-Adapter for faces": (
        {"image_proj.proj.0.weight": M, "ip_adapter.1.to_k_ip.weight": M, "ip_adapter.0.to_q_lora.down.weight": M,
         "ip_adapter.0.to_q_lora.up.weight": M, "ip_adapter.0.to_k_lora.down.weight": M}, "IP-Adapter",
    ),
    "AnimateDiff": (
        {"down_blocks.0.motion_modules.0.temporal_transformer.norm.weight": N}, "Motion module · AnimateDiff"
    ),
    "T5": (
        {"encoder.block.0.layer.0.SelfAttention.k.weight": M, "shared.weight": (32128, 2),
         "encoder.block.23.layer.1.DenseReluDense.wi_1.weight": (10240, 2)},
        "Text encoder · T5-XXL",
    ),
    "Gemma": (GEMMA | {"model.layers.0.post_feedforward_layernorm.weight": N}, "Text encoder · Gemma 2"),
    "Qwen3": (
        {"model.layers.0.self_attn.k_proj.weight": M, "model.norm.weight": (2560,),
         "model.layers.0.self_attn.q_norm.weight": N},
        "Text encoder · Qwen3 4B",
    ),
    "CLIP vision": ({"vision_model.embeddings.patch_embedding.weight": M}, "Image encoder · CLIP or SigLIP"),
    "VAE of FLUX.1": (VAE | {"decoder.conv_in.weight": (512, 16, 3, 3)}, "VAE · FLUX.1 or Stable Diffusion 3"),
    "VAE of FLUX.2": (VAE | {"decoder.conv_in.weight": (512, 32, 3, 3), "bn.running_mean": N}, "VAE · FLUX.2"),
    "VAE of Wan": ({"decoder.middle.0.residual.0.gamma": N}, "VAE · Wan or Qwen-Image"),
    "SVD": (UNET | {"input_blocks.1.0.time_stack.in_layers.0.weight": N}, "U-Net · Stable Video Diffusion"),
}  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize(("shapes", "name"), TRANSFORMERS.values(), ids=TRANSFORMERS)
def test_a_transformer_is_recognised(shapes: Shapes, name: str, prefix: str, models: Path) -> None:
    named = {prefix + each: shape for each, shape in shapes.items()}
    file = write(models / "v1-5-pruned.safetensors", named)
    library = Library()
    (refused,) = library.refused()
    if name in VARIANTS:
        # These are opened if they are whole.
        assert row(library).family == f"{VARIANTS[name].title}, not whole"
        assert refused.reason.startswith(f"v1-5-pruned.safetensors is nearest to {VARIANTS[name].title}, but")
        return
    assert row(library).family == f"Diffusion transformer · {name}"
    assert refused.path == file and refused.reason == row(library).unusable == row(library).summary
    assert refused.reason.startswith(f"v1-5-pruned.safetensors is {name}, a diffusion transformer with ")
    assert ". GDM Studio opens Stable Diffusion, FLUX.1, " in refused.reason
    assert refused.reason.endswith("; this one is not supported yet.")
    assert {card.name for card in library.cards()} == SHIPPED
    with pytest.raises(ModelError, match="is not supported yet"):
        library.card("v1-5-pruned")


@pytest.mark.parametrize(("shapes", "family"), PARTS.values(), ids=PARTS)
def test_a_part_is_recognised(shapes: Shapes, family: str, models: Path) -> None:
    write(models / "anything.safetensors", shapes)
    library = Library()
    assert row(library).family == family and len(library.refused()) == 1
    assert row(library).unusable.isprintable() and "parameters. GDM Studio opens" in row(library).unusable


def test_the_parameters_of_the_transformer_are_counted(models: Path) -> None:
    blocks = {f"transformer_blocks.{n}.img_mod.1.weight": (18432, 3072) for n in range(60)}
    layers = {"time_text_embed.addition_t_embedding.weight": (2, 3072)}
    whole = {f"model.diffusion_model.{name}": shape for name, shape in (QWEN | blocks | layers).items()}
    write(models / "q.safetensors", whole | {"text_encoders.qwen25_7b.x": (2**15, 2**15), "vae.x": (9, 9)})
    (refused,) = Library().refused()
    assert "Qwen-Image-Layered, a diffusion transformer with 3.4 billion parameters." in refused.reason


@pytest.mark.parametrize(
    ("pipeline", "name"),
    [("QwenImageEditPlusPipeline", "Qwen-Image-Edit 2509"), ("QwenImagePipeline", "Qwen-Image")],
)
def test_a_pipeline_names_what_weights_cannot_show(pipeline: str, name: str, models: Path) -> None:
    folder = models / "folder"
    write(folder / "transformer" / "diffusion_pytorch_model.safetensors", QWEN)
    write(folder / "text_encoder" / "model.safetensors", {"model.embed_tokens.weight": M})
    index = {"_class_name": pipeline, "transformer": ["diffusers", "x"], "text_encoder": ["transformers", "y"]}
    (folder / "model_index.json").write_text(json.dumps(index), "utf-8")
    (refused,) = Library().refused()
    assert f"folder is nearest to {name}, but" in refused.reason


OF_DIFFUSERS = FLUX_DIFFUSERS | {"x_embedder.weight": (3072, 64)}


@pytest.mark.parametrize(
    ("folder", "shapes", "stated", "words"),
    [
        ("", OF_DIFFUSERS, "LongCatImageTransformer2DModel", "LongCatImageTransformer2DModel, a diffusion transformer"),
        ("transformer", OF_DIFFUSERS, "LongCatImageTransformer2DModel", "LongCatImageTransformer2DModel, a diffusion "),
        (
            "",
            {"pos_embed.proj.weight": M, "adaln_single.linear.weight": M},
            "AllegroTransformer3DModel",
            "AllegroTransformer3DModel, ",
        ),
        (
            "",
            {"blocks.0.x": (4, 8)},
            "Flux3Transformer2DModel",
            "Flux3Transformer2DModel, a diffusion transformer with 32 ",
        ),
        ("", {"blocks.0.x": (4, 8)}, "UNet1DModel", "UNet1DModel, a U-Net with 32 parameters"),
        (
            "",
            VAE | {"decoder.conv_in.weight": (512, 4, 3, 3)},
            "AutoencoderKLAllegro",
            "AutoencoderKLAllegro, a VAE with ",
        ),
    ],
)
def test_a_network_is_named_by_its_class_in_diffusers(
    folder: str, shapes: Shapes, stated: str, words: str, models: Path
) -> None:
    """A whole network of another class is neither called damaged nor used, although its tensors may fit."""
    below = models / "it" / folder
    write(below / "diffusion_pytorch_model.safetensors", shapes)
    if folder:
        (models / "it" / "model_index.json").write_text('{"transformer": ["diffusers", "x"]}', "utf-8")
    (below / "config.json").write_text(json.dumps({"_class_name": stated}), "utf-8")
    (refused,) = Library().refused()
    assert f" is {words}" in refused.reason and refused.reason.endswith("; this one is not supported yet.")
    for known in ("", "FluxTransformer2DModel", "../x", 5):
        (below / "config.json").write_text(json.dumps({"_class_name": known}), "utf-8")
        assert all(words.split(",")[0] not in each.reason for each in Library().refused())


def test_an_adapter_of_peft_is_named_by_its_configuration(models: Path) -> None:
    """Its tensors have the names of a LoRA's, without the suffix that tells their roles."""
    layer = "base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
    file = models / "it" / "adapter_model.safetensors"
    write(file, {f"{layer}.lora_A": (6, 64), f"{layer}.lora_B": (64, 6), f"{layer}.lora_E": (6, 1)})
    named = "an adapter of the kind ADALORA of PEFT, which"
    # Such as a LoRA of only an embedding table. "Choose a LoRA" would be no advice.
    for kind, words in (("ADALORA", named), ("LORA", "not a "), ("LOHA", "not a "), (None, "not a ")):
        (file.parent / "adapter_config.json").write_text(json.dumps({"peft_type": kind}), "utf-8")
        (refused,) = Library().refused()
        assert refused.reason.startswith(f"adapter_model.safetensors is {words}")


ADAPTERS = {
    "kohya FLUX": ("lora_unet_double_blocks_0_img_attn_qkv", 3072, 9216, "FLUX.1"),
    "FLUX of diffusers": ("transformer.single_transformer_blocks.3.attn.to_q", 3072, 3072, "FLUX.1"),
    "Klein": ("diffusion_model.single_blocks.0.linear1", 3072, 27648, "FLUX.2 Klein 4B"),
    "larger Klein": ("diffusion_model.double_blocks.0.img_attn.qkv", 4096, 12288, "FLUX.2 Klein 9B"),
    "Klein of diffusers": ("transformer.single_transformer_blocks.0.attn.to_out", 3072, 3072, "FLUX.2 Klein 4B"),
    "FLUX.2 dev": ("diffusion_model.double_blocks.0.img_mlp.0", 6144, 36864, "FLUX.2 dev"),
    "HunyuanVideo": ("lora_unet_double_blocks_19_img_attn_qkv", 3072, 9216, "HunyuanVideo"),
    "Z-Image": ("diffusion_model.layers.0.attention.to_q", 3840, 3840, "Z-Image"),
    "kohya Z-Image": ("lora_unet_layers_0_attention_qkv", 3840, 11520, "Z-Image"),
    "Lumina": ("diffusion_model.layers.0.attention.qkv", 2304, 3840, "Lumina 2"),
    "Lumina of diffusers": ("transformer.layers.0.attn.to_q", 2304, 2304, "Lumina 2"),
    "small Lumina of diffusers": ("transformer.layers.0.feed_forward.linear_1", 64, 256, "Lumina 2"),
    "Qwen": ("transformer.transformer_blocks.0.img_mlp.net.0.proj", 3072, 12288, "Qwen-Image"),
    "Qwen attention": ("transformer_blocks.0.attn.to_q", 3072, 3072, "Qwen-Image"),
    "Krea 2": ("diffusion_model.blocks.0.attn.wq", 6144, 6144, "Krea 2"),
    "Krea 2 of diffusers": ("transformer.text_fusion.refiner_blocks.0.ff.up", 2560, 6912, "Krea 2"),
    "ERNIE-Image": ("diffusion_model.layers.0.self_attention.to_q", 4096, 4096, "ERNIE-Image"),
    "ERNIE-Image of kohya": ("lora_unet_layers_0_mlp_linear_fc2", 12288, 4096, "ERNIE-Image"),
    "Anima": ("diffusion_model.blocks.0.cross_attn.k_proj", 1024, 2048, "Anima"),
    "Anima of kohya": ("lora_unet_blocks_0_mlp_layer1", 2048, 8192, "Anima"),
    "Anima of diffusers": ("transformer.transformer_blocks.0.attn2.to_k", 1024, 2048, "Anima"),
    "Anima's text adapter": ("text_conditioner.blocks.0.cross_attn.q_proj", 1024, 1024, "Anima"),
    "Cosmos": ("diffusion_model.blocks.0.self_attn.q_proj", 5120, 5120, "Cosmos"),
    "Ideogram 4": ("diffusion_model.layers.0.attention.qkv", 4608, 13824, "Ideogram 4"),
    "Ideogram 4 of diffusers": ("transformer.layers.0.feed_forward.w2", 12288, 4608, "Ideogram 4"),
    "Ideogram 4's modulation": ("conditional_transformer.layers.0.adaln_modulation", 512, 18432, "Ideogram 4"),
    "SD 3": ("transformer.transformer_blocks.0.attn.to_q", 1536, 1536, "Stable Diffusion 3"),
    "Wan": ("diffusion_model.blocks.0.self_attn.q", 5120, 5120, "Wan"),
    "a language model": ("base_model.model.model.layers.0.self_attn.q_proj", 4096, 4096, "a language model"),
}
USABLE = {"FLUX.1", "FLUX.2 Klein 4B", "FLUX.2 Klein 9B", "Z-Image", "Lumina 2", "Stable Diffusion 3"}
USABLE |= {"Qwen-Image", "Krea 2", "FLUX.2 dev", "ERNIE-Image", "Anima", "Ideogram 4"}


@pytest.mark.parametrize(("layer", "width", "rows", "base"), ADAPTERS.values(), ids=ADAPTERS)
def test_an_adapter_of_another_family_is_recognised(layer: str, width: int, rows: int, base: str, models: Path) -> None:
    write(models / "ink.safetensors", {f"{layer}.lora_down.weight": (2, width), f"{layer}.lora_up.weight": (rows, 2)})
    library = Library()
    assert row(library).family == f"LoRA · {base}"
    if base in USABLE:
        assert not row(library).unusable
    else:
        assert row(library).unusable.startswith(f"ink.safetensors is a LoRA for {base} with ")


def test_a_lokr_of_a_transformer_is_recognised_by_its_factors(models: Path) -> None:
    layer = "lycoris_single_blocks_0_linear1"
    write(models / "ink.safetensors", {f"{layer}.lokr_w1": (16, 16), f"{layer}.lokr_w2": (1728, 192)})
    assert row(Library()).family == "LoKr · FLUX.2 Klein 4B" and not row(Library()).unusable


def test_an_adapter_of_stable_diffusion_is_usable(models: Path) -> None:
    layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
    write(models / "ink.safetensors", {f"{layer}.lora_down.weight": (2, 768), f"{layer}.lora_up.weight": (320, 2)})
    assert row(Library()).family == "LoRA · Stable Diffusion 1" and not row(Library()).unusable


@pytest.mark.slow
@pytest.mark.parametrize("kind", tiny_stable.KINDS)
def test_stable_diffusion_is_no_other_model(kind: str, models: Path) -> None:
    tiny_stable.write(models / "one.safetensors", kind, words=8)
    tiny_stable.write_folder(models / "two", kind)
    assert {card.name for card in Library().cards()} == SHIPPED | {"one", "two"}


@pytest.mark.parametrize("words", [0, 5, 120_000])
def test_a_gguf_file_is_recognised(words: int, models: Path) -> None:
    shapes = FLUX | {"img_in.weight": (3072, 64), "guidance_in.in_layer.weight": M}
    (models / "model.gguf").write_bytes(gguf(shapes, words=words))
    assert read_header(models / "model.gguf").shapes == shapes
    line = row(Library())
    assert line.family == "FLUX.1 dev, not whole" and line.title == "Its title"


def test_gguf_files_of_other_kinds_are_recognised(models: Path) -> None:
    files = {
        "llm": gguf({"token_embd.weight": M, "blk.0.attn_q.weight": M}, "qwen3"),
        "t5": gguf({"token_embd.weight": M, "enc.blk.0.attn_q.weight": M}, "t5encoder"),
        "other": gguf({"x": M}, "bert"),
    }
    for name, data in files.items():
        (models / f"{name}.gguf").write_bytes(data)
    library = Library()
    assert {line.name: line.family for line in library.model_table() if line.card is None} == {
        "llm": "Language model · Qwen3",
        "t5": "Text encoder · T5",
    }
    # Models of FLUX.1 and others can use the text encoder.
    assert [each.path.stem for each in library.refused()] == ["llm", "other"]


LORA = {
    f"lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_{side}.weight": shape
    for side, shape in (("down", (2, 768)), ("up", (320, 2)))
}


def test_add_ons_in_gguf_format_are_usable(models: Path) -> None:
    (models / "soft.gguf").write_bytes(gguf(VAE | {"decoder.conv_in.weight": (512, 4, 3, 3)}))
    (models / "ink.gguf").write_bytes(gguf(LORA))
    (models / "word.gguf").write_bytes(gguf({"emb_params": (2, 768)}))
    library = Library()
    assert not library.refused() and {line.family for line in library.model_table() if line.card is None} == {
        "VAE", "LoRA · Stable Diffusion 1", "Embedding · Stable Diffusion 1"
    }  # fmt: skip
    assert library.vae("soft") == models / "soft.gguf"
    assert find_adapter("ink") == models / "ink.gguf" and embeddings_named_in(["word"]) == {
        "word": models / "word.gguf"
    }


def test_a_prompt_uses_the_safetensors_file_beside_one_in_gguf_format(models: Path) -> None:
    (models / "ink.gguf").write_bytes(gguf(LORA))
    plain = write(models / "ink.safetensors", LORA)
    assert find_adapter("ink") == plain
    (models / "soft.gguf").write_bytes(gguf(VAE | {"decoder.conv_in.weight": (512, 4, 3, 3)}))
    vae = write(models / "soft.safetensors", VAE | {"decoder.conv_in.weight": (512, 4, 3, 3)})
    assert Library().vae("soft") == vae


@pytest.mark.slow
def test_damaged_gguf_files_are_refused(tmp_path: Path) -> None:
    whole = gguf(FLUX, words=3)
    file = tmp_path / "x.gguf"
    for end in range(8, len(whole)):
        file.write_bytes(whole[:end])
        with pytest.raises(ModelError):
            read_header(file)
    huge = struct.pack("<Q", 2**63)
    cases = {
        "version": gguf(FLUX, version=1),
        "no tensors": gguf({}),
        "tensors": whole[:8] + huge + whole[16:],
        "pairs": whole[:16] + huge + whole[24:],
        "a long key": whole[:24] + huge + whole[32:],
        "a list of lists": whole[:16] + struct.pack("<Q", 1) + text("a") + struct.pack("<IIQ", 9, 9, 2**40),
        "an unknown type": whole[:16] + struct.pack("<Q", 1) + text("a") + struct.pack("<I", 99),
        "many words": whole[:16] + struct.pack("<Q", 1) + text("a") + struct.pack("<IIQ", 9, 8, 2**60),
        "twice": gguf({}, words=0)[:8] + struct.pack("<QQ", 2, 0) + 2 * (text("a") + struct.pack("<IQIQ", 1, 8, 0, 0)),
        "many axes": b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + text("a") + struct.pack("<I", 2**31),
    }
    for what, data in cases.items():
        file.write_bytes(data)
        with pytest.raises(ModelError, match=r"x\.gguf"):
            read_header(file)
        assert what


def test_a_file_that_nothing_can_use_is_copied_on_request_only(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "net.safetensors"
    save_file({name: torch.zeros(shape) for name, shape in {"mlp_t5.0.weight": M}.items()}, file)
    assert run(["models", "add", str(file)]) == 2
    assert "net.safetensors is Hunyuan-DiT, a diffusion transformer with 64 parameters." in capsys.readouterr().err
    assert not list(models.iterdir())
    assert run(["models", "add", str(file), "--copy"]) == 0
    assert (models / "net" / "net.safetensors").read_bytes() == file.read_bytes()
    capsys.readouterr()
    assert run(["models"]) == 0
    said = capsys.readouterr().out
    assert "Diffusion transformer · Hunyuan-DiT (unusable)" in said and "not supported yet" in said


def test_the_list_of_one_kind_has_all_its_adapters_and_refusals_only(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
    factors = {f"{layer}.lora_down.weight": (2, 768), f"{layer}.lora_up.weight": (320, 2)}
    hadamard = {f"{layer}.hada_w{n}_{side}": (2, 768) if side == "b" else (320, 2) for n in "12" for side in "ab"}
    write(models / "plain.safetensors", factors)
    write(models / "dora.safetensors", factors | {f"{layer}.dora_scale": (320, 1)})
    write(models / "loha.safetensors", hadamard)
    other = "diffusion_model.blocks.0.self_attn.q"
    write(models / "wan.safetensors", {f"{other}.lora_down.weight": (2, 5120), f"{other}.lora_up.weight": (5120, 2)})
    write(models / "ernie.safetensors", {"layers.0.mlp.linear_fc2.weight": M})
    assert run(["models", "--family", "LoRA", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["name"]: line["family"] for line in found if "name" in line} == {
        "plain": "LoRA · Stable Diffusion 1", "dora": "DoRA · Stable Diffusion 1", "loha": "LoHa · Stable Diffusion 1",
        "wan": "LoRA · Wan",
    }  # fmt: skip
    assert [Path(line["path"]).stem for line in found if "error" in line] == ["wan"]


def test_a_model_without_a_middle_block_is_not_called_damaged(models: Path) -> None:
    tiny_stable.write(models / "small.safetensors", words=8, **{"model.diffusion_model.middle_block.": None})
    (refused,) = Library().refused()
    assert refused.reason.startswith("small.safetensors is a distilled U-Net without a middle block")


def test_inspect_says_what_a_model_file_is(models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tiny_stable.write(tmp_path / "dream.safetensors", words=8)
    other = write(tmp_path / "net.safetensors", {"mlp_t5.0.weight": M})
    assert run(["inspect", str(good)]) == 2
    assert "dream.safetensors is not an image but a model or part: Stable Diffusion 1 with " in capsys.readouterr().err
    assert run(["inspect", str(other)]) == 2
    assert "net.safetensors is Hunyuan-DiT, a diffusion transformer" in capsys.readouterr().err


LLLITE = "lllite_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q"
CROSS_1 = {"down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight": (320, 768)}
MOTION = "down_blocks.0.motion_modules.0"
# Add-ons that guide an image and are no ControlNets of Stable Diffusion, and the start of the sentence about each.
GUIDES: dict[str, tuple[Shapes, str]] = {
    "LLLite": (
        {f"{LLLITE}.{part}.weight": M for part in ("conditioning1.0", "down.0", "mid.0", "up.0")},
        "a ControlNet-LLLite with",
    ),
    "XS": (
        CROSS_1 | {"controlnet_cond_embedding.conv_in.weight": M, "down_blocks.0.base_to_ctrl.0.weight": M},
        "a ControlNet-XS for Stable Diffusion 1 with",
    ),
    "SparseCtrl": (
        CROSS_1
        | {
            "controlnet_down_blocks.0.weight": M,
            f"{MOTION}.norm.weight": N,
            "controlnet_cond_embedding.conv_in.weight": M,
        },
        "a SparseCtrl for AnimateDiff with",
    ),
    "styles": (
        {"style_embedding": (1, 8, 8), "ln_post.weight": N, "proj": M},
        "a T2I-Adapter for styles for Stable Diff",
    ),
    "XLabs": (
        FLUX | {"img_in.weight": (3072, 64), "controlnet_blocks.0.weight": M, "input_hint_block.0.weight": M},
        "a ControlNet for FLUX.1 with",
    ),
    "MistoLine": (
        FLUX | {"img_in.weight": (3072, 64), "controlnet_blocks.0.linear.weight": M},
        "a ControlNet for FLUX.1",
    ),
    "SD 3": ({"controlnet_blocks.0.weight": M, "pos_embed.proj.weight": M}, "a ControlNet for a diffusion transformer"),
}


@pytest.mark.parametrize(("shapes", "words"), GUIDES.values(), ids=GUIDES)
def test_other_guides_are_refused_by_name(shapes: Shapes, words: str, models: Path) -> None:
    write(models / "guide.safetensors", shapes)
    library = Library()
    (refused,) = library.refused()
    assert refused.reason.startswith(f"guide.safetensors is {words}"), refused.reason
    assert "damaged" not in refused.reason


@pytest.mark.parametrize("prefix", ["", "encoder.", "taesd_encoder.", "encoder.layers."])
def test_the_encoder_of_a_tiny_autoencoder_is_no_preview_decoder(prefix: str, models: Path) -> None:
    # The layers of taef2_encoder.pth: residual blocks of three convolutions, and 32 latent channels.
    shapes = {f"{prefix}0.weight": (64, 3, 3, 3), f"{prefix}0.bias": (64,), f"{prefix}14.weight": (32, 64, 3, 3)}
    for block in (1, 3, 4, 5, 7, 8, 9, 11, 12, 13):
        for layer in (0, 2, 4):
            shapes |= {
                f"{prefix}{block}.conv.{layer}.weight": (64, 64, 3, 3),
                f"{prefix}{block}.conv.{layer}.bias": (64,),
            }
    write(models / "taef2_encoder.safetensors", shapes)
    line = row(Library())
    assert line.family == "Preview encoder"
    assert line.unusable.startswith("taef2_encoder.safetensors is a preview encoder, without the decoder for previews")
