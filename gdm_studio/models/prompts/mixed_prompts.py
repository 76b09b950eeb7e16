"""Prompts whose predictions are mixed: targets of an interpolation, parts around AND, and regions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.capabilities import PLAIN, WEB_UI, Capabilities
from gdm_studio.models.prompts.a1111_syntax import Weighted, composed_prompts, joining_words
from gdm_studio.request.generation_request import COMPOSES, Request
from gdm_studio.request.regions import ATTENTION

# Maximum number of prompts that are evaluated in each step.
MOST_PROMPTS = 32
# A sum of weights that differs less than this from 1 is 1.
ROUNDING = 1e-6


@dataclass(frozen=True)
class MixedPrompt:
    """Prompt whose prediction is one term of a sum, with its weight.

    `region` is the index of the region in which it acts, or None if it belongs to the prompt of the whole image.
    """

    text: str
    weight: float = 1.0
    region: int | None = None
    # Tags of all LoRAs with which the prompt is evaluated, or "" if these are the LoRAs of all prompts together.
    adapters: str = ""


def mixed_prompts(accepts: Capabilities, request: Request) -> list[MixedPrompt]:
    """Return the positive prompts of a request with the weights of their predictions: first those of the whole image,
    then those of each region.

    Raises BadRequest if there are more than MOST_PROMPTS, or if AND joins prompts whose regions act by attention.
    """
    found = [
        MixedPrompt(part.text, share * part.weight)
        for text, share in request.prompt_weights().items()
        for part in _split_prompt(text, accepts, request)
    ]
    found += [
        MixedPrompt(part.text, part.weight, number)
        for number, region in enumerate(request.regions)
        for part in _split_prompt(region.prompt, accepts, request)
    ]
    if has_attention_regions(request) and len(found) > len(request.prompt_weights()) + len(request.regions):
        raise BadRequest(
            "AND adds predictions, and these regions act by attention; leave out AND, or set the region mode to "
            "predictions."
        )
    if len(found) > MOST_PROMPTS:
        raise BadRequest(f"There are {len(found)} prompts in this picture; use at most {MOST_PROMPTS}.")
    return found


def needs_negative_prompt(accepts: Capabilities, request: Request) -> bool:
    """Return True if the negative prompt has an effect: with guidance, or if the weights of the prompts of the whole
    image or of a region do not add up to 1.
    """
    sums: defaultdict[int | None, float] = defaultdict(float)
    for each in mixed_prompts(accepts, request):
        sums[each.region] += each.weight
    return request.guidance_scale != 1 or any(abs(total - 1) > ROUNDING for total in sums.values())


def has_attention_regions(request: Request) -> bool:
    """Return True if the regions of a request act by attention."""
    return bool(request.regions) and request.region_mode == ATTENTION


def is_composed(text: str, accepts: Capabilities, request: Request) -> bool:
    """Return True if AND separates the parts of a prompt for a model, instead of being a word.

    In plain prompts, an AND among other words in capitals is a word.
    """
    if not (accepts.guidance and accepts.composes) or request.rules < COMPOSES or "AND" not in text:
        return False
    if accepts.prompt == WEB_UI:
        return request.grammar != PLAIN and bool(joining_words(text))
    return not text.replace("AND", "").isupper() and bool(joining_words(text))


def _split_prompt(text: str, accepts: Capabilities, request: Request) -> list[Weighted]:
    return composed_prompts(text) if is_composed(text, accepts, request) else [Weighted(text)]
