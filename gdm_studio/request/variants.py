"""Requests whose prompt is drawn from a template: see `templates` for its syntax.

The result is in `prompt` and the template in `template`. If the images have different prompts, these are in `prompts`.
"""

from __future__ import annotations

from dataclasses import replace

from gdm_studio.common.errors import BadRequest
from gdm_studio.request.interpolation import replace_prompt
from gdm_studio.request.request import SETTINGS, Request
from gdm_studio.request.templates import draw, escape, is_template


def drawn(request: Request) -> Request:
    """Return the request with the prompt of each image drawn from its prompt, which is read as a template.

    A prompt without variants, wildcards and escaped braces is unchanged. Raises BadRequest for a missing or unusable
    wildcard file, for an invalid seed or count, and if the result would be too long.
    """
    template = request.prompt
    if not is_template(template):
        return replace(request, template="", prompts=()) if request.template or request.prompts else request
    for name in ("seed", "count"):
        SETTINGS[name].check(getattr(request, name))
    prompts = draw(template, request.seeds())
    return replace(
        request,
        template=template if any(prompt != template for prompt in prompts) else "",
        prompt=prompts[0],
        prompts=tuple(prompts) if len(set(prompts)) > 1 else (),
        toward=replace_prompt(request.toward, template, prompts[0]),
    )


def drawn_if_possible(request: Request) -> Request:
    """Return the request as `drawn` does, or with its prompt as the template if that fails.

    `Request.checked` then raises the reason.
    """
    try:
        return drawn(request)
    except BadRequest:
        return replace(request, template=request.prompt)


def redrawn(request: Request) -> Request:
    """Return a request whose seed or count has changed, with its prompts drawn again from its template, if any.

    If that is no longer possible, all images have the request's prompt.
    """
    try:
        return drawn(undrawn(request)) if request.template else request
    except BadRequest:
        return replace(request, prompts=())


def as_written(request: Request) -> Request:
    """Return the request with a prompt to edit, from which `drawn` makes the same prompt again.

    This is the template, or the escaped prompt if there is no template or it has another result now.
    """
    if request.template:
        written = undrawn(request)
        try:
            if drawn(written).prompt == request.prompt:
                return written
        except BadRequest:
            # A prompt that could not be drawn is still the template.
            if request.prompt == request.template:
                return written
    text = escape(request.prompt)
    toward = replace_prompt(request.toward, request.prompt, text)
    return replace(request, prompt=text, template="", prompts=(), toward=toward)


def undrawn(request: Request) -> Request:
    """Return the request with its template, if it has one, as the prompt."""
    if not request.template:
        return request
    toward = replace_prompt(request.toward, request.prompt, request.template)
    return replace(request, prompt=request.template, template="", prompts=(), toward=toward)
