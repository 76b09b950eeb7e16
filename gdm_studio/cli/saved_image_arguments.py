"""GDM Studio images given as command-line arguments: their metadata and recorded steps."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import preferences
from gdm_studio.cli.progress_bar import ProgressBar, with_progress
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.text_safety import escape_unsafe

if TYPE_CHECKING:
    from gdm_studio.engine.step_history import Trajectory
    from gdm_studio.gallery import Metadata
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request


def read_own_image(path: Path) -> tuple[Metadata, Request]:
    """Return the metadata and the request of an image that GDM Studio generated.

    Raises BadRequest for any other image.
    """
    from gdm_studio.gallery import read

    metadata = read(path)
    if metadata.request is not None and not metadata.id:
        other = escape_unsafe(metadata.tool) or "another program"
        raise BadRequest(f"{path} was made by {other}; choose an image that GDM Studio made.")
    if metadata.request is None:
        raise BadRequest(f"{path} does not say how it was made; choose an image that GDM Studio made.")
    return metadata, metadata.request


def steps_of_image(path: Path, library: Library, bar: ProgressBar) -> Trajectory:
    """Return the recorded denoising steps of an image that GDM Studio generated.

    Missing or damaged steps are computed again.
    """
    from gdm_studio.engine import step_history
    from gdm_studio.engine.reproduction import regenerate
    from gdm_studio.models.model_library import with_recorded_weights

    metadata, request = read_own_image(path)
    recorded = steps_file(path, metadata.id)
    if recorded is not None:
        # Damaged steps are generated again.
        with suppress(StorageError):
            return step_history.load(recorded)
    request = with_recorded_weights(library, request, metadata.made_with)
    again = regenerate(request, library, stopped_at=metadata.stopped_at, steps_budget=2**30)
    return step_history.load(with_progress(again, bar).steps)


def steps_file(path: Path, picture_id: str) -> Path | None:
    """Return the file with an image's recorded denoising steps, or None.

    It is searched for in the library that contains the image, then in the user's library.
    """
    from gdm_studio.gallery.storage.saved_step_files import StepsFiles

    libraries = [*path.absolute().parents, preferences.pictures_dir()]
    return next((file for folder in libraries if (file := StepsFiles(folder).path(picture_id)).is_file()), None)
