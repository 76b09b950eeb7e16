"""Base class of the main window, with the parts that its commands and its saved session use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow

if TYPE_CHECKING:
    from gdm_studio.studio.request_draft import RequestDraft
    from gdm_studio.ui.compare.controller import CompareController
    from gdm_studio.ui.create.board.image_set_controller import SetController
    from gdm_studio.ui.create.generation.controller import GenerationController
    from gdm_studio.ui.create.generation.mode_controller import GenerationModes
    from gdm_studio.ui.create.image_tools import Tools
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.prompt.controller import PromptController
    from gdm_studio.ui.create.prompt.presets import PresetController
    from gdm_studio.ui.create.queue.controller import QueueController
    from gdm_studio.ui.create.request_settings import RequestSettings
    from gdm_studio.ui.create.settings_restorer import SettingsRestorer
    from gdm_studio.ui.create.steps.controller import StepsController
    from gdm_studio.ui.create.viewer.controller import Viewer
    from gdm_studio.ui.export.controller import ExportController
    from gdm_studio.ui.gallery.controller import GalleryController
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.service import GalleryService
    from gdm_studio.ui.models.controller import ModelsController
    from gdm_studio.ui.models.page import ModelsPage
    from gdm_studio.ui.notifier import Notify
    from gdm_studio.ui.running_jobs import RunningJobs
    from gdm_studio.ui.settings.controller import SettingsController
    from gdm_studio.ui.settings.page import SettingsPage
    from gdm_studio.ui.shell.page_stack import PageStack
    from gdm_studio.ui.theme.theme import Theme
    from gdm_studio.ui.widgets.topbar import TopBar


class WindowBase(QMainWindow):
    """Interface of the main window for its commands and saved session, implemented by `Window`."""

    compare_controller: CompareController
    create_page: CreatePage
    request_draft: RequestDraft
    export_controller: ExportController
    gallery: GalleryService
    gallery_controller: GalleryController
    gallery_page: GalleryPage
    generation: GenerationController
    jobs: RunningJobs
    modes: GenerationModes
    notify: Notify
    pages: PageStack
    presets: PresetController
    models_controller: ModelsController
    prompt_controller: PromptController
    queue: QueueController
    sets: SetController
    settings: RequestSettings
    settings_controller: SettingsController
    settings_page: SettingsPage
    settings_restorer: SettingsRestorer
    steps: StepsController
    theme: Theme
    tools: Tools
    top: TopBar
    viewer: Viewer

    @property
    def models_page(self) -> ModelsPage:
        """Models page, created on first use."""
        raise NotImplementedError

    def page(self) -> str:
        """Return the id of the open page, such as "create" or "gallery"."""
        raise NotImplementedError

    def open_page(self, page: str) -> None:
        """Open the page with this id, such as "gallery"."""
        raise NotImplementedError

    def generate(self) -> None:
        """Generate images with the current settings."""
        raise NotImplementedError

    def step_forward(self) -> None:
        """Show the next denoising step of the image on the canvas."""
        raise NotImplementedError

    def prepared_training(self) -> str:
        """Return the settings of the training that the user has prepared, or "" if there is none."""
        raise NotImplementedError

    def undo(self) -> None:
        """Undo the user's last action."""
        raise NotImplementedError

    def redo(self) -> None:
        """Repeat what the user undid last."""
        raise NotImplementedError

    def can_redo(self) -> bool:
        """Return True if `redo` has something to repeat."""
        raise NotImplementedError
