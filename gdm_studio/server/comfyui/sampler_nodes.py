"""ComfyUI's samplers: KSampler, KSamplerAdvanced, and SamplerCustomAdvanced with the nodes that it takes apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gdm_studio.gallery.metadata.sampler_names import implied_params, sampler_and_spacing
from gdm_studio.request.generation_request import SEED_LIMIT, SETTINGS
from gdm_studio.server.comfyui.errors import NodeError
from gdm_studio.server.comfyui.graph import Input
from gdm_studio.server.comfyui.node_registry import CONDITIONING, LATENT, MODEL, MOST_SIDE, Files, register_node
from gdm_studio.server.comfyui.nodes import start_latent
from gdm_studio.server.comfyui.values import Conditioning, Guidance, Latent, Model, Sampled, Sampling, Sigmas

TOOL = "ComfyUI"
# Samplers and schedulers of ComfyUI, in its order. Those without a counterpart are left out below.
_SAMPLERS = (
    *("euler", "euler_ancestral", "heun", "dpm_2", "dpm_2_ancestral", "lms", "dpmpp_2s_ancestral", "dpmpp_sde"),
    *("dpmpp_sde_gpu", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_2m_sde_gpu", "dpmpp_3m_sde", "dpmpp_3m_sde_gpu", "ddpm"),
    *("lcm", "deis", "ddim", "uni_pc", "uni_pc_bh2"),
)
_SCHEDULERS = ("simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal", "kl_optimal")
# Parameters of our samplers that differ from their defaults.
_PARAMS = {"uni_pc": {"variant": 1.0}}
SAMPLERS = tuple(name for name in _SAMPLERS if sampler_and_spacing(name, "normal", TOOL)[0])
SCHEDULERS = tuple(name for name in _SCHEDULERS if sampler_and_spacing("euler", name, TOOL)[1])
# Largest seed in ComfyUI.
_MOST_SEED = 2**64 - 1
_MOST_STEPS = 10000
# Largest number of steps of a longer run of which a sampler makes the last ones. The server's own limit is lower.
_MOST_LONGER_STEPS = 10**6
_CFG = Input(
    "FLOAT",
    8.0,
    SETTINGS["guidance_scale"].low,
    SETTINGS["guidance_scale"].high,
    facts={"step": 0.1, "round": 0.01},
)
_STEPS = Input("INT", 20, 1, _MOST_STEPS)
_SEED = Input("INT", 0, 0, _MOST_SEED, facts={"control_after_generate": True})
_SAMPLER_NAME = Input("COMBO", options=SAMPLERS)
_SCHEDULER = Input("COMBO", options=SCHEDULERS)
_DENOISE = Input("FLOAT", 1.0, 0.0, 1.0, facts={"step": 0.01})


@dataclass(frozen=True)
class _SamplerInputs:
    """Inputs of KSampler and KSamplerAdvanced."""

    model: Model
    seed: int
    steps: int
    cfg: float
    sampler_name: str
    scheduler: str
    positive: Conditioning
    negative: Conditioning
    latent_image: Latent | Sampled

    def sample(self, node: str, steps: int, start: int, name: str) -> Sampled:
        """Denoise the latents by the steps after `start` of `steps`, which the input `name` determines."""
        guidance = Guidance(self.model, self.positive, self.negative, self.cfg, node)
        sigmas = Sigmas(self.scheduler, steps, start, node)
        return _describe_run(node, guidance, self.sampler_name, sigmas, self.seed, self.latent_image, name)


def _describe_run(
    node: str,
    guidance: Guidance,
    sampler_name: str,
    sigmas: Sigmas,
    seed: int,
    latent_image: Latent | Sampled,
    start_input: str,
) -> Sampled:
    latent = start_latent(latent_image, "latent_image")
    for each in (guidance.positive, guidance.negative):
        if each is not None and each.rest is not None and each.rest is not latent.mask:
            sentence = "The latents of InpaintModelConditioning belong to its prompts; connect them, too."
            raise NodeError(sentence, input_name="latent_image")
    if sigmas.start and latent.pixels is None:
        start = 1 if start_input == "denoise" else 0
        sentence = f"{start_input} must be {start} for empty latents; there is no image to start from."
        raise NodeError(sentence, input_name=start_input, node=sigmas.node)
    sampler, spacing = sampler_and_spacing(sampler_name, sigmas.scheduler, TOOL)
    params = implied_params(sampler, TOOL) | _PARAMS.get(sampler_name, {})
    settings = {
        "seed": seed % SEED_LIMIT,
        "guidance_scale": guidance.cfg,
        "sampler": sampler,
        "spacing": spacing,
        "knobs": params,
    }
    steps, start = sigmas.steps, sigmas.start
    return Sampled(Sampling(node, guidance.model, guidance.positive, guidance.negative, latent, steps, start, settings))


def _sampler_inputs(seed: str, **first: Input) -> dict[str, Input]:
    # Clients that convert the window's format read the values in this order.
    return {
        "model": MODEL,
        **first,
        seed: _SEED,
        "steps": _STEPS,
        "cfg": _CFG,
        "sampler_name": _SAMPLER_NAME,
        "scheduler": _SCHEDULER,
        "positive": CONDITIONING,
        "negative": CONDITIONING,
        "latent_image": LATENT,
    }


@register_node("KSampler", "KSampler", "sampling", ("LATENT",), shared=_sampler_inputs("seed"), denoise=_DENOISE)
def _sample(files: Files, node: str, denoise: float, **inputs: Any) -> tuple[Any, ...]:
    """Denoise latents."""
    run = _SamplerInputs(**inputs)
    steps = _count_full_steps(run.steps, denoise)
    return (run.sample(node, steps, steps - run.steps, "denoise"),)


def _count_full_steps(steps: int, denoise: float) -> int:
    """Return the number of steps of the run whose last `steps` ComfyUI makes. Raises NodeError."""
    if denoise <= 0:
        raise NodeError("denoise must be above 0; nothing would be generated.", input_name="denoise")
    return steps if denoise > 0.9999 else int(min(steps / denoise, _MOST_LONGER_STEPS))


_SWITCH = ("enable", "disable")


@register_node(
    "KSamplerAdvanced",
    "KSampler (Advanced)",
    "sampling",
    ("LATENT",),
    shared=_sampler_inputs("noise_seed", add_noise=Input("COMBO", options=_SWITCH)),
    start_at_step=Input("INT", 0, 0, _MOST_STEPS),
    end_at_step=Input("INT", _MOST_STEPS, 0, _MOST_STEPS),
    return_with_leftover_noise=Input("COMBO", options=_SWITCH[::-1]),
)
def _sample_part(
    files: Files,
    node: str,
    noise_seed: int,
    add_noise: str,
    start_at_step: int,
    end_at_step: int,
    return_with_leftover_noise: str,
    **inputs: Any,
) -> tuple[Any, ...]:
    """Denoise latents to the end, from any step."""
    run = _SamplerInputs(seed=noise_seed, **inputs)
    if add_noise != "enable":
        raise NodeError("add_noise must be enable; there is no earlier sampler to continue.", input_name="add_noise")
    if end_at_step < run.steps:
        raise NodeError(f"end_at_step must be at least {run.steps}; the run must end here.", input_name="end_at_step")
    if start_at_step >= run.steps:
        raise NodeError(f"start_at_step must be below {run.steps}.", input_name="start_at_step")
    return (run.sample(node, run.steps, start_at_step, "start_at_step"),)


# SamplerCustomAdvanced


@register_node("RandomNoise", "RandomNoise", "sampling/custom_sampling/noise", ("NOISE",), noise_seed=_SEED)
def _draw_noise(files: Files, node: str, noise_seed: int) -> tuple[Any, ...]:
    """Start from the noise of a seed."""
    return (noise_seed,)


@register_node(
    "KSamplerSelect", "KSamplerSelect", "sampling/custom_sampling/samplers", ("SAMPLER",), sampler_name=_SAMPLER_NAME
)
def _select_sampler(files: Files, node: str, sampler_name: str) -> tuple[Any, ...]:
    """Choose a sampler."""
    return (sampler_name,)


@register_node(
    "BasicScheduler",
    "BasicScheduler",
    "sampling/custom_sampling/schedulers",
    ("SIGMAS",),
    model=MODEL,
    scheduler=_SCHEDULER,
    steps=_STEPS,
    denoise=_DENOISE,
)
def _schedule(files: Files, node: str, model: Model, scheduler: str, steps: int, denoise: float) -> tuple[Any, ...]:
    """Choose the noise levels of a run."""
    whole = _count_full_steps(steps, denoise)
    return (Sigmas(scheduler, whole, whole - steps, node),)


@register_node(
    "Flux2Scheduler",
    "Flux2Scheduler",
    "sampling/custom_sampling/schedulers",
    ("SIGMAS",),
    steps=_STEPS,
    width=Input("INT", 1024, 16, MOST_SIDE),
    height=Input("INT", 1024, 16, MOST_SIDE),
)
def _schedule_flux2(files: Files, node: str, steps: int, width: int, height: int) -> tuple[Any, ...]:
    """Choose the noise levels of FLUX.2, which depend on the size of the image."""
    return (Sigmas("simple", steps, 0, node),)


@register_node(
    "SplitSigmas",
    "SplitSigmas",
    "sampling/custom_sampling/sigmas",
    ("SIGMAS", "SIGMAS"),
    sigmas=Input("SIGMAS"),
    step=Input("INT", 0, 0, _MOST_STEPS),
)
def _split_sigmas(files: Files, node: str, sigmas: Sigmas, step: int) -> tuple[Any, ...]:
    """Leave out the first steps. The second output has the others."""
    start = sigmas.start + step
    if start >= sigmas.steps:
        raise NodeError(f"step must be below {sigmas.steps - sigmas.start}.", input_name="step")
    # A run must end without noise, so the first output has no steps.
    return replace(sigmas, start=sigmas.steps, node=node), replace(sigmas, start=start, node=node)


@register_node(
    "BasicGuider",
    "BasicGuider",
    "sampling/custom_sampling/guiders",
    ("GUIDER",),
    model=MODEL,
    conditioning=CONDITIONING,
)
def _follow(files: Files, node: str, model: Model, conditioning: Conditioning) -> tuple[Any, ...]:
    """Follow a prompt without guidance."""
    return (Guidance(model, conditioning, None, 1.0, node),)


@register_node(
    "CFGGuider",
    "CFGGuider",
    "sampling/custom_sampling/guiders",
    ("GUIDER",),
    model=MODEL,
    positive=CONDITIONING,
    negative=CONDITIONING,
    cfg=_CFG,
)
def _guide(
    files: Files, node: str, model: Model, positive: Conditioning, negative: Conditioning, cfg: float
) -> tuple[Any, ...]:
    """Guide towards a prompt and away from another one."""
    return (Guidance(model, positive, negative, cfg, node),)


@register_node(
    "FluxGuidance",
    "FluxGuidance",
    "advanced/conditioning/flux",
    ("CONDITIONING",),
    conditioning=CONDITIONING,
    guidance=Input("FLOAT", 3.5, 0.0, 100.0, facts={"step": 0.1}),
)
def _set_guidance(files: Files, node: str, conditioning: Conditioning, guidance: float) -> tuple[Any, ...]:
    """Set the guidance that a distilled network takes as an input."""
    return (replace(conditioning, guidance=guidance, node=conditioning.node),)


@register_node(
    "DifferentialDiffusion",
    "Differential Diffusion",
    "_for_testing",
    ("MODEL",),
    model=MODEL,
    strength=Input("FLOAT", 1.0, 0.0, 1.0, is_required=False),
)
def _soften_masks(files: Files, node: str, model: Model, strength: float) -> tuple[Any, ...]:
    """Redraw the grey parts of masks in part, as the engine always does."""
    if strength != 1:
        raise NodeError("strength must be 1.", input_name="strength")
    return (model,)


@register_node(
    "SamplerCustomAdvanced",
    "SamplerCustomAdvanced",
    "sampling/custom_sampling",
    ("LATENT", "LATENT"),
    noise=Input("NOISE"),
    guider=Input("GUIDER"),
    sampler=Input("SAMPLER"),
    sigmas=Input("SIGMAS"),
    latent_image=LATENT,
)
def _sample_custom(
    files: Files, node: str, noise: int, guider: Guidance, sampler: str, sigmas: Sigmas, latent_image: Latent | Sampled
) -> tuple[Any, ...]:
    """Denoise latents. Both outputs have the result."""
    if sigmas.start >= sigmas.steps:
        raise NodeError("The sampler must make the last steps; connect the second output.", input_name="sigmas")
    sampled = _describe_run(node, guider, sampler, sigmas, noise, latent_image, "step")
    return sampled, sampled
