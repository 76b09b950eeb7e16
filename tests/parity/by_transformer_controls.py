"""Reference latents of diffusers' transformer pipelines with ControlNets for small models, in fp32.

    pip install .[parity] && python -m tests.parity.by_transformer_controls

writes tests/data/parity/transformer_controls.json: some latents after the last step, for each case in
transformer_controls.py, and the numbers of parameters of the released networks.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import diffusers
import torch
import transformers
from diffusers.pipelines.flux import pipeline_flux_controlnet
from diffusers.pipelines.flux.modeling_flux import ReduxImageEncoder
from diffusers.pipelines.qwenimage import pipeline_qwenimage_controlnet
from PIL import Image
from torch import Tensor
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

from gdm_studio.networks.diffusion_transformers.control_configuration import Flux1ControlConfig, ZImageControlConfig
from gdm_studio.networks.diffusion_transformers.redux_configuration import SIDE, ReduxConfig
from tests.helpers import tiny_transformers
from tests.parity import by_recent_pipelines, recent_pipelines, transformer_pipelines
from tests.parity.by_diffusion_transformers import network_arguments
from tests.parity.by_transformer_pipelines import pipeline_of
from tests.parity.references import image, mask
from tests.parity.transformer_controls import (
    CASES,
    EVERY_LATENT,
    FILE,
    NEGATIVE,
    PROMPT,
    RELEASED,
    SIZE,
    STEPS,
    Case,
    Hint,
    control_config,
    control_weights,
)
from tests.parity.transformers import FLUX1
from tests.parity.weights import inputs


@torch.no_grad()
def main() -> None:
    # The mean of the encoded image, as in the other pipelines, instead of a sample.
    for module in (pipeline_flux_controlnet, pipeline_qwenimage_controlnet):
        module.retrieve_latents = lambda found, **_: found.latent_dist.mode()
    found: dict[str, Any] = {"versions": {name: version(name) for name in ("diffusers", "transformers", "torch")}}
    with torch.device("meta"):
        for name, (config, _) in RELEASED.items():
            network = _network(config)
            shapes = {each: list(weight.shape) for each, weight in network.state_dict().items()}
            print(name, sum(weight.numel() for weight in network.parameters()), len(shapes))
    for name, case in CASES.items():
        latents = _generate(case)
        numbers = [float(f"{number:.6g}") for number in latents.flatten()[::EVERY_LATENT].tolist()]
        found[name] = {"case": json.loads(json.dumps(asdict(case))), "latents": numbers}
        print(name, float(latents.abs().max()), flush=True)
    FILE.write_text(json.dumps(found, separators=(",", ":")) + "\n", "utf-8")


def _network(config: Any) -> Any:
    if isinstance(config, Flux1ControlConfig):
        given = network_arguments(FLUX1, config.blocks)
        del given["out_channels"]
        return diffusers.FluxControlNetModel(patch_size=1, num_mode=config.modes or None, **given)
    if isinstance(config, ReduxConfig):
        return ReduxImageEncoder(config.inputs, config.context)
    if isinstance(config, ZImageControlConfig):
        return _z_image_network(config, stride=30 // config.blocks.depth, refining=config.refining)
    blocks = config.blocks
    return diffusers.QwenImageControlNetModel(
        in_channels=4 * blocks.channels, out_channels=blocks.channels, num_layers=blocks.depth,
        attention_head_dim=blocks.width // blocks.heads, num_attention_heads=blocks.heads,
        joint_attention_dim=blocks.context,
    )  # fmt: skip


def _z_image_network(config: ZImageControlConfig, *, stride: int, refining: str) -> Any:
    blocks = config.blocks
    refiner = {"none": None, "refiners": "control_noise_refiner", "layers": "control_layers"}[refining]
    return diffusers.ZImageControlNetModel(
        control_layers_places=[stride * number for number in range(blocks.depth)],
        control_refiner_layers_places=[0, 1], control_in_dim=config.inputs, add_control_noise_refiner=refiner,
        dim=blocks.width, n_refiner_layers=blocks.refiners, n_heads=blocks.heads, n_kv_heads=blocks.value_heads,
    )  # fmt: skip


def _generate_z_image(case: Case) -> Tensor:
    config = control_config(case)
    assert isinstance(config, ZImageControlConfig)
    # Version 2.0 has no refiners in diffusers.
    refining = "layers" if case.control == "2.0" else config.refining
    network = _z_image_network(config, stride=2, refining=refining).eval()
    weights = control_weights(case)
    network.load_state_dict(
        {name: weight for name, weight in weights.items() if refining != "layers" or "_refiner." not in name}
    )
    whole = pipeline_of(transformer_pipelines.Case(case.kind))
    kind = diffusers.ZImageControlNetInpaintPipeline if case.inpaints else diffusers.ZImageControlNetPipeline
    pipeline = kind(**whole.components, controlnet=network)
    pipeline.set_progress_bar_config(disable=True)
    (hint,) = case.hints
    refined = {"layers": network.control_layers, "refiners": network.control_noise_refiner}.get(refining)
    _act_in_part(pipeline, hint)
    if refined is not None:
        _add_to_refiner(pipeline, refined[-1], hint.weight)
    width, height = SIZE
    given: dict[str, Any] = {
        "prompt": PROMPT,
        "negative_prompt": NEGATIVE,
        "width": width,
        "height": height,
        "num_inference_steps": STEPS,
        "output_type": "latent",
        "latents": inputs(f"controls {case.kind}", 1, 16, height // 8, width // 8).float(),
        "control_image": Image.fromarray(image(0, *SIZE)),
        "controlnet_conditioning_scale": hint.weight,
        # diffusers adds a multiple of the difference to the guided prediction, and not to the other.
        "guidance_scale": case.guidance - 1,
    }
    if case.inpaints:
        given |= {"image": Image.fromarray(image(1, *SIZE)), "mask_image": Image.fromarray(mask(*SIZE))}
    found: Tensor = pipeline(**given).images
    return found


def _generate_with_redux(case: Case) -> Tensor:
    embedder = ReduxImageEncoder(tiny_transformers.REDUX.inputs, tiny_transformers.REDUX.context)
    # The hidden layer of the small network has another width than three times the output's.
    embedder.redux_up = torch.nn.Linear(tiny_transformers.REDUX.inputs, tiny_transformers.REDUX.hidden)
    embedder.redux_down = torch.nn.Linear(tiny_transformers.REDUX.hidden, tiny_transformers.REDUX.context)
    embedder.load_state_dict(control_weights(case))
    made = tiny_transformers.SIGLIP
    encoder = transformers.SiglipVisionModel(
        transformers.SiglipVisionConfig(
            hidden_size=made.width, intermediate_size=made.hidden, num_hidden_layers=made.layers,
            num_attention_heads=made.heads, image_size=SIDE, patch_size=made.patch, vision_use_head=False,
        )
    ).eval()  # fmt: skip
    weights = tiny_transformers.image_encoder()
    encoder.load_state_dict({name.removeprefix("vision_model."): weight for name, weight in weights.items()})
    whole = pipeline_of(transformer_pipelines.Case(case.kind))
    texts = ("text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2")
    prior = diffusers.FluxPriorReduxPipeline(
        image_encoder=encoder,
        feature_extractor=SiglipImageProcessorPil(
            size={"height": SIDE, "width": SIDE}, image_mean=[0.5] * 3, image_std=[0.5] * 3
        ),
        image_embedder=embedder,
        **{name: whole.components[name] for name in texts},
    )
    tokens = []
    for number, hint in enumerate(case.hints):
        found = prior(Image.fromarray(image(number, *SIZE)), prompt=PROMPT, prompt_embeds_scale=[1.0],
                      pooled_prompt_embeds_scale=[1.0])  # fmt: skip
        text, image_tokens = found.prompt_embeds.split([512, made.patches], dim=1)
        # As in ComfyUI, the weight multiplies the tokens of the image only, and images are concatenated.
        tokens.append(hint.weight * image_tokens)
    width, height = SIZE
    whole.set_progress_bar_config(disable=True)
    latents = whole(
        prompt_embeds=torch.cat([text, *tokens], dim=1),
        pooled_prompt_embeds=found.pooled_prompt_embeds,
        width=width,
        height=height,
        num_inference_steps=STEPS,
        guidance_scale=3.5,
        output_type="latent",
        latents=whole._pack_latents(
            inputs(f"controls {case.kind}", 1, 16, height // 8, width // 8).float(), 1, 16, height // 8, width // 8
        ),
    ).images
    return torch.nn.functional.pixel_shuffle(latents.transpose(1, 2).unflatten(2, (height // 16, width // 16)), 2)


def _act_in_part(pipeline: Any, hint: Hint) -> None:
    """Leave out the ControlNet outside its part of the steps, for which diffusers' pipeline has no parameter."""
    forward = pipeline.controlnet.forward
    steps = iter(range(STEPS))

    def act(*inputs: Any, **more: Any) -> Any:
        step = next(steps)
        return forward(*inputs, **more) if hint.start * STEPS <= step < hint.end * STEPS else None

    pipeline.controlnet.forward = act


