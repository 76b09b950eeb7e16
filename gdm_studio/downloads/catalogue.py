"""Short list of models that can be downloaded by name.

It contains models whose files this program loads, that are widely used and need no account. The repositories, file
names and sizes are those that the public workflows of ComfyUI and other programs name. A diffusion transformer is
listed in separate files, so that models share a text encoder, and in 16 bits where other programs distribute it so;
fp8 is chosen where 16 bits would take 30 GB or more.

SD-Turbo and SDXL-Turbo are the smallest useful models for a CPU. Z-Image Turbo, FLUX.2 Klein and FLUX.1 schnell make
good images in few steps, and their licence (Apache 2.0) has no conditions of use. Chroma, Qwen-Image and Lumina 2 are
undistilled models, also under Apache 2.0, though Lumina 2's text encoder has Google's Gemma terms. FLUX.1 dev and
FLUX.2 Klein 9B, which are for non-commercial use and need an account, are left out, as is Stable Diffusion 3.5, whose
repository needs one too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.required_parts import FLUX_1_VAE, FLUX_2_VAE, QWEN_IMAGE_VAE, RequiredPart

HOST = "huggingface.co"
# Whether images may be used commercially, as a sentence.
COMMERCIAL_USE = {
    "yes": QT_TRANSLATE_NOOP("Catalogue", "Commercial use is allowed."),
    "restricted": QT_TRANSLATE_NOOP(
        "Catalogue", "Commercial use is allowed; the licence forbids some uses, such as deceiving or harming people."
    ),
    "revenue": QT_TRANSLATE_NOOP(
        "Catalogue", "Commercial use is free up to a yearly revenue of 1 million US dollars, under the licence's terms."
    ),
    "ask": QT_TRANSLATE_NOOP("Catalogue", "Commercial use depends on the terms of the licence; read them first."),
}


def page_of(repository: str) -> str:
    """Return the address of the page of a repository, where its licence is read and accepted."""
    return f"https://{HOST}/{repository}"


@dataclass(frozen=True)
class RepositoryFile:
    """File of a repository on Hugging Face's hub."""

    repository: str
    path: str
    # Size in bytes as published, for display. The hub states the exact size when the file is downloaded.
    size: int
    # The text encoder or VAE in the file, or None for the model itself.
    part: RequiredPart | None = None

    @property
    def name(self) -> str:
        """Name of the file without its folders."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class CatalogueModel:
    """Model that can be downloaded by name, with all files that it needs."""

    name: str
    title: str
    family: str
    # What the model is good for.
    purpose: str
    licence: str
    commercial: Literal["yes", "restricted", "revenue", "ask"]
    # The model's own file comes first.
    files: tuple[RepositoryFile, ...]
    # Floating-point operations of an image of the default size in the default number of steps.
    flops: float
    # Memory of activations in bytes, in addition to the weights.
    activations: int
    pixels: int = 1024

    @property
    def size(self) -> int:
        """Size of all files in bytes, approximately."""
        return sum(each.size for each in self.files)

    @property
    def memory(self) -> int:
        """Memory for an image with all weights in memory, in bytes, approximately. With less, weights are read from the
        disk at each step.
        """
        return self.size + self.activations

    @property
    def page(self) -> str:
        """Address of the page with the model's licence."""
        return page_of(self.files[0].repository)


GB = 10**9
_T5 = RequiredPart("t5", 4096)
_QWEN3_4B = RequiredPart("qwen3", 2560)
_QWEN3_VL = RequiredPart("qwen3vl", 2560)
_QWEN25_VL = RequiredPart("qwen25vl", 3584)
_GEMMA = RequiredPart("gemma2", 2304)
_Z_IMAGE = "Comfy-Org/z_image_turbo"
_KLEIN = "Comfy-Org/flux2-klein-4B"
_QWEN = "Comfy-Org/Qwen-Image_ComfyUI"
_KREA = "Comfy-Org/Krea-2"
_LUMINA = "Comfy-Org/Lumina_Image_2.0_Repackaged"
_FLUX_VAE = RepositoryFile(_Z_IMAGE, "split_files/vae/ae.safetensors", 335_304_388, FLUX_1_VAE)
_APACHE = "Apache 2.0"
_STABILITY = "Stability AI Community"

