"""What a branch may change of the picture that it leaves, and what it does change, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gdm_studio.maths.controls import CONTROLS
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request import Branch, Request

FREE = (  # the settings that hold for the steps left; all others belong to the path that a branch stays on
    "prompt",
    "negative_prompt",
    "style",
    "seed",
    "sampler",
    "knobs",
    "guidance_scale",
    "temperature",
    "controls",
)


def steered(parent: Request, wanted: Request) -> Request:
    """`parent` with the free settings of `wanted`, and made where `wanted` is."""
    free = {name: getattr(wanted, name) for name in FREE}
    return replace(parent, **free, device=wanted.device, dtype=wanted.dtype).checked()


def branched(parent: Request, step: int, wanted: Request) -> Request:
    """The branch that leaves `parent` after `step` steps of its path and goes on as `wanted` says.

    One parent picture serves as many as are wanted; of several each leaves its own.
    """
    count = wanted.count if parent.count == 1 else parent.count
    return replace(steered(parent, wanted), count=count, batch=wanted.batch, branch=Branch(parent, step))


def part_of(request: Request, images: tuple[int, ...]) -> tuple[Request, int]:
    """The request for the pictures `images` that follow each other alone, and how many of them those are."""
    count = next((n for n, image in enumerate(images) if image != images[0] + n), len(images))
    if count == request.count:
        return request, count
    one = request.picture(images[0])
    return replace(one, branch=_slice_of(request.branch, images[0], count), count=count), count


def changes(before: Request, after: Request) -> list[str]:
    """What the free settings of `after` change, setting by setting: "guidance 4 → 7"."""
    found = []
    for name, said in _WORDS.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            found.append(said(was, now))
    return found + _numbers(before, after)


def _slice_of(branch: Branch | None, first: int, count: int) -> Branch | None:
    if branch is None or branch.parent.count == 1:
        return branch
    parent, _ = part_of(branch.parent, tuple(range(first, first + count)))
    return replace(branch, parent=parent)


def _numbers(before: Request, after: Request) -> list[str]:
    """The numbers of scheduler and prediction that are other ones; another scheduler's begin at its defaults."""
    found = []
    same = before.sampler == after.sampler
    for knobs, old, new in (
        (SAMPLERS[after.sampler].knobs, before.knobs if same else {}, after.knobs),
        (CONTROLS, before.controls, after.controls),
    ):
        for knob in knobs:
            was, now = old.get(knob.name, knob.default), new.get(knob.name, knob.default)
            if was != now:
                found.append(f"{knob.title.lower()} {was:g} → {now:g}")
    return found


def _to(name: str) -> Callable[[object, object], str]:
    def said(was: object, now: object) -> str:
        return f"{name} {was:g} → {now:g}" if isinstance(now, float | int) else name

    return said


def _scheduler(was: object, now: object) -> str:
    return f"{SAMPLERS[str(was)].title} → {SAMPLERS[str(now)].title}"


_WORDS: dict[str, Callable[[object, object], str]] = {
    "prompt": _to("prompt"),
    "negative_prompt": _to("negative prompt"),
    "style": lambda was, now: "style",
    "seed": lambda was, now: "seed of later noise",
    "sampler": _scheduler,
    "guidance_scale": _to("guidance"),
    "temperature": _to("temperature"),
}
