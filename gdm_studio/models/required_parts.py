"""Text encoders and VAEs that a model requires from other files, identified by their kind and width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gdm_studio.common.errors import ModelError

# Names of CLIP text encoders.
CLIP_L, CLIP_H, CLIP_G = "CLIP-L", "OpenCLIP H", "OpenCLIP bigG"
# Names under which their files are usually distributed.
USUAL_FILES = {
    CLIP_L: "clip_l.safetensors",
    CLIP_H: "clip_h.safetensors",
    CLIP_G: "clip_g.safetensors",
}
# Names of text encoders by kind and width, and the names under which their files are usually distributed.
_TEXT_ENCODERS: Mapping[tuple[str, int], tuple[str, str]] = {
    **{("clip", width): (name, USUAL_FILES[name]) for width, name in ((768, CLIP_L), (1024, CLIP_H), (1280, CLIP_G))},
    ("t5", 4096): ("T5-XXL", "t5xxl_fp16.safetensors"),
    ("umt5", 4096): ("UMT5-XXL", "umt5_xxl_fp16.safetensors"),
    ("qwen3", 1024): ("Qwen3 0.6B", "qwen_3_06b_base.safetensors"),
    ("qwen3", 2560): ("Qwen3 4B", "qwen_3_4b.safetensors"),
    ("qwen3", 4096): ("Qwen3 8B", "qwen_3_8b.safetensors"),
    ("qwen3vl", 2560): ("Qwen3-VL 4B", "qwen3vl_4b_fp8_scaled.safetensors"),
    ("qwen3vl", 4096): ("Qwen3-VL 8B", "qwen3vl_8b_fp8_scaled.safetensors"),
    ("qwen25vl", 3584): ("Qwen2.5-VL 7B", "qwen_2.5_vl_7b_fp8_scaled.safetensors"),
    ("gemma2", 2304): ("Gemma 2 2B", "gemma_2_2b_fp16.safetensors"),
    ("ministral3", 3072): ("Ministral 3 3B", "ministral-3-3b.safetensors"),
    ("mistral", 5120): ("Mistral Small 3", "mistral_3_small_flux2_bf16.safetensors"),
}
# Names of CLIP's image encoders by width, and the names under which their files are usually distributed.
CLIP_VISION: Mapping[int, tuple[str, str]] = {
    1024: ("CLIP ViT-L", "clip_vision_l.safetensors"),
    1280: ("CLIP ViT-H", "CLIP-ViT-H-14-laion2B-s32B-b79K.safetensors"),
    1664: ("CLIP ViT-bigG", "CLIP-ViT-bigG-14-laion2B-39B-b160k.safetensors"),
}
# Name and usual file of SigLIP's image encoder.
_SIGLIP_VISION = "SigLIP so400m", "sigclip_vision_patch14_384.safetensors"
_KINDS = {
    "clip": "CLIP", "t5": "T5", "umt5": "UMT5", "qwen3": "Qwen3", "qwen3vl": "Qwen3-VL", "qwen25vl": "Qwen2.5-VL",
    "gemma2": "Gemma 2", "mistral": "Mistral", "ministral3": "Ministral 3", "vae": "VAE", "wan_vae": "VAE",
}  # fmt: skip
# Image encoders, which are parts of a language model, and the models.
_VISION = {"qwen25vl_vision": "Qwen2.5-VL"}
# Models with a second transformer, which predicts without the prompt, and the usual names of its file.
_SECOND = {"ideogram4": ("Ideogram 4", "ideogram4_unconditional_fp8_scaled.safetensors")}
# Name of this transformer as a part, which is that of diffusers' component.
UNCONDITIONAL = "unconditional_transformer"
# Latent channels of the VAEs that supported models use.
_VAES = (4, 16, 128)
# Latent channels of the VAE of Wan 2.1 and Qwen-Image.
WAN_CHANNELS = 16


@dataclass(frozen=True)
class FoundPart:
    """Text encoder or VAE that a scanned file or folder contains, described by kind and width."""

    # As in `families.shared_parts.part_layout.Part`.
    kind: str
    width: int
    # Its weight files relative to the folder that contains it, or () if it is in a single file.
    files: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_usable(self) -> bool:
        """True if at least one supported model family can use this text encoder or VAE."""
        if self.kind == "wan_vae":
            return self.width == WAN_CHANNELS
        return self.width in _VAES if self.kind == "vae" else self.kind != "umt5"


@dataclass(frozen=True)
class RequiredPart:
    """Text encoder or VAE that a model requires but does not contain. Any file with tensors of this kind and width is
    accepted.
    """

    # As in `families.shared_parts.part_layout.Part`.
    kind: str
    width: int
    # Models for which a VAE is made. VAEs of FLUX.1 and of Stable Diffusion 3 differ only in this.
    made_for: str = ""
    usual_name: str = ""
    # True if the model also works without this part.
    is_optional: bool = False

    @property
    def title(self) -> str:
        """Display name of this required text encoder or VAE, such as "text encoder Qwen3 4B"."""
        if self.kind == "clip_vision":
            return f"image encoder {CLIP_VISION.get(self.width, (f'CLIP of width {self.width}', ''))[0]}"
        if self.kind == "siglip_vision":
            return f"image encoder {_SIGLIP_VISION[0]}"
        if self.kind in _VISION:
            return f"image encoder of {_VISION[self.kind]}"
        if self.kind in _SECOND:
            return f"unconditional transformer of {_SECOND[self.kind][0]}"
        if self.kind in ("vae", "wan_vae"):
            return f"VAE of {self.made_for}" if self.made_for else f"VAE with {self.width} channels"
        name = _TEXT_ENCODERS.get((self.kind, self.width), (f"{_KINDS[self.kind]} of width {self.width}", ""))[0]
        return f"text encoder {name}"

    @property
    def usual_file(self) -> str:
        """Name of the file in which this text encoder or VAE is usually distributed, or "" if unknown."""
        if self.kind == "clip_vision":
            return CLIP_VISION.get(self.width, ("", ""))[1]
        if self.kind == "siglip_vision":
            return _SIGLIP_VISION[1]
        known = _SECOND.get(self.kind) or _TEXT_ENCODERS.get((self.kind, self.width), ("", ""))
        return self.usual_name or known[1]

    @property
    def found(self) -> FoundPart:
        """Description of this required part as a `FoundPart` with the same kind and width, for comparison with the
        parts found in files.
        """
        return FoundPart(self.kind, self.width)


@dataclass(frozen=True)
class BorrowedPart:
    """Text encoder or VAE that a model takes from another file, because its own files lack it."""

    # Name of the part, such as "text_encoder_2", and its title, such as "text encoder T5-XXL".
    name: str
    title: str
    # The file, or the folder of another model.
    path: Path
    # The weight files.
    weights: tuple[Path, ...]

    @property
    def file(self) -> str:
        """Name of the file that is used. A file inside a model's folder is named with that folder."""
        if not self.path.is_dir():
            return self.path.name
        return ", ".join(f"{self.path.name}/{file.relative_to(self.path).as_posix()}" for file in self.weights)


