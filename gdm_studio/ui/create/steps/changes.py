"""What a branch may change of the picture that it leaves, and what it does change, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gdm_studio.maths.guidance import GUIDANCE
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request import SETTINGS, Branch, Request, Role, Setting, with_role

NONE = "–"  # in place of a value that is not given


def part_of(request: Request, images: tuple[int, ...]) -> tuple[Request, int]:
    """The request for the pictures `images` that follow each other alone, and how many of them those are."""
    count = next((n for n, image in enumerate(images) if image != images[0] + n), len(images))
    if count == request.count:
        return request, count
    one = request.picture(images[0])
    return replace(one, branch=_slice_of(request.branch, images[0], count), count=count), count


def changes(before: Request, after: Request) -> list[str]:
    """What `after` changes of what a branch may change, setting by setting: "guidance 4 → 7"."""
    free = [setting for setting in with_role(SETTINGS, Role.FREE) if not isinstance(setting.default, dict)]
    found = [_change(each, each.of(before), each.of(after)) for each in free if each.of(before) != each.of(after)]
    return found + _numbers(before, after)


def _change(setting: Setting, was: Any, now: Any) -> str:
    if setting.name == "seed":  # where the picture begins stays as it is
        return "seed of later noise"
    name, former, new = setting.title.lower(), setting.said(was) or NONE, setting.said(now) or NONE
    if setting.choices:
        return f"{former} → {new}"
    is_text = setting.kind is str and Role.AXIS not in setting.role  # a prompt: longer than what stands here
    return name if is_text or former == new else f"{name} {former} → {new}"


def _slice_of(branch: Branch | None, first: int, count: int) -> Branch | None:
    if branch is None or branch.parent.count == 1:
        return branch
    parent, _ = part_of(branch.parent, tuple(range(first, first + count)))
    return replace(branch, parent=parent)


def _numbers(before: Request, after: Request) -> list[str]:
    """The numbers of model, scheduler and prediction that are other ones; another scheduler's begin at its defaults."""
    found = []
    for name in before.factors | after.factors:  # only the model's card knows the defaults of those that are left out
        told = [f"{each.factors[name]:g}" if name in each.factors else NONE for each in (before, after)]
        if told[0] != told[1]:
            found.append(f"{name} {' → '.join(told)}")
    same = before.sampler == after.sampler
    for knobs, old, new in (
        (SAMPLERS[after.sampler].knobs, before.knobs if same else {}, after.knobs),
        (GUIDANCE, before.controls, after.controls),
    ):
        for knob in knobs:
            was, now = old.get(knob.name, knob.default), new.get(knob.name, knob.default)
            if was != now:
                found.append(f"{knob.title.lower()} {was:g} → {now:g}")
    return found
