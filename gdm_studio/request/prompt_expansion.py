"""Requests with prompts generated from a template; see `prompt_templates` for the syntax.

In such a request, `prompt` is the result and `template` the template. If the images have different prompts, `prompts`
lists them.
"""

from __future__ import annotations

from dataclasses import replace

from gdm_studio.common.errors import BadRequest
from gdm_studio.request.generation_request import SETTINGS, Request
from gdm_studio.request.interpolation import replace_prompt
from gdm_studio.request.prompt_templates import draw, escape, is_template


def drawn(request: Request) -> Request:
    """Return the request with random choices made for its prompt template, so that each image has a prompt that depends
    on its seed.

    A prompt without variants, wildcards and escaped braces is unchanged. Raises BadRequest for a missing or unusable
    wildcard file, an invalid seed or count, or a result that is too long.
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
    """Expand the prompt template of a request as `drawn` does. On an error, the template itself remains the prompt.

    In that case `Request.checked` raises the error.
    """
    try:
        return drawn(request)
    except BadRequest:
        return replace(request, template=request.prompt)


def redrawn(request: Request) -> Request:
    """Expand the prompt template of a request again, after its seed or count has changed.

    If the template can no longer be expanded, all images get the request's prompt.
    """
    try:
        return drawn(undrawn(request)) if request.template else request
    except BadRequest:
        return replace(request, prompts=())


def as_written(request: Request) -> Request:
    """Return the request with the prompt as the user edits it: the template, or the prompt with escaped template
    syntax. `drawn` expands it to the same prompts again.
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
    """Return the request with its prompt template, if it has one, in place of the prompt, so that it can be edited."""
    if not request.template:
        return request
    toward = replace_prompt(request.toward, request.prompt, request.template)
    return replace(request, prompt=request.template, template="", prompts=(), toward=toward)