# The autoencoder of FLUX.1 also serves Z-Image, Chroma and Lumina 2; that of Qwen-Image serves Krea 2 and
# Anima; that of FLUX.2 serves ERNIE-Image and Ideogram 4.
FLUX_1_VAE = RequiredPart("vae", 16, "FLUX.1", "ae.safetensors")
STABLE_DIFFUSION_3_VAE = RequiredPart("vae", 16, "Stable Diffusion 3", "sd3_vae.safetensors")
QWEN_IMAGE_VAE = RequiredPart("wan_vae", WAN_CHANNELS, "Qwen-Image", "qwen_image_vae.safetensors")
FLUX_2_VAE = RequiredPart("vae", 128, "FLUX.2", "flux2-vae.safetensors")


def missing_parts_reason(name: str, missing: Iterable[RequiredPart]) -> str:
    """Return a sentence for the user that explains which text encoders or VAEs a model lacks. It names the files that
    usually contain them.
    """
    parts = [f"{each.title} ({each.usual_file})" if each.usual_file else each.title for each in missing]
    listed = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return f"{name} lacks its {listed}. Put {'them' if parts[1:] else 'it'} into the models folder."


def wrong_part_error(file: str, wanted: RequiredPart) -> ModelError:
    """Return the error for a chosen file that does not contain the required text encoder or VAE."""
    return ModelError(f"{file} does not contain the {wanted.title}; choose another file.")
