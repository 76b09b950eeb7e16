"""Reference images of diffusers' pipelines of 2025 and 2026 for small models, from prompt to image, in fp32.

    pip install .[parity] && python -m tests.parity.by_recent_pipelines

writes tests/data/parity/recent_pipelines.json.xz: some latents after the last step and some numbers of the image, for
each case in recent_pipelines.py.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import diffusers
import torch
import transformers
from diffusers.models.transformers import transformer_cosmos
from PIL import Image
from tokenizers import processors
from torch import Tensor
from transformers.integrations.mistral.tokenizer import MistralConverter

from gdm_studio.networks.diffusion_transformers.scaled_autoencoder import IDEOGRAM_4
from gdm_studio.networks.stable_diffusion.autoencoder import AutoencoderConfig
from tests.helpers import tiny_transformers
from tests.helpers.tekken import SPECIAL, tekken
from tests.parity.by_prompt_tokenizers import qwen3_tokenizer, t5_tokenizer
from tests.parity.by_transformer_pipelines import _fill, _vae
from tests.parity.recent_pipelines import (
    CASES,
    EVERY_LATENT,
    EVERY_PIXEL,
    REFERENCE_AREA,
    SIZE,
    STEPS,
    Case,
    lora_of,
    read_stored,
    write_stored,
)
from tests.parity.references import image
from tests.parity.weights import inputs


@torch.no_grad()
def main(only: str = "") -> None:
    found: dict[str, Any] = read_stored() if only else {}
    found["versions"] = {name: version(name) for name in ("diffusers", "transformers", "torch")}
    for name, case in CASES.items():
        if not name.startswith(only):
            continue
        latents, picture = _generate(case)
        found[name] = {
            "case": json.loads(json.dumps(asdict(case))),
            "latents": [round(number, 5) for number in latents.flatten()[::EVERY_LATENT].tolist()],
            "picture": [round(number, 4) for number in picture.flatten()[::EVERY_PIXEL].tolist()],
        }
        print(name, float(latents.abs().max()), flush=True)
    write_stored(found)


def _generate(case: Case) -> tuple[Tensor, Tensor]:
    """Return the latents after the last step, and the image in 0 … 1."""
    build, settings = next(each for start, each in _FAMILIES.items() if case.kind.startswith(start))
    pipeline = build(case)
    pipeline.set_progress_bar_config(disable=True)
    if case.lora:
        pipeline.load_lora_weights(lora_of(case.kind))
    latents: list[Tensor] = []

    def remember(pipeline: Any, step: int, time: Any, found: dict[str, Tensor]) -> dict[str, Tensor]:
        latents.append(found["latents"])
        return {}

    width, height = SIZE
    given = {
        "prompt": case.prompt,
        "width": width,
        "height": height,
        "num_inference_steps": STEPS,
        "output_type": "pt",
        "callback_on_step_end": remember,
        **settings(case, pipeline),
    }
    picture = pipeline(**given).images
    last = latents[-1]
    if case.kind == "flux2 dev":
        last = last.transpose(1, 2).unflatten(2, (height // 16, width // 16))
    elif case.kind == "ideogram 4":
        # A token has the order row, column, channel.
        numbers = last.unflatten(2, (2, 2, -1)).unflatten(1, (height // 16, width // 16))
        last = numbers.permute(0, 5, 3, 4, 1, 2).flatten(1, 3)
    elif last.ndim == 3:
        last = torch.nn.functional.pixel_shuffle(last.transpose(1, 2).unflatten(2, (height // 16, width // 16)), 2)
    return last, picture


def noise_of(case: Case, channels: int = 16) -> Tensor:
    width, height = SIZE
    return inputs(f"recent {case.kind}", 1, channels, height // 8, width // 8).float()


def _qwen_image(case: Case) -> Any:
    made = tiny_transformers.KINDS[case.kind]
    config = made.config
    transformer = diffusers.QwenImageTransformer2DModel(
        in_channels=4 * config.channels, out_channels=config.channels, num_layers=config.depth,
        attention_head_dim=config.width // config.heads, num_attention_heads=config.heads,
        joint_attention_dim=config.context, zero_cond_t=config.clean_references,
    )  # fmt: skip
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(
        base_image_seq_len=256, max_image_seq_len=8192, base_shift=0.5, max_shift=0.9, shift_terminal=0.02,
        use_dynamic_shifting=True, shift=1.0,
    )  # fmt: skip
    networks = {"transformer": transformer, "vae": wan_vae(made.vae), "text_encoder": _qwen25(made)}
    fill_all(networks, case)
    tokenizer = qwen3_tokenizer()
    tokenizer.pad_token = "<|endoftext|>"
    if case.references:
        _pass_token_kinds(networks["text_encoder"])
        edit = diffusers.QwenImageEditPipeline if case.kind.endswith("edit") else diffusers.QwenImageEditPlusPipeline
        _shrink_references(sys.modules[edit.__module__])
        return edit(scheduler=scheduler, tokenizer=tokenizer, processor=_Processor(tokenizer), **networks)
    kind = diffusers.QwenImageImg2ImgPipeline if case.skipped else diffusers.QwenImagePipeline
    return kind(scheduler=scheduler, tokenizer=tokenizer, **networks)


def _qwen_image_settings(case: Case, pipeline: Any) -> dict[str, Any]:
    width, height = SIZE
    x = noise_of(case)
    given: dict[str, Any] = {"true_cfg_scale": case.guidance, "negative_prompt": case.negative}
    pictures = [Image.fromarray(image(number, *size)) for number, size in enumerate(case.references)]
    if pictures:
        given["image"] = pictures[0] if case.kind.endswith("edit") else pictures
    if case.skipped:
        diffusers.pipelines.qwenimage.pipeline_qwenimage_img2img.randn_tensor = lambda *_, **__: x[:, None]
        pipeline.vae.encode = _mean_of(pipeline.vae.encode)
        return given | {"image": Image.fromarray(image(0, *SIZE)), "strength": 1 - case.skipped / STEPS}
    return given | {"latents": pipeline._pack_latents(x, 1, 16, height // 8, width // 8)}


def _mean_of(encode: Callable[[Tensor], Any]) -> Callable[[Tensor], Any]:
    """Return an `encode` whose distribution is sampled at its mean."""

    def encoded(pictures: Tensor) -> Any:
        found = encode(pictures)
        found.latent_dist.sample = lambda generator=None: found.latent_dist.mode()
        return found

    return encoded


def _shrink_references(module: Any) -> None:
    """Let a pipeline resize its references to `REFERENCE_AREA` instead of a megapixel."""
    whole = module.calculate_dimensions
    if not hasattr(module, "_whole"):
        module._whole = whole
        module.calculate_dimensions = lambda area, ratio: whole(REFERENCE_AREA if area == 1024**2 else area, ratio)


class _Processor(transformers.Qwen2VLProcessor):
    """Processor of texts with images, from the tokenizer and an image processor that does not need torchvision."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.images = transformers.models.qwen2_vl.image_processing_pil_qwen2_vl.Qwen2VLImageProcessorPil(
            min_pixels=3136, max_pixels=12845056
        )

    def __call__(self, text: list[str], images: Any, **given: Any) -> Any:
        pictures = images if isinstance(images, list) else [images]
        seen = self.images(images=pictures, return_tensors="pt")
        (whole,) = text
        for grid in seen["image_grid_thw"]:
            whole = whole.replace("<|image_pad|>", "<|placeholder|>" * int(grid.prod() // 4), 1)
        tokens = self.tokenizer([whole.replace("<|placeholder|>", "<|image_pad|>")], return_tensors="pt")
        return transformers.BatchFeature({**tokens, **seen})


def _pass_token_kinds(encoder: Any) -> None:
    """Let a text encoder see which tokens are those of images.

    transformers 5 needs this to place them in rows and columns, and diffusers 0.42 does not pass it: images then have
    the positions of a text. Earlier versions of transformers, with which the models were released, read it off the ids.
    """
    forward = encoder.forward

    def with_kinds(input_ids: Tensor, **given: Any) -> Any:
        kinds = (input_ids == encoder.config.image_token_id).int()
        return forward(input_ids=input_ids, mm_token_type_ids=kinds, **given)

    encoder.forward = with_kinds


def _qwen25(made: tiny_transformers.Kind) -> Any:
    config, vision = made.texts["text_encoder"], made.vision
    assert vision is not None
    return transformers.Qwen2_5_VLForConditionalGeneration(
        transformers.Qwen2_5_VLConfig(
            text_config={
                "vocab_size": config.vocabulary, "hidden_size": config.width, "intermediate_size": config.hidden,
                "num_hidden_layers": config.layers, "num_attention_heads": config.heads,
                "num_key_value_heads": config.key_heads, "head_dim": config.head, "rms_norm_eps": 1e-6,
                "rope_parameters": {
                    "rope_type": "default", "rope_theta": config.theta, "mrope_section": list(config.sections),
                },
            },
            vision_config={
                "depth": vision.layers, "hidden_size": vision.width, "num_heads": vision.heads,
                "intermediate_size": vision.hidden, "out_hidden_size": vision.out, "fullatt_block_indexes": [7],
            },
            image_token_id=151655,
        )
    )  # fmt: skip


def _krea_2(case: Case) -> Any:
    made = tiny_transformers.KINDS[case.kind]
    config, text = made.config, made.texts["text_encoder"]
    transformer = diffusers.Krea2Transformer2DModel(
        in_channels=4 * config.channels, num_layers=config.depth, attention_head_dim=config.width // config.heads,
        num_attention_heads=config.heads, num_key_value_heads=config.value_heads, intermediate_size=config.hidden,
        text_hidden_dim=config.text, num_text_layers=config.taps, text_num_attention_heads=config.text_heads,
        text_num_key_value_heads=config.text_heads, text_intermediate_size=config.text_hidden,
        num_layerwise_text_blocks=config.fusing, num_refiner_text_blocks=config.refining,
    )  # fmt: skip
    encoder = _qwen3_vl(case, text)
    networks = {"transformer": transformer, "vae": wan_vae(made.vae)}
    fill_all(networks, case)
    tokenizer = qwen3_tokenizer()
    tokenizer.pad_token = "<|endoftext|>"
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(
        base_image_seq_len=256, max_image_seq_len=6400, base_shift=0.5, max_shift=1.15, use_dynamic_shifting=True
    )
    return diffusers.Krea2Pipeline(
        scheduler, text_encoder=encoder, tokenizer=tokenizer, is_distilled=case.kind.endswith("turbo"), **networks
    )


def _qwen3_vl(case: Case, text: Any) -> Any:
    encoder = transformers.models.qwen3_vl.modeling_qwen3_vl.Qwen3VLTextModel(
        transformers.models.qwen3_vl.configuration_qwen3_vl.Qwen3VLTextConfig(
            vocab_size=text.vocabulary, hidden_size=text.width, intermediate_size=text.hidden,
            num_hidden_layers=text.layers, num_attention_heads=text.heads, num_key_value_heads=text.key_heads,
            head_dim=text.head, rms_norm_eps=1e-6,
            rope_parameters={
                "rope_type": "default", "rope_theta": text.theta, "mrope_section": [4, 2, 2], "mrope_interleaved": True,
            },
        )
    )  # fmt: skip
    weights = tiny_transformers.components(case.kind)["text_encoder"]
    start = "model.language_model."
    _fill(encoder, {name.removeprefix(start): each for name, each in weights.items() if name.startswith(start)})
    return encoder


def _krea_2_settings(case: Case, pipeline: Any) -> dict[str, Any]:
    width, height = SIZE
    x = pipeline._pack_latents(noise_of(case), 1, 16, height // 8, width // 8)
    # Krea adds a multiple of the difference to the guided prediction, and not to the other.
    return {"guidance_scale": case.guidance - 1, "negative_prompt": case.negative, "latents": x}


def _flux2_dev(case: Case) -> Any:
    made = tiny_transformers.KINDS[case.kind]
    config, text = made.config, made.texts["text_encoder"]
    encoder = transformers.MistralModel(
        transformers.MistralConfig(
            vocab_size=text.vocabulary, hidden_size=text.width, intermediate_size=text.hidden,
            num_hidden_layers=text.layers + 1, num_attention_heads=text.heads, num_key_value_heads=text.key_heads,
            head_dim=text.head, rms_norm_eps=1e-5, sliding_window=None,
            rope_parameters={"rope_type": "default", "rope_theta": 1e9},
        )
    )  # fmt: skip
    transformer = diffusers.Flux2Transformer2DModel(
        in_channels=config.inputs, num_layers=config.double, num_single_layers=config.single, attention_head_dim=128,
        num_attention_heads=config.heads, joint_attention_dim=config.context, axes_dims_rope=config.axes,
    )  # fmt: skip
    networks = {"transformer": transformer, "vae": _vae(made.vae, is_sd3=False)}
    fill_all(networks, case)
    weights = tiny_transformers.components(case.kind)["text_encoder"]
    # The last layer is not used.
    encoder.load_state_dict({name.removeprefix("model."): each for name, each in weights.items()}, strict=False)
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True)
    return diffusers.Flux2Pipeline(scheduler, text_encoder=encoder.eval(), tokenizer=_Chat(), **networks)


def _flux2_dev_settings(case: Case, pipeline: Any) -> dict[str, Any]:
    width, height = SIZE
    x = inputs(f"recent {case.kind}", 1, 128, height // 16, width // 16).float()
    pictures = [Image.fromarray(image(number, *size)) for number, size in enumerate(case.references)]
    pipeline.prepare_latents = _latents_of(pipeline, x)
    return {"guidance_scale": case.distilled_guidance, "image": pictures or None}


def _ernie_image(case: Case) -> Any:
    made = tiny_transformers.KINDS[case.kind]
    config, text = made.config, made.texts["text_encoder"]
    # The configuration of the released text encoder.
    language_model = transformers.MistralConfig(
        vocab_size=text.vocabulary, hidden_size=text.width, intermediate_size=text.hidden,
        num_hidden_layers=text.layers, num_attention_heads=text.heads, num_key_value_heads=text.key_heads,
        head_dim=text.head, rms_norm_eps=1e-5, sliding_window=None, max_position_embeddings=262144,
        rope_parameters={
            "rope_type": "yarn", "rope_theta": 1e6, "factor": 16.0, "original_max_position_embeddings": 16384,
            "beta_fast": 32.0, "beta_slow": 1.0, "mscale": 1.0, "mscale_all_dim": 1.0, "llama_4_scaling_beta": 0.1,
        },
    )  # fmt: skip
    seen = transformers.PixtralVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=1, image_size=28
    )
    encoder = transformers.Mistral3Model(transformers.Mistral3Config(text_config=language_model, vision_config=seen))
    transformer = diffusers.ErnieImageTransformer2DModel(
        hidden_size=config.width, num_attention_heads=config.heads, num_layers=config.depth,
        ffn_hidden_size=config.hidden, text_in_dim=config.context,
    )  # fmt: skip
    networks = {"transformer": transformer, "vae": _vae(made.vae, is_sd3=False)}
    fill_all(networks, case)
    weights = tiny_transformers.components(case.kind)["text_encoder"]
    start = "language_model.model."
    # The final normalisation is not used.
    encoder.language_model.load_state_dict(
        {name.removeprefix(start): each for name, each in weights.items() if name.startswith(start)}, strict=False
    )
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=4.0, time_shift_type="exponential")
    return diffusers.ErnieImagePipeline(
        text_encoder=encoder.eval(), tokenizer=_tokenizer(), scheduler=scheduler, **networks
    )


def _ernie_image_settings(case: Case, pipeline: Any) -> dict[str, Any]:
    width, height = SIZE
    x = inputs(f"recent {case.kind}", 1, 128, height // 16, width // 16).float()
    return {"guidance_scale": case.guidance, "negative_prompt": case.negative, "latents": x}


def _anima(case: Case) -> Any:
    made = tiny_transformers.KINDS[case.kind]
    config, text = made.config, made.texts["text_encoder"]
    encoder = transformers.Qwen3Model(
        transformers.Qwen3Config(
            vocab_size=text.vocabulary, hidden_size=text.width, intermediate_size=text.hidden,
            num_hidden_layers=text.layers, num_attention_heads=text.heads, num_key_value_heads=text.key_heads,
            head_dim=text.head, rms_norm_eps=1e-6, rope_parameters={"rope_type": "default", "rope_theta": text.theta},
        )
    )  # fmt: skip
    # torchvision resizes only the padding mask, which is zero.
    transformer_cosmos.transforms = SimpleNamespace(
        functional=SimpleNamespace(resize=_resize), InterpolationMode=SimpleNamespace(NEAREST="nearest")
    )
    # The positions of Anima's rows and columns are stretched as in ComfyUI.
    transformer = diffusers.CosmosTransformer3DModel(
        num_attention_heads=config.heads, attention_head_dim=config.width // config.heads, num_layers=config.depth,
        mlp_ratio=config.hidden / config.width, text_embed_dim=config.context, adaln_lora_dim=config.rank,
        rope_scale=(1.0, 4.0, 4.0), extra_pos_embed_type=None,
    )  # fmt: skip
    conditioner = diffusers.AnimaTextConditioner(
        source_dim=config.text, target_dim=config.context, model_dim=config.context, num_layers=config.text_depth,
        num_attention_heads=config.text_heads, mlp_ratio=config.text_hidden / config.context,
    )  # fmt: skip
    parts = tiny_transformers.components(case.kind)
    start = "text_conditioner."
    adapter = {name.removeprefix(start): each for name, each in parts["transformer"].items() if name.startswith(start)}
    vae = wan_vae(made.vae)
    _fill(transformer, {name: each for name, each in parts["transformer"].items() if not name.startswith(start)})
    _fill(conditioner, adapter)
    _fill(vae, parts["vae"])
    _fill(encoder, {name.removeprefix("model."): each for name, each in parts["text_encoder"].items()})
    tokenizer = qwen3_tokenizer()
    tokenizer.pad_token = "<|endoftext|>"
    pipeline = diffusers.AnimaAutoBlocks().init_pipeline()
    pipeline.update_components(
        text_encoder=encoder, tokenizer=tokenizer, t5_tokenizer=t5_tokenizer(), vae=vae, transformer=transformer,
        text_conditioner=conditioner, scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        guider=diffusers.ClassifierFreeGuidance(guidance_scale=case.guidance),
    )  # fmt: skip
    return _Modular(pipeline)


def _anima_settings(case: Case, pipeline: Any) -> dict[str, Any]:
    return {"negative_prompt": case.negative, "latents": noise_of(case)[:, :, None]}


def _ideogram_4(case: Case) -> Any:
    made = tiny_transformers.KINDS[case.kind]
    config, text = made.config, made.texts["text_encoder"]
    transformers_of_both = [
        diffusers.Ideogram4Transformer2DModel(
            in_channels=config.channels, num_layers=config.depth, attention_head_dim=config.width // config.heads,
            num_attention_heads=config.heads, intermediate_size=config.hidden, adaln_dim=config.condition,
            llm_features_dim=config.context,
        )
        for _ in range(2)
    ]  # fmt: skip
    vae = _vae(made.vae, is_sd3=False)
    networks = dict(zip(("transformer", tiny_transformers.UNCONDITIONAL), transformers_of_both, strict=True))
    fill_all({**networks, "vae": vae}, case)
    # Those of the released pipelines.
    means, deviations = (torch.tensor(each) for each in IDEOGRAM_4)
    vae.bn.running_mean.copy_(means)
    vae.bn.running_var.copy_(deviations**2 - vae.config.batch_norm_eps)
    tokenizer = qwen3_tokenizer()
    tokenizer.chat_template = (
        "{% for each in messages %}<|im_start|>{{ each.role }}\n{{ each.content[0].text }}<|im_end|>\n{% endfor %}"
        "{{ '<|im_start|>assistant\\n' }}"
    )
    return diffusers.Ideogram4Pipeline(
        diffusers.FlowMatchEulerDiscreteScheduler(), text_encoder=_TextTower(_qwen3_vl(case, text)),
        tokenizer=tokenizer, vae=vae, **networks,
    )  # fmt: skip


def _ideogram_4_settings(case: Case, pipeline: Any) -> dict[str, Any]:
    width, height = SIZE
    x = inputs(f"recent {case.kind}", 1, 128, height // 16, width // 16).float()
    tokens = x.unflatten(1, (-1, 2, 2)).permute(0, 4, 5, 2, 3, 1).flatten(3).flatten(1, 2)
    return {"guidance_scale": case.guidance, "guidance_schedule": None, "latents": tokens}


class _TextTower(torch.nn.Module):
    """Model with a language model, as Qwen3-VL is one."""

    device = torch.device("cpu")

    def __init__(self, language_model: Any) -> None:
        super().__init__()
        self.language_model = language_model


class _Modular:
    """Modular pipeline that is called like other pipelines."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline
        self.load_lora_weights = pipeline.load_lora_weights
        self.set_progress_bar_config = pipeline.set_progress_bar_config

    def __call__(self, callback_on_step_end: Callable[..., Any], **given: Any) -> Any:
        state = self.pipeline(**given)
        callback_on_step_end(self, STEPS - 1, None, {"latents": state.get("latents")})
        return SimpleNamespace(images=state.get("images"))


def _resize(mask: Tensor, size: list[int], interpolation: str) -> Tensor:
    return torch.nn.functional.interpolate(mask, size, mode=interpolation)


def _tokenizer() -> Any:
    """Return Mistral's tokenizer, which begins a prompt with <s>, as it is saved for ERNIE-Image."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "tekken.json")
        file.write_bytes(tekken())
        converted = MistralConverter(str(file)).converted()
    converted.post_processor = processors.TemplateProcessing("<s> $A", special_tokens=[("<s>", SPECIAL.index("<s>"))])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=converted, bos_token="<s>", pad_token="<pad>", model_max_length=2048
    )


def _latents_of(pipeline: Any, x: Tensor) -> Callable[..., Any]:
    return lambda *_, **__: (pipeline._pack_latents(x), pipeline._prepare_latent_ids(x))


class _Chat:
    """Mistral's tokenizer with its template of a system prompt and a prompt, padded on the left."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "tekken.json")
            file.write_bytes(tekken())
            self.tokenizer = MistralConverter(str(file)).converted()

    def apply_chat_template(self, messages: Any, max_length: int, **given: Any) -> dict[str, Tensor]:
        ((system, user),) = messages
        texts = (each["content"][0]["text"] for each in (system, user))
        whole = "<s>[SYSTEM_PROMPT]{}[/SYSTEM_PROMPT][INST]{}[/INST]".format(*texts)
        ids = self.tokenizer.encode(whole, add_special_tokens=False).ids[:max_length]
        padding = max_length - len(ids)
        rows = [SPECIAL.index("<pad>")] * padding + ids
        return {
            "input_ids": torch.tensor([rows]),
            "attention_mask": torch.tensor([[0] * padding + [1] * len(ids)]),
        }


def wan_vae(config: AutoencoderConfig) -> Any:
    return diffusers.AutoencoderKLQwenImage(
        base_dim=config.channels, z_dim=config.latent, dim_mult=list(config.widths), num_res_blocks=config.blocks
    )


def fill_all(networks: Mapping[str, Any], case: Case) -> None:
    parts = tiny_transformers.components(case.kind)
    for part, network in networks.items():
        _fill(network, parts[part])


_FAMILIES: Mapping[str, tuple[Callable[[Case], Any], Callable[[Case, Any], dict[str, Any]]]] = {
    "qwen-image": (_qwen_image, _qwen_image_settings),
    "krea 2": (_krea_2, _krea_2_settings),
    "flux2 dev": (_flux2_dev, _flux2_dev_settings),
    "ernie-image": (_ernie_image, _ernie_image_settings),
    "anima": (_anima, _anima_settings),
    "ideogram 4": (_ideogram_4, _ideogram_4_settings),
}

if __name__ == "__main__":
    main(*sys.argv[1:])
