"""Phrases for the settings that differ between a branch and its parent image."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gdm_studio.maths.guidance_params import GUIDANCE
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.generation_request import SETTINGS, Branch, Request, Role, Setting, with_role
from gdm_studio.ui.translation import number_text, translate, with_decimal_point, within_text

# Shown in place of a missing value.
NONE = "–"
# Settings that change only together with the prompt.
PROMPT_PARTS = ("template", "prompts")


def request_of_part(request: Request, images: tuple[int, ...]) -> tuple[Request, int]:
    """Return the part of a request that generates the first group of consecutive indices in `images`, and the number of
    images in this group.

    `images` contains the indices of the wanted images in the batch of `request`.
    """
    count = next((n for n, image in enumerate(images) if image != images[0] + n), len(images))
    if count == request.count:
        return request, count
    first = images[0]
    prompts = request.prompts[first : first + count]
    part = replace(
        request.picture(first),
        branch=_slice_of(request.branch, first, count),
        count=count,
        prompts=prompts if len(set(prompts)) > 1 else (),
    )
    return part, count


def list_changes(before: Request, after: Request) -> list[str]:
    """Return a phrase such as "guidance 4 → 7" for each setting that differs between two generation requests.

    Only settings that can be changed in a branch are compared.
    """
    free = [
        setting
        for setting in with_role(SETTINGS, Role.BRANCHABLE)
        if not isinstance(setting.default, dict) and setting.name not in PROMPT_PARTS
    ]
    phrases = [
        _change_text(each, each.value_in(before), each.value_in(after))
        for each in free
        if _is_changed(each, before, after)
    ]
    return phrases + _changed_numbers(before, after)


def _is_changed(setting: Setting, before: Request, after: Request) -> bool:
    if setting.name == "prompt":
        return (before.prompt, before.prompts) != (after.prompt, after.prompts)
    return setting.value_in(before) != setting.value_in(after)


def changes_hint() -> str:
    """Return a sentence that suggests which settings to change in a branch. It is shown until the user changes one."""
    return translate("Changes", "Change the prompt or guidance")


def _change_text(setting: Setting, was: Any, after: Any) -> str:
    # A branch keeps its initial noise, so a new seed affects only the noise of later steps.
    if setting.name == "seed":
        return translate("Changes", "seed of later noise")
    name = within_text(translate("Setting", setting.title))
    former, new = (translate("Setting", setting.text(value)) if setting.text(value) else NONE for value in (was, after))
    if setting.is_number:
        former, new = with_decimal_point(former), with_decimal_point(new)
    if setting.choices:
        # Only schedulers are known by their names alone.
        return f"{former} → {new}" if setting.words == "{}" else f"{name} {former} → {new}"
    # A prompt is too long to show, so only its name is given.
    is_text = setting.kind is str and Role.AXIS not in setting.role
    return name if is_text or former == new else f"{name} {former} → {new}"


def _slice_of(branch: Branch | None, first: int, count: int) -> Branch | None:
    if branch is None or branch.parent.count == 1:
        return branch
    parent, _ = request_of_part(branch.parent, tuple(range(first, first + count)))
    return replace(branch, parent=parent)


def _changed_numbers(before: Request, after: Request) -> list[str]:
    """Return a phrase for each numeric model, sampler or guidance parameter that differs between two requests.

    If the sampler has changed, the new sampler's parameters are compared with its defaults.
    """
    phrases = []
    # A factor that a request leaves out has a default that only the model card knows. It is shown as NONE.
    for name in before.factors | after.factors:
        former, new = (
            number_text(float(each.factors[name])) if name in each.factors else NONE for each in (before, after)
        )
        if former != new:
            phrases.append(f"{name} {former} → {new}")
    same = before.sampler == after.sampler
    for params, old_values, new_values in (
        (SAMPLERS[after.sampler].params, before.knobs if same else {}, after.knobs),
        (GUIDANCE, before.controls, after.controls),
    ):
        for param in params:
            was = old_values.get(param.name, param.default)
            now = new_values.get(param.name, param.default)
            if was != now:
                title = within_text(translate("Setting", param.title))
                phrases.append(f"{title} {number_text(float(was))} → {number_text(float(now))}")
    return phrases
