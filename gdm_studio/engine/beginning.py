"""How the pictures of a course begin: from noise, a picture, its noise, or a step of their own or of a parent's."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from gdm_studio.engine.course import Course
from gdm_studio.engine.denoising import denoising, under_controls
from gdm_studio.engine.noise import of_denoiser
from gdm_studio.engine.starts import Start, at_step, begun, from_picture, keeps_history
from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Step
from gdm_studio.maths.samplers.inversion import invert
from gdm_studio.models.process import start_of
from gdm_studio.request import Branch
from gdm_studio.run import Phase

REFINEMENTS = 2.0  # evaluations more a step: with 20 steps the way back ends within 0.2 % of the latents


def beginning(course: Course, resume: Step | None = None) -> Generator[Phase, None, Start]:
    """Where these pictures begin, or go on from `resume`. Raises BadRequest."""
    request, branch, first = course.request, course.request.branch, course.legs[0]
    if resume is not None:
        if branch is not None and resume.index < branch.step:
            raise BadRequest(f"The step is number {resume.index}, before the branch at {branch.step}.")
        return at_step(course, resume, keeps_history=keeps_history(request, resume.index))
    if branch is not None:
        return (yield from _along_its_parent(course, branch))
    if first.known is None:
        return begun(course, first)
    index = start_of(first.stage.diffusion.process, course.opening, request.strength)
    if not request.inverted:
        return from_picture(course, first.known.data, index)
    x = first.known.data
    for step in inverting(course, index):
        x = step.x
        yield Phase("finding its noise")
    return Start(x.expand_as(course.like(first)), course.path, index)


def inverting(course: Course, index: int) -> Iterator[Step]:
    """Steps of one row from the picture of a course of one stage to the noise at path[index], under its prompt alone.

    Guidance and temperature bend the path, and errors grow along one that is bent: without them, DDIM at eta 0 from
    that noise makes the picture again.
    """
    (leg,) = course.legs
    assert leg.known is not None
    path, plain = leg.path[index:], replace(course.request, guidance_scale=1.0, temperature=1.0, controls={})
    alone = replace(course, request=plain, images=course.images[:1])
    bound = leg.stage.denoiser(alone.asks(leg, guided=False), path, of_denoiser(alone.noise(leg), path, 1))
    denoise = under_controls(bound, plain, path, data_scale=leg.stage.diffusion.data_scale)
    return invert(denoise, leg.known.data, path, refinements=REFINEMENTS)


def _along_its_parent(course: Course, branch: Branch) -> Generator[Phase, None, Start]:
    parent = replace(course, request=branch.parent, images=course.images if branch.parent.count > 1 else (0,))
    there = yield from beginning(parent)
    if branch.step < there.index:
        raise BadRequest(f"The picture to branch from begins at step {there.index}; branch from there or later.")
    steps = denoising(parent, there)
    while there.index < branch.step:
        yield Phase(f"going back to step {branch.step}")
        step = next(steps)
        there = Start(step.x, course.path, step.index, step.carry, step.memory)
    return at_step(course, there.step, keeps_history=keeps_history(course.request, branch.step))
