"""Context object with the services shared by all pages of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from gdm_studio.gallery import Metadata, Picture
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request
    from gdm_studio.studio.settings_import import RestoredRequest
    from gdm_studio.ui.gallery.service import GalleryService
    from gdm_studio.ui.notifier import Notify
    from gdm_studio.ui.running_jobs import RunningJobs
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.theme.theme import Theme
    from gdm_studio.ui.widgets.image_comparison.compared_image import Item
    from gdm_studio.ui.widgets.topbar import TopBar
    from gdm_studio.ui.worker_thread import WorkerThread


class Navigator(Protocol):
    """Interface through which a page opens other pages and dialogs of the window. The main window implements it."""

    def open_page(self, page: str) -> None:
        """Open the page with this id, such as "gallery"."""

    def compare(self, items: Sequence[Item]) -> None:
        """Open the Compare page with the given images."""

    def export(self, pictures: Sequence[Picture], *, form: str = "", title: str = "") -> None:
        """Open the export dialog for the given images of the gallery, with the last format or with `form`.
        `title` is that of a set.
        """

    def show_steps(self, picture: Picture) -> None:
        """Show the saved denoising steps of the gallery image that is on the canvas."""

    def apply_settings(self, request: Request) -> None:
        """Apply the settings of a request on the Create page and, if it is a branch, start branch mode."""

    def report_on(self, file: Path) -> None:
        """Open a report that lists the metadata in an image file and shows which settings GDM Studio can use."""

    def use_file(self, file: Path, use: str) -> None:
        """Open the Create page with an image file. `use` is "settings" to apply the file's saved settings, or "start"
        to make it the start image.
        """

    def use_request(self, request: Request, *, is_new: bool = False) -> None:
        """Open the Create page with the settings of a request. `is_new` is True if no image has been generated from the
        request yet.
        """

    def generate_request(self, request: Request) -> None:
        """Open the Create page and generate an image from `request`, with the model that it names."""

    def restart(self) -> None:
        """Close the window and start the program again."""

    def unusable_fields(self, request: Request) -> set[str]:
        """Return the names of the fields in a request that the installed models cannot use, for a report that they are
        ignored.
        """

    def restored_request(self, metadata: Metadata) -> RestoredRequest:
        """Return the settings stored in an image's metadata, leaving out settings that no installed model supports."""

    async def scan_models(self) -> None:
        """Scan the model folders for new and removed model files, and update the lists of models."""

    def reload_setting(self, name: str) -> None:
        """Read a preference again that was changed outside the Settings page, and show its new value."""


@dataclass(frozen=True, kw_only=True)
class AppContext:
    """Services of the window that all pages share, such as the theme, the gallery and the worker thread.

    `worker` is the thread that runs jobs, `jobs` is the list of running jobs, and `gallery` contains the saved images.
    `tasks` starts coroutines, `notify` shows a notice, `withdraw(title, text)` removes notices, and `navigator` opens
    other pages.
    """

    theme: Theme
    library: Library
    worker: WorkerThread
    gallery: GalleryService
    jobs: RunningJobs
    tasks: Tasks
    notify: Notify
    withdraw: Callable[[str, str], object]
    navigator: Navigator
    top_bar: TopBar
    # Returns the address of the cluster in the preferences, or "".
    cluster: Callable[[], str]
