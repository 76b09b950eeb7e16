"""Reference images of diffusers' transformer pipelines for small models, from prompt to image, in fp32.

    pip install .[parity] && python -m tests.parity.by_transformer_pipelines

writes tests/data/parity/transformer_pipelines.npz: some latents after the last step and some numbers of the image, for
each case in transformer_pipelines.py. Lumina 2 is in lumina_pipeline.json.
"""

from __future__ import annotations

import base64
import json
import lzma
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from torch import Tensor

from gdm_studio.networks.stable_diffusion.autoencoder import AutoencoderConfig
from gdm_studio.networks.stable_diffusion.clip import ClipConfig
from gdm_studio.networks.text_encoders.t5 import T5Config
from tests.helpers import tiny_transformers
from tests.parity.by_diffusion_transformers import network_arguments
from tests.parity.by_prompt_tokenizers import FILE as TOKENS
from tests.parity.by_prompt_tokenizers import gemma2_tokenizer, qwen3_tokenizer, t5_tokenizer
from tests.parity.by_tokenizer import clip_tokenizer
from tests.parity.transformer_pipelines import (
    CASES,
    EVERY_LATENT,
    EVERY_PIXEL,
    FILE,
    LUMINA,
    LUMINA_FILE,
    NEGATIVE,
    PROMPT,
    SIZE,
    STEPS,
    Case,
)
from tests.parity.transformers import CHROMA, FLUX1, FLUX2, SD_3, Z_IMAGE, Kind
from tests.parity.transformers import LUMINA as LUMINA_2
from tests.parity.weights import inputs

_KINDS: Mapping[str, tuple[Kind, Any]] = {
    "flux1 dev": (FLUX1, diffusers.FluxPipeline),
    "flux1 deep": (FLUX1, diffusers.FluxPipeline),
    "flux1 schnell": (FLUX1, diffusers.FluxPipeline),
    "flux1 kontext": (FLUX1, diffusers.FluxKontextPipeline),
    "flux1 fill": (FLUX1, diffusers.FluxFillPipeline),
    "chroma": (CHROMA, diffusers.ChromaPipeline),
    "klein": (FLUX2, diffusers.Flux2KleinPipeline),
    "sd3": (SD_3, diffusers.StableDiffusion3Pipeline),
    "sd3.5 medium": (SD_3, diffusers.StableDiffusion3Pipeline),
    "z-image": (Z_IMAGE, diffusers.ZImagePipeline),
    "z-image deep": (Z_IMAGE, diffusers.ZImagePipeline),
    "lumina 2": (LUMINA_2, diffusers.Lumina2Pipeline),
}


@torch.no_grad()
def main() -> None:
    about = {"versions": {name: version(name) for name in ("diffusers", "transformers", "torch")}, "cases": {}}
    answers = {}
    for name, case in CASES.items():
        about["cases"][name] = asdict(case)
        latents, picture = _generate(name, case)
        answers[f"{name}.latents"] = latents.flatten()[::EVERY_LATENT].numpy()
        answers[f"{name}.picture"] = picture.flatten()[::EVERY_PIXEL].numpy()
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **answers)
    write_lumina()


@torch.no_grad()
def write_lumina() -> None:
    latents, picture = _generate("Lumina 2", LUMINA)
    numbers = {"latents": latents.flatten()[::EVERY_LATENT], "picture": picture.flatten()[::EVERY_PIXEL]}
    found = {name: [float(f"{number:.7g}") for number in values] for name, values in numbers.items()}
    LUMINA_FILE.write_text(json.dumps(asdict(LUMINA) | found, separators=(",", ":")), "utf-8")