# The operations are 2 × weights × tokens plus attention, for the default steps and guidance of this program; decoding
# is about 10 TFLOP at 1024 × 1024.
CATALOGUE: tuple[CatalogueModel, ...] = (
    CatalogueModel(
        "sd-turbo",
        "SD-Turbo",
        "Stable Diffusion 2",
        QT_TRANSLATE_NOOP("Catalogue", "Quick drafts at 512 × 512 in a few steps, also on a CPU."),
        _STABILITY,
        "ask",
        (RepositoryFile("stabilityai/sd-turbo", "sd_turbo.safetensors", 5_214_561_328),),
        flops=6e12,
        activations=2 * GB,
        pixels=512,
    ),
    CatalogueModel(
        "stable-diffusion-1.5",
        "Stable Diffusion 1.5",
        "Stable Diffusion 1",
        QT_TRANSLATE_NOOP("Catalogue", "Small, with the largest choice of LoRAs, ControlNets and fine-tuned models."),
        "CreativeML Open RAIL-M",
        "restricted",
        (
            RepositoryFile(
                "Comfy-Org/stable-diffusion-v1-5-archive", "v1-5-pruned-emaonly-fp16.safetensors", 2_132_696_762
            ),
        ),
        flops=43e12,
        activations=2 * GB,
        pixels=512,
    ),
    CatalogueModel(
        "sdxl-turbo",
        "SDXL-Turbo",
        "SDXL",
        QT_TRANSLATE_NOOP("Catalogue", "Better drafts than SD-Turbo in a few steps, for 8 GB of memory."),
        _STABILITY,
        "ask",
        (RepositoryFile("stabilityai/sdxl-turbo", "sd_xl_turbo_1.0_fp16.safetensors", 6_938_081_905),),
        flops=9e12,
        activations=2 * GB,
        pixels=512,
    ),
    CatalogueModel(
        "sdxl",
        "SDXL",
        "SDXL",
        QT_TRANSLATE_NOOP("Catalogue", "Larger images, with many LoRAs, ControlNets and fine-tuned models."),
        "CreativeML Open RAIL++-M",
        "restricted",
        (RepositoryFile("stabilityai/stable-diffusion-xl-base-1.0", "sd_xl_base_1.0.safetensors", 6_938_078_334),),
        flops=370e12,
        activations=4 * GB,
    ),
    CatalogueModel(
        "flux.2-klein-4b",
        "FLUX.2 Klein 4B",
        "FLUX.2 Klein",
        QT_TRANSLATE_NOOP("Catalogue", "Fast images in 4 steps, and editing with up to four reference images."),
        _APACHE,
        "yes",
        (
            RepositoryFile(_KLEIN, "split_files/diffusion_models/flux-2-klein-4b.safetensors", 7_751_105_712),
            RepositoryFile(_KLEIN, "split_files/text_encoders/qwen_3_4b.safetensors", 8_044_982_048, _QWEN3_4B),
            RepositoryFile(_KLEIN, "split_files/vae/flux2-vae.safetensors", 336_211_236, FLUX_2_VAE),
        ),
        flops=149e12,
        activations=3 * GB,
    ),
    CatalogueModel(
        "z-image-turbo",
        "Z-Image Turbo",
        "Z-Image",
        QT_TRANSLATE_NOOP("Catalogue", "Photographs and text in images, in 8 steps."),
        _APACHE,
        "yes",
        (
            RepositoryFile(_Z_IMAGE, "split_files/diffusion_models/z_image_turbo_bf16.safetensors", 12_309_866_400),
            RepositoryFile(_Z_IMAGE, "split_files/text_encoders/qwen_3_4b.safetensors", 8_044_982_048, _QWEN3_4B),
            _FLUX_VAE,
        ),
        flops=459e12,
        activations=3 * GB,
    ),
    CatalogueModel(
        "lumina-2",
        "Lumina 2",
        "Lumina 2",
        QT_TRANSLATE_NOOP("Catalogue", "The smallest of the larger models, with a negative prompt and guidance."),
        "Apache 2.0; Gemma (text encoder)",
        "restricted",
        (
            RepositoryFile(_LUMINA, "split_files/diffusion_models/lumina_2_model_bf16.safetensors", 5_219_629_000),
            RepositoryFile(_LUMINA, "split_files/text_encoders/gemma_2_2b_fp16.safetensors", 5_232_958_000, _GEMMA),
            _FLUX_VAE,
        ),
        flops=1690e12,
        activations=3 * GB,
    ),
    CatalogueModel(
        "flux.1-schnell",
        "FLUX.1 schnell",
        "FLUX.1",
        QT_TRANSLATE_NOOP("Catalogue", "Detailed images in 4 steps, from one file in fp8."),
        _APACHE,
        "yes",
        (RepositoryFile("Comfy-Org/flux1-schnell", "flux1-schnell-fp8.safetensors", 17_236_328_572),),
        flops=290e12,
        activations=4 * GB,
    ),
    CatalogueModel(
        "krea-2-turbo",
        "Krea 2 Turbo",
        "Krea 2",
        QT_TRANSLATE_NOOP("Catalogue", "Large images with natural colours, in 8 steps and fp8."),
        "Krea 2 Community",
        "revenue",
        (
            RepositoryFile(_KREA, "diffusion_models/krea2_turbo_fp8_scaled.safetensors", 13_140_000_000),
            RepositoryFile(_KREA, "text_encoders/qwen3vl_4b_fp8_scaled.safetensors", 5_240_000_000, _QWEN3_VL),
            RepositoryFile(_KREA, "vae/qwen_image_vae.safetensors", 253_806_246, QWEN_IMAGE_VAE),
        ),
        flops=1000e12,
        activations=4 * GB,
    ),
    CatalogueModel(
        "chroma",
        "Chroma1 HD",
        "Chroma",
        QT_TRANSLATE_NOOP("Catalogue", "Many styles, with a negative prompt and guidance; slow."),
        _APACHE,
        "yes",
        (
            RepositoryFile("lodestones/Chroma1-HD", "Chroma1-HD.safetensors", 17_800_038_000),
            RepositoryFile("comfyanonymous/flux_text_encoders", "t5xxl_fp16.safetensors", 9_787_841_024, _T5),
            _FLUX_VAE,
        ),
        flops=4900e12,
        activations=4 * GB,
    ),
    CatalogueModel(
        "qwen-image",
        "Qwen-Image",
        "Qwen-Image",
        QT_TRANSLATE_NOOP("Catalogue", "Long prompts and text in images, in fp8; the slowest here."),
        _APACHE,
        "yes",
        (
            RepositoryFile(_QWEN, "split_files/diffusion_models/qwen_image_fp8_e4m3fn.safetensors", 20_430_635_136),
            RepositoryFile(
                _QWEN, "split_files/text_encoders/qwen_2.5_vl_7b_fp8_scaled.safetensors", 9_384_670_680, _QWEN25_VL
            ),
            RepositoryFile(_QWEN, "split_files/vae/qwen_image_vae.safetensors", 253_806_246, QWEN_IMAGE_VAE),
        ),
        flops=7000e12,
        activations=4 * GB,
    ),
)


def find_model(name: str) -> CatalogueModel | None:
    """Return the listed model with this name or title, regardless of case, or None."""
    wanted = name.strip().casefold()
    return next((each for each in CATALOGUE if wanted in (each.name, each.title.casefold())), None)


def estimate_times() -> dict[str, float]:
    """Estimate the seconds of an image with each listed model on this computer, by the model's name. Raises
    DeviceError.
    """
    # It imports torch.
    from gdm_studio.models.memory.memory_and_time_estimate import estimate_seconds

    return {each.name: estimate_seconds(each.flops) for each in CATALOGUE}
