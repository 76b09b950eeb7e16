"""Phrases that describe interpolations between seeds or prompts in the window."""

from __future__ import annotations

from gdm_studio.request.generation_request import Interpolation
from gdm_studio.request.interpolation import iter_targets
from gdm_studio.ui.translation import quote, translate

# Separator of the targets in a chain of interpolations.
CHAINED = " → "


def target_text(target: Interpolation, prompt: str) -> str:
    """Return the share of a target and, if it differs from `prompt`, its prompt, such as "88 %, “a green pear”"."""
    share = f"{target.amount * 100:.0f} %"
    return share if target.prompt == prompt else f"{share}, {quote(target.prompt)}"


def targets_text(toward: Interpolation, prompt: str) -> str:
    """Return all targets of an image's interpolation with their seeds, such as "88 %, “a green pear”, seed 7".

    `prompt` is the prompt of the image, which is left out.
    """
    text = translate("compare_facts", "{target}, seed {seed}")
    targets = ((target_text(each, prompt), each.seed) for each in iter_targets(toward))
    return CHAINED.join(text.format(target=target, seed=seed) for target, seed in targets)


def interpolation_text(toward: Interpolation, prompt: str) -> str:
    """Return a description of an interpolation, such as "Variation 15 % of seed 7", or "15 % towards “a pear”, seed 7"
    if the last target has another prompt than `prompt`.

    A chain of interpolations gives "3 steps away, the last 15 % towards seed 7".
    """
    *before, last = iter_targets(toward)
    values = {"legs": len(before) + 1, "percent": f"{last.amount * 100:.0f}", "seed": last.seed}
    if last.prompt != prompt:
        values["prompt"] = quote(last.prompt)
        if before:
            text = translate(
                "InterpolationRow", "{legs} steps away, the last {percent} % towards {prompt}, seed {seed}"
            )
        else:
            text = translate("InterpolationRow", "{percent} % towards {prompt}, seed {seed}")
    elif before:
        text = translate("InterpolationRow", "{legs} steps away, the last {percent} % towards seed {seed}")
    else:
        text = translate("InterpolationRow", "Variation {percent} % of seed {seed}")
    return text.format(**values)
