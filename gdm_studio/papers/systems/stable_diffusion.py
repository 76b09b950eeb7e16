"""Stable Diffusion: latent diffusion of images of 512 pixels, conditioned on text, with weights that anyone can use.

An autoencoder maps an image to latents at an eighth of its side, with a 48th of its numbers (Rombach et al. 2022,
section 3.1). A U-Net denoises the latents by DDPM's loss and attends to the tokens of a frozen CLIP text encoder by
cross-attention (section 3.3). Classifier-free guidance amplifies the effect of the text.

GDM Studio reads its checkpoints as a model family of their own; it does not ship or train them.
"""

from __future__ import annotations

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.papers.system_description import Claim, Range, System

STABLE_DIFFUSION = System(
    name="stable-diffusion",
    title="Stable Diffusion",
    year=2021,
    authors="Rombach, Blattmann, Lorenz, Esser, Ommer",
    paper="arXiv:2112.10752",
    tags=("diffusion", "latents", "text"),
    idea=QT_TRANSLATE_NOOP(
        "System", "Latent diffusion of large pictures that follow a text. Its weights come from a file of your own."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise in latent space, with a 48th of the picture's numbers."),
    learned=QT_TRANSLATE_NOOP("System", "An autoencoder first; then the noise in its latents, given the text."),
    step=QT_TRANSLATE_NOOP(
        "System",
        "A step in latent space with two evaluations, with and without the text; decoded at the end.",
    ),
    objective="E‖ε − ε_θ(z_t, t, τ(y))‖², z = E(x)",
    trains=("autoencoder", "denoiser"),
    samplers=("ddim", "plms", "dpmpp_2m"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "error of pictures restored from their latents over that from as many pixels of a smaller picture"
        ),
        "restored_images",
        Range(0, 0.7),
        "weights",
        1.0,
        "a smaller picture on both sides",
    ),
    parents=("latent",),
    family="stable_diffusion",
)
