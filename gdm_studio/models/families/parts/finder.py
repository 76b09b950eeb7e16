"""Search for the parts that a model's own file lacks: text encoders and autoencoders in other files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.parts.layout import Kind, Part, parts_of
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.text_encoder import USUAL_FILES

# Names of text encoders by kind and width, and the names under which their files are usually distributed.
_TEXT_ENCODERS: Mapping[tuple[Kind, int], tuple[str, str]] = {
    ("clip", 768): ("CLIP-L", USUAL_FILES["CLIP-L"]),
    ("clip", 1280): ("OpenCLIP bigG", USUAL_FILES["OpenCLIP bigG"]),
    ("t5", 4096): ("T5-XXL", "t5xxl_fp16.safetensors"),
    ("umt5", 4096): ("UMT5-XXL", "umt5_xxl_fp16.safetensors"),
    ("qwen3", 1024): ("Qwen3 0.6B", "qwen_3_06b_base.safetensors"),
    ("qwen3", 2560): ("Qwen3 4B", "qwen_3_4b.safetensors"),
    ("qwen3", 4096): ("Qwen3 8B", "qwen_3_8b.safetensors"),
    ("gemma2", 2304): ("Gemma 2 2B", "gemma_2_2b_fp16.safetensors"),
}
_KINDS: Mapping[Kind, str] = {
    "clip": "CLIP", "t5": "T5", "umt5": "UMT5", "qwen3": "Qwen3", "gemma2": "Gemma 2", "vae": "VAE",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A part that a model needs. Any file with such tensors will do."""

    kind: Kind
    # As in `Part.width`.
    width: int
    # For a VAE the models that it is for, since files for FLUX.1 and Stable Diffusion 3 have the same tensors.
    made_for: str = ""
    usual_name: str = ""

    @property
    def title(self) -> str:
        """Return the name of the part with its kind, such as "text encoder Qwen3 4B"."""
        if self.kind == "vae":
            return f"VAE of {self.made_for}" if self.made_for else f"VAE with {self.width} channels"
        name = _TEXT_ENCODERS.get((self.kind, self.width), (f"{_KINDS[self.kind]} of width {self.width}", ""))[0]
        return f"text encoder {name}"

    @property
    def usual_file(self) -> str:
        """Return the name under which the file is usually distributed, or ""."""
        return self.usual_name or _TEXT_ENCODERS.get((self.kind, self.width), ("", ""))[1]

    def matches(self, part: Part) -> bool:
        """Return True if a part will do."""
        return (part.kind, part.width) == (self.kind, self.width)


# The autoencoder of FLUX.1 also serves Z-Image, Chroma and Lumina 2.
FLUX_1_VAE = Wanted("vae", 16, "FLUX.1", "ae.safetensors")
STABLE_DIFFUSION_3_VAE = Wanted("vae", 16, "Stable Diffusion 3", "sd3_vae.safetensors")
FLUX_2_VAE = Wanted("vae", 128, "FLUX.2", "flux2-vae.safetensors")


def find_parts(model: Path, wanted: Mapping[str, Wanted], places: Iterable[Path]) -> dict[str, Part]:
    """Return the wanted parts by their keys: from the model's own file or folder, or else from the files in `places`.

    Tensors decide. Only of several files that will do, the one with the usual name is taken, or else the first. Files
    that cannot be read are left out. Raises ModelError with the usual names of the files that are missing.
    """
    own = _parts_at([model])
    others: list[Part] | None = None
    found: dict[str, Part] = {}
    for key, each in wanted.items():
        candidates = [part for part in own if each.matches(part)]
        if not candidates:
            others = _parts_at(places) if others is None else others
            candidates = [part for part in others if each.matches(part)]
        if candidates:
            found[key] = min(candidates, key=lambda part: part.path.name.casefold() != each.usual_file)
    if missing := [each for key, each in wanted.items() if key not in found]:
        raise missing_parts_error(model.name, missing)
    return found


def missing_parts_error(name: str, missing: Iterable[Wanted]) -> ModelError:
    """Return the ModelError for a model whose parts are not in the models folder."""
    parts = [f"{each.title} ({each.usual_file})" if each.usual_file else each.title for each in missing]
    listed = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return ModelError(f"{name} lacks its {listed}. Put {'them' if parts[1:] else 'it'} into the models folder.")


def _parts_at(places: Iterable[Path]) -> list[Part]:
    """Return the parts in files and folders, except those that cannot be read."""
    found: list[Part] = []
    for place in places:
        with suppress(ModelError):
            found += parts_of(read_entry(place))
    return found
