"""Enlargement of a finished picture by an upscaler, and its refinement by image-to-image in tiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.maths.numeric_parameters import check_number
from gdm_studio.request.generation_request import INPAINT_AREAS, MAX_TILED_SIDE, SETTINGS, Request
from gdm_studio.request.hires import SECOND_PASS

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard

# Limits of the factor.
FACTORS = (1.0, 8.0)
# Default strength of the noise that is added to the enlarged picture.
REFINING_STRENGTH = 0.3
# Name of a picture that is not stored yet.
_NOT_YET_ENLARGED = "0" * 64
_SECOND_PASS_NAMES = {param.name for param in SECOND_PASS}
# Largest ratio by which the proportions of a picture may change. The sizes of models are multiples of some pixels.
MAX_STRETCH = 1.25
_NO_TILES = QT_TRANSLATE_NOOP("Errors", "{model} cannot refine a picture in tiles; choose another model.")
_TOO_LONG = QT_TRANSLATE_NOOP(
    "Errors",
    "The picture is too long and narrow for {model} with tiles of {tile} pixels; crop it, or choose a larger factor or "
    "another model.",
)
_TOO_LARGE = QT_TRANSLATE_NOOP(
    "Errors", "The picture would be {width}x{height} pixels; a side can have at most {most}. Choose a smaller factor."
)


@dataclass(frozen=True)
class Enlargement:
    """Settings of an enlargement: the factor of each side, and the strength of the noise that is added before the
    picture is refined. `upscaler` is the name of a network, or "" for the built-in one. Raises BadRequest for values
    out of range.
    """

    factor: float = 2.0
    strength: float = REFINING_STRENGTH
    upscaler: str = ""

    def __post_init__(self) -> None:
        check_number("The factor", self.factor, *FACTORS)
        SETTINGS["strength"].check(self.strength)


def tile_for(card: ModelCard, request: Request) -> int:
    """Return the side of the tiles for a request: its own, or else that of the pictures for which the model was
    trained. Raises BadRequest if the model cannot refine pictures in tiles.
    """
    if not (card.accepts.tiles and card.accepts.picture):
        raise BadRequest(translatable(_NO_TILES, model=card.title or card.name))
    return request.tile or card.size


def enlarged_size(card: ModelCard, size: tuple[int, int], factor: float, tile: int) -> tuple[int, int]:
    """Return the size (width, height) to which a picture of a given size is enlarged. Raises BadRequest if it is too
    large, or so long that the model, whose tiles have a smallest size, could only generate it stretched.
    """
    width, height = (round(side * factor) for side in size)
    if max(width, height) > MAX_TILED_SIDE:
        raise BadRequest(translatable(_TOO_LARGE, width=width, height=height, most=MAX_TILED_SIDE))
    found = card.near((width, height), tile)
    stretch = found[0] / width / (found[1] / height)
    if max(stretch, 1 / stretch) > MAX_STRETCH:
        raise BadRequest(translatable(_TOO_LONG, model=card.title or card.name, tile=tile))
    return found


def refining_request(card: ModelCard, base: Request, enlargement: Enlargement, size: tuple[int, int]) -> Request:
    """Return the request that refines a picture enlarged to `size` (width, height), to be checked before the picture is
    enlarged. The caller then replaces its `image` by the name of the enlarged picture.

    `base` has the other settings. Raises BadRequest.
    """
    request = replace(
        base,
        tile=tile_for(card, base),
        image=_NOT_YET_ENLARGED,
        mask="",
        image_prompt="",
        inpaint_area=next(iter(INPAINT_AREAS)),
        strength=enlargement.strength,
        inverted=False,
        size=size,
        branch=None,
        upscaler="",
        factors={name: value for name, value in base.factors.items() if name not in _SECOND_PASS_NAMES},
        cache_interval=1,
        attention=False,
    )
    return card.checked(request)
