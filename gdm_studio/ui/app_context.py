"""Context object with the services shared by all pages of the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from gdm_studio.gallery import Metadata, Picture
    from gdm_studio.models.library import Library
    from gdm_studio.request.request import Request
    from gdm_studio.studio.foreign_settings import RestoredRequest
    from gdm_studio.ui.gallery.service import GalleryService
    from gdm_studio.ui.jobs import RunningJobs
    from gdm_studio.ui.look.theme import Theme
    from gdm_studio.ui.notify import Notify
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.widgets.image_comparison.compared_image import Item
    from gdm_studio.ui.widgets.topbar import TopBar
    from gdm_studio.ui.worker_thread import WorkerThread


class Navigator(Protocol):
    """Interface through which a page opens other pages and dialogs, implemented by the window."""

    def open_page(self, page: str) -> None:
        """Open a page by its id."""

    def compare(self, items: Sequence[Item]) -> None:
        """Show images side by side on the Compare page."""

    def export(self, pictures: Sequence[Picture]) -> None:
        """Open the export dialog for images of the gallery."""

    def show_steps(self, picture: Picture) -> None:
        """Show the saved steps of the gallery image that is on the canvas."""

    def report_on(self, file: Path) -> None:
        """Handle an image file: restore its settings (`use` is "settings") or use it as the start image ("start")."""

    def use_file(self, file: Path, use: str) -> None:
        """Handle an image file: restore its settings (`use` is "settings") or start from its image ("start")."""

    def use_request(self, request: Request, *, is_new: bool = False) -> None:
        """Apply the settings of a request and open the Create page. `is_new` means that it has no image yet."""

    def generate_request(self, request: Request) -> None:
        """Open the Create page and generate a request with its model."""

    def unusable_settings(self, request: Request) -> Sequence[str]:
        """Return the names of a request's settings that the installed models cannot use."""

    def restored_request(self, metadata: Metadata) -> RestoredRequest:
        """Return the settings in an image file, without those that the installed models do not support."""

    async def scan_models(self) -> None:
        """Scan the model folders, and update the model lists if the models have changed."""

    def reload_setting(self, name: str) -> None:
        """Reload a program setting that was changed outside the Settings page."""


@dataclass(frozen=True, kw_only=True)
class AppContext:
    """Services shared by all pages of the window.

    `worker` is the thread that runs jobs, `jobs` is the list of running jobs, and `gallery` contains the saved images.
    `tasks` starts coroutines, `notify` shows a notice, and `navigator` opens other pages.
    """

    theme: Theme
    library: Library
    worker: WorkerThread
    gallery: GalleryService
    jobs: RunningJobs
    tasks: Tasks
    notify: Notify
    navigator: Navigator
    top_bar: TopBar
