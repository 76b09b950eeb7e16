"""Count of the network evaluations that a run takes, before its model is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.inversion import REFINEMENTS
from gdm_studio.models.batch_features import whole_steps
from gdm_studio.models.forward_process import forward_process, start_step
from gdm_studio.models.image_tiles import windows_of
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.mixed_prompts import has_attention_regions, mixed_prompts, needs_negative_prompt
from gdm_studio.models.tile_decoder import tile_count
from gdm_studio.request.conditioning import covers_step
from gdm_studio.request.generation_request import ControlImage, Request
from gdm_studio.request.hires import has_second_pass, second_pass_steps
from gdm_studio.request.regions import Region

# Maximum number of steps at which the attention to the words is recorded, by one evaluation of an image each.
RECORDED_STEPS = 12
# Places along each side at which regions are tested for covering the image.
GRID = 32


@dataclass(frozen=True)
class CountedPass:
    """One pass over an image: its denoising steps, and the images that are encoded and decoded for it."""

    # Size (width, height) of the image, and of the windows in which it is denoised, and their number.
    whole: tuple[int, int]
    size: tuple[int, int]
    windows: int
    steps: int
    # Evaluations of each batch row: of the whole network, and with reused deep features.
    evaluations: float
    reused: float = 0.0
    # Further evaluations of a single row, in each batch and for each image.
    of_batch: float = 0.0
    of_image: float = 0.0
    # Number of images that are encoded in each batch and for each image, and that are decoded for each image.
    encodings_of_batch: int = 0
    encodings: int = 0
    # Number of windows in which the image is decoded.
    decodings: int = 1


def count_passes(card: ModelCard, request: Request) -> list[CountedPass]:
    """Count the evaluations of each pass over an image of a checked request."""
    first = _count_pass(request, request.size or card.sizes()[0], _steps_taken(card, request), request.steps)
    if request.image:
        # The first step of an inversion, away from a clean image, evaluates nothing before its refinements.
        inverting = (1 + REFINEMENTS) * first.steps - 1 if request.inverted else 0.0
        sees_rest = bool(request.mask) and (card.accepts.sees_rest or card.accepts.controls_see_rest)
        first = replace(first, of_batch=inverting, encodings_of_batch=2 if sees_rest else 1)
    if request.attention:
        first = replace(first, of_image=float(min(RECORDED_STEPS, first.steps)))
    if not has_second_pass(request):
        return [first]
    count = second_pass_steps(request)
    second = _count_pass(request, card.second_pass_size(request), range(count), count)
    return [first, replace(second, encodings=second.windows)]


def count_rows(card: ModelCard, request: Request) -> int:
    """Return the number of batch rows that an image of a checked request has: one for each prompt whose prediction is
    mixed, and for each negative prompt.
    """
    prompts = mixed_prompts(card.accepts, request)
    is_guided = needs_negative_prompt(card.accepts, request)
    if has_attention_regions(request):
        return len(request.prompt_weights()) + is_guided
    shows_whole = not _covers_image(request.regions) and any(map(str.strip, request.prompt_weights()))
    shown = [each for each in prompts if each.region is not None or shows_whole]
    owners = {region.negative for region in request.regions} | ({""} if shows_whole else set())
    return max(1, len(shown)) + (max(1, len(owners)) if is_guided else 0)


def active_share(hint: ControlImage, steps: int) -> float:
    """Return the part of `steps` steps in which a control image has an effect."""
    return sum(covers_step(hint.start, hint.end, step, steps) for step in range(1, steps + 1)) / max(1, steps)


def _count_pass(request: Request, whole: tuple[int, int], steps: range, count: int) -> CountedPass:
    """Count the given steps, numbered from 0, of a path of `count` steps."""
    calls = SAMPLERS[request.sampler].calls_per_step
    exact = whole_steps(count, request.cache_interval)
    # The features are computed in the first step of a run in any case.
    reused = sum(step + 1 not in exact and step != steps.start for step in steps)
    size, windows, tiles = whole, 1, 1
    if request.tile and max(whole) > request.tile:
        size = min(request.tile, whole[0]), min(request.tile, whole[1])
        windows = len(windows_of(whole, size, min(request.tile_overlap, request.tile // 2)))
        tiles = tile_count(whole[1], request.tile) * tile_count(whole[0], request.tile)
    evaluations = round((len(steps) - reused) * calls) * windows
    return CountedPass(whole, size, windows, len(steps), evaluations, round(reused * calls) * windows, decodings=tiles)


def _steps_taken(card: ModelCard, request: Request) -> range:
    """Return the numbers of the steps that a run takes, counted from 0. From a start image it skips the first ones."""
    if not request.image:
        return range(request.steps)
    process = forward_process(card.for_request(request))
    path = card.points(process, request.spacing, request.steps)
    return range(start_step(process, path, request.strength), request.steps)


def _covers_image(regions: Sequence[Region]) -> bool:
    """Return True if the boxes of the regions cover the whole image, so that its own prompt has no effect."""
    places = [(place + 0.5) / GRID for place in range(GRID)]

    def share(x: float, y: float) -> float:
        boxes = ((region.box, region.weight) for region in regions if not region.mask)
        return sum(weight for (left, top, right, bottom), weight in boxes if left <= x < right and top <= y < bottom)

    return bool(regions) and all(share(x, y) >= 1 for x in places for y in places)
