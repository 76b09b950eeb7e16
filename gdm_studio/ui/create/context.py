"""Context of the Create page: the services and widgets that its controllers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.ui.app_context import AppContext

if TYPE_CHECKING:
    from gdm_studio.ui.create.generation.controller import GenerationController
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.prompt.controller import PromptController
    from gdm_studio.ui.create.request_settings import RequestSettings
    from gdm_studio.ui.create.viewer.controller import Viewer


@dataclass(frozen=True, kw_only=True)
class CreateContext(AppContext):
    """Services of the main window, with the widgets and controllers that all parts of the Create page share."""

    page: CreatePage
    viewer: Viewer
    settings: RequestSettings
    generation: GenerationController
    prompts: PromptController

    @classmethod
    def extend(
        cls,
        context: AppContext,
        *,
        page: CreatePage,
        viewer: Viewer,
        settings: RequestSettings,
        generation: GenerationController,
        prompts: PromptController,
    ) -> CreateContext:
        """Return a copy of `context` that also contains the widgets and controllers of the Create page."""
        return cls(**vars(context), page=page, viewer=viewer, settings=settings, generation=generation, prompts=prompts)
