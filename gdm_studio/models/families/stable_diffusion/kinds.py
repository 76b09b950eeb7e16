"""The kinds of Stable Diffusion and what sets them apart, by the widths of their weights and what lies beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gdm_studio.errors import ModelError, StorageError
from gdm_studio.models.checkpoints import PIPELINE, Entry
from gdm_studio.models.families.stable_diffusion.layout import LATENTS, Layout, Text, is_pipeline, latents_of

PLAIN, INPAINTING = 4, 9  # channels that a U-Net sees
SIZES = 256  # numbers for each of the sizes that a U-Net is told
TOKENS = 77  # that a text encoder reads at once


@dataclass(frozen=True)
class Kind:
    """What two checkpoints of one kind have in common."""

    title: str
    side: int  # of the pictures it learnt from
    scale: float  # of its latents, which the U-Net sees times that
    texts: tuple[Text, ...]  # its text encoders; what they tell stands side by side
    skip: int  # the text is that of the layer so many from the end: 1 is the last
    norm: bool = True  # and normalised as that of the last is
    pads: tuple[int, ...] = ()  # by text encoder the token behind a prompt's end; the end itself where there is none
    told: int = 0  # sizes that the U-Net is told, beside the pooled text
    scored: bool = False  # the last of these is how pleasing the picture is meant to be
    silent: bool = False  # an empty negative prompt is zeros and not the text of nothing
    refined: bool = False  # a refiner may make its last steps
    assists: bool = False  # it is that of another model now: adapters that prompts name are that one's


KINDS: Mapping[int, Kind] = {  # by the width of the text that the U-Net attends to
    768: Kind("Stable Diffusion 1", 512, 0.18215, ("text_encoder",), 1),
    1024: Kind("Stable Diffusion 2", 512, 0.18215, ("text_encoder",), 2, pads=(0,)),
    1280: Kind("SDXL refiner", 1024, 0.13025, ("text_encoder_2",), 2, norm=False, pads=(0,), told=5, scored=True),
    2048: Kind(
        "SDXL", 1024, 0.13025, ("text_encoder", "text_encoder_2"), 2, norm=False, pads=(49407, 0), told=6, silent=True,
        refined=True,
    ),
}


def kind_of(entry: Entry, layout: Layout) -> Kind:
    """The kind of a checkpoint; raises ModelError where it is of none, or not whole."""
    try:
        kind = _kind(entry.path.name, layout)
    except (LookupError, StopIteration) as error:  # what every one has is not there, or is no table of numbers
        raise ModelError(f"{entry.path.name} is damaged or not whole; copy or download it again.") from error
    return _configured(entry, kind) if is_pipeline(entry) else kind


def _kind(name: str, layout: Layout) -> Kind:
    kind = KINDS.get(layout.context)
    if kind is None or layout.channels not in (PLAIN, INPAINTING):
        raise ModelError(
            f"{name} is a relative of Stable Diffusion that is not known here ({layout.channels} channels, text of "
            f"{layout.context} numbers); choose another model file."
        )
    if any(part not in layout.networks for part in kind.texts):
        raise ModelError(f"{name} has no text encoder; choose a file that holds the whole model.")
    if left := layout.left or [part for part in layout.networks if part not in ("unet", "vae", *kind.texts)]:
        raise ModelError(f"{name} holds {several(left)}, which no {kind.title} has; choose another model file.")
    texts = [layout.networks[part].shapes for part in kind.texts]
    pooled = texts[-1].get("text_projection.weight", (0,))[0]
    vector = pooled + SIZES * kind.told if kind.told else 0
    told = sum(text["token_embedding.weight"][1] for text in texts), vector
    reads = min(text.get("position_embedding.weight", (TOKENS,))[0] for text in texts) >= TOKENS
    fits = "vae" not in layout.networks or latents_of(layout.networks["vae"].shapes) == LATENTS
    drawn = layout.unet.get("out.2.weight", (PLAIN,))[0]
    if told != (layout.context, layout.vector) or drawn != PLAIN or not (fits and reads):
        raise ModelError(f"{name} has networks that do not go together; choose another model file.")
    return kind


def several(names: Collection[str]) -> str:
    """A name, or how many there are and the first of them."""
    first = repr(min(names)[:80])
    return first if len(names) == 1 else f"{len(names):,} weights such as {first}"


def _configured(entry: Entry, kind: Kind) -> Kind:
    """With what the configurations in its folder say otherwise."""
    told = config(entry, "vae/config.json")
    if told.get("latents_mean") or told.get("shift_factor"):
        raise ModelError(f"{entry.path.name} has latents of a kind that is not known here; choose another model.")
    scale = told.get("scaling_factor", kind.scale)
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 1e-6 < scale < 1e6:
        raise damaged(entry, "vae/config.json")
    silent = config(entry, PIPELINE).get("force_zeros_for_empty_prompt", kind.silent)
    # the text encoder of Stable Diffusion 2 lies there without the last layer, which nothing sees
    skip = 1 if kind.norm else kind.skip
    return replace(kind, scale=float(scale), silent=silent is True, skip=skip)


def config(entry: Entry, name: str) -> dict[str, Any]:
    """The configuration of that name in a folder; empty where there is none. Raises ModelError."""
    try:
        return entry.object(name) if (entry.folder / name).is_file() else {}
    except (StorageError, OSError, ValueError, TypeError, RecursionError) as error:
        raise damaged(entry, name) from error


def damaged(entry: Entry, name: str) -> ModelError:
    return ModelError(f"{name} of {entry.path.name} is damaged; copy or download the model again.")
