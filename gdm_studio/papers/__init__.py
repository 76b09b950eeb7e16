"""Published generative systems, one module each: a description, a training recipe and a claim to verify.

To add a system, write a module with its `System` and its recipe, and add a row to `REGISTRY`. This package does not
import torch until a system is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from gdm_studio.papers.system_description import System

# Folder of the systems' modules.
PACKAGE = "gdm_studio.papers.systems"


class SystemEntry(NamedTuple):
    """Registry entry of a published generative system: the names of its module, its `System` object and its recipe
    class.

    `recipe` is "" for a system that uses another system's weights. `help` describes the recipe on the command line.
    `minutes` is the estimated training time on two idle cores. `has_other_input` is True if the recipe needs more than
    a folder of images. A cascade, for example, needs captions and images of three sizes.
    """

    module: str
    system: str
    recipe: str = ""
    help: str = ""
    minutes: int = 0
    has_other_input: bool = False


REGISTRY = {
    "diffusion-2015": SystemEntry("diffusion2015", "GAUSSIAN", "GaussianRecipe", "diffusion of 2015, by its bound", 21),
    "diffusion-2015-bits": SystemEntry(
        "diffusion2015",
        "BINOMIAL",
        "BinomialRecipe",
        "diffusion of 2015 over bits",
        1,
        has_other_input=True,
    ),
    "ddpm": SystemEntry("ddpm", "DDPM", "DdpmRecipe", "DDPM (2020): predicts the noise, or another target", 21),
    "ddpm-learned": SystemEntry("ddpm", "LEARNED", "LearnedRecipe", "DDPM that learns its variance (2021)", 21),
    "ddim": SystemEntry("fast_samplers", "DDIM"),
    "analytic-dpm": SystemEntry("fast_samplers", "ANALYTIC"),
    "dp-trajectory": SystemEntry("fast_samplers", "TRAJECTORY"),
    "score-sde-vp": SystemEntry("score_sde", "VP", "VpRecipe", "score SDE, variance preserving (2020)", 21),
    "score-sde-ve": SystemEntry("score_sde", "VE", "VeRecipe", "score SDE, variance exploding (2020)", 21),
    "score-sde-subvp": SystemEntry("score_sde", "SUB_VP", "SubVpRecipe", "score SDE, sub-VP (2020)", 21),
    "ncsn": SystemEntry("ncsn", "NCSN", "NcsnRecipe", "NCSN (2019, 2020): scores at many noise levels", 21),
    "vae": SystemEntry("one_step_generators", "VAE", "VaeRecipe", "a variational autoencoder alone (2013)", 10),
    "gan": SystemEntry("one_step_generators", "GAN", "GanRecipe", "a generative adversarial network alone (2014)", 20),
    "tdpm": SystemEntry("truncated_diffusion", "TDPM", "TdpmRecipe", "truncated diffusion started by a GAN (2022)", 17),
    "es-ddpm": SystemEntry(
        "truncated_diffusion",
        "ES_DDPM",
        "EsDdpmRecipe",
        "early-stopped diffusion started by a VAE (2022)",
        8,
        has_other_input=True,
    ),
    "ddgan": SystemEntry(
        "ddgan", "DDGAN", "DdganRecipe", "denoising diffusion GAN (2021): four steps, each by a GAN", 20
    ),
    "diffusevae": SystemEntry(
        "diffusevae", "FIRST", "FirstRecipe", "DiffuseVAE (2022): DDPM sees a VAE's image beside x", 19
    ),
    "diffusevae-2": SystemEntry(
        "diffusevae", "SECOND", "SecondRecipe", "DiffuseVAE with noise centred on the VAE's image", 19
    ),
    "latent": SystemEntry(
        "latent_diffusion", "LATENT", "LatentRecipe", "latent diffusion (2021): DDPM in latent space", 10
    ),
    "lsgm": SystemEntry(
        "lsgm", "LSGM", "LsgmRecipe", "LSGM (2021): a VAE and the score of its latents, trained together", 9
    ),
    "diffflow": SystemEntry(
        "diffflow",
        "DIFFFLOW",
        "DiffFlowRecipe",
        "DiffFlow (2021): 2-D points, both directions learned",
        1,
        has_other_input=True,
    ),
    "classifier-guidance": SystemEntry(
        "guidance",
        "CLASSIFIER",
        "ClassifierRecipe",
        "a classifier of noisy images that guides DDPM (2021)",
        7,
        has_other_input=True,
    ),
    "classifier-free": SystemEntry("guidance", "FREE"),
    "cold": SystemEntry(
        "cold_diffusion", "COLD", "ColdRecipe", "Cold Diffusion (2022): five degradations by one network", 21
    ),
    "gamma": SystemEntry("gamma_diffusion", "GAMMA", "GammaRecipe", "DDPM with gamma noise (2021)", 21),
    "dit": SystemEntry("backbones", "DIT", "DitRecipe", "DiT (2022): a transformer instead of the U-Net", 25),
    "u-vit": SystemEntry("backbones", "U_VIT", "UVitRecipe", "U-ViT (2022): a transformer with a U-Net's skips", 25),
    "simple": SystemEntry(
        "backbones", "SIMPLE", "SimpleRecipe", "simple diffusion (2023): noise shifted by image size", 12
    ),
    "rin": SystemEntry("backbones", "RIN_SYSTEM", "RinRecipe", "RIN (2022): latents passed from step to step", 25),
    "mixture": SystemEntry(
        "gamma_diffusion", "MIXTURE", "MixtureRecipe", "DDPM with noise from a Gaussian mixture (2021)", 21
    ),
    "normalizing-flow": SystemEntry(
        "normalizing_flow",
        "NORMALIZING_FLOW",
        "NormalizingFlowRecipe",
        "a normalizing flow alone (2016), of points",
        2,
        has_other_input=True,
    ),
    "edm": SystemEntry("edm", "EDM", "EdmRecipe", "EDM (2022): scaled networks at log-normal noise levels", 21),
    "consistency": SystemEntry(
        "consistency_models",
        "CONSISTENCY",
        "ConsistencyRecipe",
        "a consistency model (2023), distilled from EDM",
        21,
        has_other_input=True,
    ),
    "flow-matching": SystemEntry(
        "flow_matching", "FLOW_MATCHING", "FlowMatchingRecipe", "flow matching (2022): straight lines to noise", 21
    ),
    "dpm-solver": SystemEntry("solvers", "DPM_SOLVER"),
    "unipc": SystemEntry("solvers", "UNIPC"),
    "pndm": SystemEntry("solvers", "PNDM"),
    "stable-diffusion": SystemEntry("stable_diffusion", "STABLE_DIFFUSION"),
    "glide": SystemEntry(
        "glide", "GLIDE", "GlideRecipe", "GLIDE (2021): captions, guidance, an upsampler", 75, has_other_input=True
    ),
    "unclip": SystemEntry(
        "unclip", "UNCLIP", "UnclipRecipe", "DALL·E 2 (2022): a prior and a decoder", 80, has_other_input=True
    ),
    "cascaded": SystemEntry("imagen", "CASCADED"),
    "imagen": SystemEntry(
        "imagen", "IMAGEN", "ImagenRecipe", "Imagen (2022): frozen text, two upsamplers", 75, has_other_input=True
    ),
}


def all_systems() -> dict[str, System]:
    """Return all published generative systems (DDPM, EDM, GAN, …) by name, in the order of `REGISTRY`."""
    return {name: getattr(_load_module(row), row.system) for name, row in REGISTRY.items()}


def recipe_of(name: str) -> Any:
    """Return the recipe class that trains a published system, given the system's name. For "ddpm", it is
    `DdpmRecipe`.
    """
    return getattr(_load_module(REGISTRY[name]), REGISTRY[name].recipe)


def explanation_of(name: str) -> str:
    """Return the explanation of a published system's idea and equations, which is the docstring of its module."""
    return (_load_module(REGISTRY[name]).__doc__ or "").strip()


def _load_module(row: SystemEntry) -> Any:
    return import_module(f"{PACKAGE}.{row.module}")