def _add_to_refiner(pipeline: Any, last: Any, weight: float) -> None:
    """Add the residuals for the noise refiner in the transformer too, as the original code does.

    diffusers adds them in the ControlNet's own evaluation of the noise refiner only.
    """
    transformer = pipeline.transformer
    found: list[Tensor] = []
    inside: list[bool] = []

    def remember(_: Any, __: Any, output: Tensor) -> None:
        # The layers of version 2.0 are evaluated twice.
        if not found:
            found.extend(weight * each for each in output.unbind()[:-1])

    def forget(*_: Any) -> None:
        inside.clear()
        found.clear()

    last.register_forward_hook(remember)
    transformer.register_forward_pre_hook(lambda *_: inside.append(True))
    transformer.register_forward_hook(forget)
    for number, block in enumerate(transformer.noise_refiner):
        block.register_forward_hook(
            lambda _, __, output, number=number: output + found[number] if inside and found else output
        )


def _generate(case: Case) -> Tensor:
    """Return the latents after the last step."""
    if case.kind.startswith("z-image"):
        return _generate_z_image(case)
    if case.control == "redux":
        return _generate_with_redux(case)
    config = control_config(case)
    network = _network(config).eval()
    network.load_state_dict(control_weights(case))
    is_flux = isinstance(config, Flux1ControlConfig)
    if is_flux:
        whole = pipeline_of(transformer_pipelines.Case(case.kind))
        kind, several = diffusers.FluxControlNetPipeline, diffusers.FluxMultiControlNetModel
    else:
        whole = by_recent_pipelines._qwen_image(recent_pipelines.Case(case.kind))
        kind, several = diffusers.QwenImageControlNetPipeline, diffusers.QwenImageMultiControlNetModel
    parts = {name: part for name, part in whole.components.items() if part is not None}
    is_several = len(case.hints) > 1
    pipeline = kind(**parts, controlnet=several([network]) if is_several else network)
    pipeline.set_progress_bar_config(disable=True)
    width, height = SIZE
    x = inputs(f"controls {case.kind}", 1, 16, height // 8, width // 8).float()
    hints = case.hints
    images = [Image.fromarray(image(number, *SIZE)) for number in range(len(hints))]
    modes, weights = [hint.mode for hint in hints], [hint.weight for hint in hints]
    given: dict[str, Any] = {
        "prompt": PROMPT,
        "width": width,
        "height": height,
        "num_inference_steps": STEPS,
        "output_type": "latent",
        "latents": pipeline._pack_latents(x, 1, 16, height // 8, width // 8),
        "control_image": images if is_several else images[0],
        "controlnet_conditioning_scale": weights if is_several else weights[0],
    }
    if is_several:
        given |= {"control_guidance_start": [hint.start for hint in hints]}
        given |= {"control_guidance_end": [hint.end for hint in hints]}
    else:
        given |= {"control_guidance_start": hints[0].start, "control_guidance_end": hints[0].end}
    if is_flux:
        given |= {"guidance_scale": 3.5, "max_sequence_length": 256 if "schnell" in case.kind else 512}
    else:
        given["true_cfg_scale"] = 1.0
    if case.control == "union":
        given["control_mode"] = modes if is_several else modes[0]
    found = pipeline(**given).images
    return torch.nn.functional.pixel_shuffle(found.transpose(1, 2).unflatten(2, (height // 16, width // 16)), 2)


if __name__ == "__main__":
    main()