def _generate(name: str, case: Case) -> tuple[Tensor, Tensor]:
    """Return the latents after the last step, and the image in 0 … 1."""
    pipeline = pipeline_of(case)
    pipeline.set_progress_bar_config(disable=True)
    width, height = SIZE
    made = tiny_transformers.KINDS[case.kind]
    factor = 16 if case.kind == "klein" else 8
    channels = 128 if case.kind == "klein" else 16
    x = inputs(f"transformer {case.kind}", 1, channels, height // factor, width // factor).float()
    latents: list[Tensor] = []

    def remember(pipeline: Any, step: int, time: Any, found: dict[str, Tensor]) -> dict[str, Tensor]:
        latents.append(found["latents"])
        return {}

    is_packed = case.kind.startswith(("flux1", "chroma"))
    given: dict[str, Any] = {
        "prompt": PROMPT,
        "width": width,
        "height": height,
        "num_inference_steps": STEPS,
        "output_type": "pt",
        "latents": pipeline._pack_latents(x, 1, channels, height // 8, width // 8) if is_packed else x,
        "callback_on_step_end": remember,
    }
    if case.kind.startswith("flux1"):
        given["guidance_scale"] = case.distilled_guidance
        given["max_sequence_length"] = 512 if made.config.guided else 256
    else:
        # Z-Image adds a multiple of the difference to the guided prediction, and not to the other.
        given["guidance_scale"] = case.guidance - (case.kind == "z-image")
        given["negative_prompt"] = NEGATIVE
    if case.kind == "lumina 2":
        given["cfg_normalization"] = False
    if case.kind == "klein":
        negative = given.pop("negative_prompt")
        given["negative_prompt_embeds"] = pipeline.encode_prompt(negative)[0] if case.guidance != 1 else None
    if case.kind == "chroma":
        given |= _chroma_prompts(pipeline)
    picture = pipeline(**given).images
    last = latents[-1]
    if is_packed:
        last = pipeline._unpack_latents(last, height, width, pipeline.vae_scale_factor)
    elif case.kind == "klein":
        last = last.transpose(1, 2).unflatten(2, (height // 16, width // 16))
    return last, picture


def _chroma_prompts(pipeline: Any) -> dict[str, Any]:
    """Return both prompts without masked tokens.

    Their mask of zeros and ones is added to the logits of the attention. Without masked tokens it changes nothing.
    """
    given: dict[str, Any] = {"prompt": None, "negative_prompt": None}
    for side, text in (("prompt", PROMPT), ("negative_prompt", NEGATIVE)):
        embeddings, mask = pipeline._get_t5_prompt_embeds(text)
        count = int(mask.sum())
        given |= {f"{side}_embeds": embeddings[:, :count], f"{side}_attention_mask": mask[:, :count]}
    return given


def pipeline_of(case: Case) -> Any:
    kind, theirs = _KINDS[case.kind]
    made = tiny_transformers.KINDS[case.kind]
    parts = tiny_transformers.components(case.kind)
    networks: dict[str, Any] = {
        "transformer": getattr(diffusers, kind.theirs)(**network_arguments(kind, made.config)),
        "vae": _vae(made.vae, is_sd3=case.kind.startswith("sd3")),
    }
    tokenizers = {}
    for part, config in made.texts.items():
        found = (None, None) if part == case.without else _text(part, config, case.kind)
        networks[part], tokenizers[part.replace("text_encoder", "tokenizer")] = found
    for part, network in networks.items():
        if network is not None:
            _fill(network, parts[part])
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(
        shift={"flux1 schnell": 1.0, "lumina 2": 6.0}.get(case.kind, 3.0),
        use_dynamic_shifting=case.kind in ("flux1 dev", "flux1 deep", "flux1 kontext", "flux1 fill", "chroma", "klein"),
    )
    return theirs(scheduler=scheduler, **networks, **tokenizers)


def _text(part: str, config: Any, kind: str) -> tuple[Any, Any]:
    """Return a text encoder of transformers, and its tokenizer."""
    if isinstance(config, ClipConfig):
        theirs = transformers.CLIPTextConfig(
            hidden_size=config.width, intermediate_size=4 * config.width, num_hidden_layers=config.layers,
            num_attention_heads=config.heads, hidden_act="gelu", projection_dim=config.projection,
            bos_token_id=49406, eos_token_id=49407,
        )  # fmt: skip
        projects = kind.startswith("sd3")
        encoder = (transformers.CLIPTextModelWithProjection if projects else transformers.CLIPTextModel)(theirs)
        tokenizer = clip_tokenizer(pad="!" if part == "text_encoder_2" else "<|endoftext|>")
        tokenizer.model_max_length = 77
        return encoder, tokenizer
    if isinstance(config, T5Config):
        encoder = transformers.T5EncoderModel(
            transformers.T5Config(
                vocab_size=config.vocabulary, d_model=config.width, d_kv=config.head, d_ff=config.hidden,
                num_layers=config.layers, num_heads=config.heads, is_gated_act=True, feed_forward_proj="gated-gelu",
                dropout_rate=0.0,
            )
        )  # fmt: skip
        return encoder, t5_tokenizer()
    if kind == "lumina 2":
        theirs = transformers.Gemma2Config(
            vocab_size=config.vocabulary, hidden_size=config.width, intermediate_size=config.hidden,
            num_hidden_layers=config.layers, num_attention_heads=config.heads, num_key_value_heads=config.key_heads,
            head_dim=config.head, query_pre_attn_scalar=config.head,
        )  # fmt: skip
        model = base64.b64decode(json.loads(lzma.decompress(TOKENS.read_bytes()))["gemma2_model"])
        tokenizer = gemma2_tokenizer(model)
        tokenizer.pad_token = "<pad>"
        return transformers.Gemma2Model(theirs), _WithBegin(tokenizer)
    theirs = transformers.Qwen3Config(
        vocab_size=config.vocabulary, hidden_size=config.width, intermediate_size=config.hidden,
        num_hidden_layers=config.layers, num_attention_heads=config.heads, num_key_value_heads=config.key_heads,
        head_dim=config.head, rms_norm_eps=1e-6, rope_parameters={"rope_type": "default", "rope_theta": config.theta},
        max_position_embeddings=1024,
    )  # fmt: skip
    tokenizer = qwen3_tokenizer()
    tokenizer.pad_token = "<|endoftext|>"
    # Qwen3's own template, for one message of the user.
    tokenizer.chat_template = (
        "<|im_start|>user\n{{ messages[0].content }}<|im_end|>\n<|im_start|>assistant\n"
        "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"
    )
    return (transformers.Qwen3ForCausalLM if kind == "klein" else transformers.Qwen3Model)(theirs), tokenizer


class _WithBegin(transformers.GemmaTokenizer):
    """Gemma's tokenizer, which adds the token that begins a text, as its published configuration says."""

    def __init__(self, tokenizer: Any) -> None:
        self.__dict__.update(tokenizer.__dict__)

    def __call__(self, prompt: list[str], **given: Any) -> Any:
        return super().__call__([f"<bos>{text}" for text in prompt], **given)


def _vae(config: AutoencoderConfig, *, is_sd3: bool) -> Any:
    sizes: dict[str, Any] = {
        "block_out_channels": (config.channels,) * 4,
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "layers_per_block": config.blocks,
        "latent_channels": config.latent,
    }
    if config.latent == 32:
        return diffusers.AutoencoderKLFlux2(**sizes)
    shift, scale = (0.0609, 1.5305) if is_sd3 else (0.1159, 0.3611)
    return diffusers.AutoencoderKL(
        **sizes, use_quant_conv=False, use_post_quant_conv=False, shift_factor=shift, scaling_factor=scale
    )


def _fill(network: torch.nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Load all weights of a network. transformers changes the names of some from version to version."""
    wanted = network.state_dict()
    given = {}
    for name, weight in weights.items():
        known = next((each for each in (name, *_other_names(name)) if each in wanted), None)
        if known:
            given[known] = weight.reshape(wanted[known].shape)
    missing = network.load_state_dict(given, strict=False).missing_keys
    tied = ("position_ids", "embed_tokens.weight", "lm_head.weight", "num_batches_tracked")
    assert all(name.endswith(tied) for name in missing), missing
    network.float().eval()


def _other_names(name: str) -> tuple[str, str]:
    return name.removeprefix("text_model."), name.removeprefix("model.")


if __name__ == "__main__":
    main()
