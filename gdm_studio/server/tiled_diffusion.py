"""Conversion of the scripts Tiled Diffusion and Tiled VAE, in A1111's `alwayson_scripts`, to tiles."""

from __future__ import annotations

from typing import Any

from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import MAX_OVERLAP, MAX_TILE, SETTINGS
from gdm_studio.server.controlnet import skip_if_off
from gdm_studio.server.json_fields import Fields

SCRIPT, DECODER = "tiled diffusion", "tiled vae"
METHODS = ("MultiDiffusion", "Mixture of Diffusers")
# Pixels per latent of the script's sizes.
PIXELS = 8
# Places of the arguments: the switch, the method, the width and height of a tile, and the overlap, all in latents.
_ENABLED, _METHOD, _WIDTH, _HEIGHT, _OVERLAP = 0, 1, 6, 7, 8


def take_tiles(fields: Fields, card: ModelCard) -> dict[str, int]:
    """Return the tile and its overlap that the script Tiled Diffusion requests, or {}. The script is ignored if its
    arguments have another order, if its tiles are not square, or if the model cannot denoise in such tiles.

    Its upscaler has no effect, because it has none in requests to A1111's API either. With tiles, the script Tiled VAE
    counts as used, because the image is decoded in tiles.
    """
    scripts = fields.object("alwayson_scripts")
    names = {name.lower(): name for name in scripts.names()}
    if SCRIPT not in names:
        return {}
    value = scripts.raw(names[SCRIPT])
    arguments = value.get("args") if isinstance(value, dict) else value
    found = _read(arguments if isinstance(arguments, list) else [], card)
    if not found:
        skip_if_off(scripts, names[SCRIPT])
    elif DECODER in names:
        scripts.skip(names[DECODER])
    return found


def _read(arguments: list[Any], card: ModelCard) -> dict[str, int]:
    if len(arguments) <= _OVERLAP or arguments[_ENABLED] is not True or arguments[_METHOD] not in METHODS:
        return {}
    numbers = [arguments[place] for place in (_WIDTH, _HEIGHT, _OVERLAP)]
    if any(isinstance(each, bool) or not isinstance(each, int) or not 0 <= each <= MAX_TILE for each in numbers):
        return {}
    width, height, overlap = numbers
    tile, overlap = PIXELS * width, PIXELS * overlap
    if width != height or not 0 < tile <= MAX_TILE or not card.accepts.tiles or not card.can_generate((tile, tile)):
        return {}
    if not SETTINGS["tile_overlap"].low <= overlap <= MAX_OVERLAP:
        return {}
    return {"tile": tile, "tile_overlap": overlap}
