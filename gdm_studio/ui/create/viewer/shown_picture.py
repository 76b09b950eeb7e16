"""Displayed picture for the tools that generate a part of it again or enlarge it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from gdm_studio.common.errors import ModelError
from gdm_studio.jobs.mask_from_word import is_installed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    import numpy as np

    from gdm_studio.models.model_library import Library
    from gdm_studio.models.prompts.prompt_reading import PromptPart
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext


async def load_shown_picture(
    context: CreateContext, picture: Callable[[], Awaitable[np.ndarray | None]]
) -> tuple[np.ndarray, Request | None] | None:
    """Return the displayed picture, as `picture()` decodes it, and the request that generated it, if it is known.

    Returns None if there is no picture, or if another one is displayed meanwhile.
    """
    viewer = context.viewer
    turn, run = viewer.revision, viewer.on_canvas
    image = viewer.image if viewer.shows_run else 0
    rgba = await picture()
    if rgba is None or viewer.revision != turn:
        return None
    return rgba, run.request.picture(image) if run is not None else None


def generating_request(context: CreateContext, made_by: Request | None) -> Request | None:
    """Return the request that generated a picture, on the current device. Returns None if it is not known, or if its
    model is not installed.
    """
    if made_by is None or not is_installed(context.library, made_by.model):
        return None
    current = context.page.controls.request_draft.request
    return replace(made_by, device=current.device, dtype=current.dtype)


async def words_of_picture(context: CreateContext, made_by: Request | None) -> list[str]:
    """Return the words and names that can describe an area of a picture: those of the prompt that generated it, or else
    of the prompt of the next request.
    """
    return await asyncio.to_thread(_read_words, context.library, made_by or context.page.controls.request_draft.request)


def _read_words(library: Library, request: Request) -> list[str]:
    """Return the words and names of a request's prompt that can describe an area."""
    from gdm_studio.engine.word_selection import offered_words
    from gdm_studio.models.families import read_prompt
    from gdm_studio.models.prompts.word_classes import STOP_WORDS

    stop_words = STOP_WORDS
    parts: Sequence[PromptPart] = ()
    # The model may be missing, or its files damaged.
    with suppress(ModelError):
        card = library.card(request.model).for_rules(request.rules)
        stop_words = card.stop_words(request.prompt)
        parts = read_prompt(card, request.prompt, request.style, is_icon=request.plain_icon).parts
    return offered_words(request.prompt, stop_words, parts)


def below_edit_menu(context: CreateContext) -> QPoint:
    """Return the position on the screen below the menu Edit picture, where the popups of its tools open."""
    button = context.page.canvas_panel.tools.buttons["edit_menu"]
    return button.mapToGlobal(QPoint(0, button.height() + 2))
