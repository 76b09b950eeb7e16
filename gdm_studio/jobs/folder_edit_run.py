"""Run of a folder edit in this process, as the command line and scripts use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.jobs.folder_edit import FolderEdit, FolderPicture, PreparedPicture, Upscaling
from gdm_studio.request.generation_request import ONLY_MASKED, Request

if TYPE_CHECKING:
    from gdm_studio.models.model_library import Library

# A picture with the file of its edit, the error that prevents it, or None if it was finished before.
PictureEvent = tuple[FolderPicture, Path | StudioError | None]


def edit_pictures(
    edit: FolderEdit, library: Library, *, device: str = "auto", note: Callable[[str], object] = lambda text: None
) -> Iterator[PictureEvent]:
    """Edit the pictures of a folder that are not finished, on one or several devices, and yield an event for each.

    An error of one picture does not stop the others. `note` is called with remarks for the user.
    """
    if isinstance(edit.edit, Upscaling):
        yield from _upscale(edit, edit.edit, library)
    elif edit.details:
        yield from _detail(edit, library, device, note)
    else:
        yield from _generate(edit, library, device, note)


def _generate(edit: FolderEdit, library: Library, device: str, note: Callable[[str], object]) -> Iterator[PictureEvent]:
    from gdm_studio.jobs.prompt_batch import Callbacks, PromptLine, generate_lines
    from gdm_studio.models.memory import devices

    running: dict[int, PreparedPicture] = {}
    ended: list[PictureEvent] = []
    resized = _ResizedPictures()

    def lines() -> Iterator[PromptLine]:
        for number, each in enumerate(_iter_prepared(edit, ended)):
            assert each.request is not None
            resized.add(each.picture.name, each.request, is_opaque=edit.is_opaque(each.picture))
            running[number] = each
            yield PromptLine(number, each.request, (0,))

    with closing(generate_lines(lines(), library, devices.device_names(device), Callbacks(note))) as events:
        for line, event in events:
            each = running.pop(line.number)
            while ended:
                yield ended.pop(0)
            yield each.picture, event if isinstance(event, StudioError) else edit.write(each, event)
    yield from ended
    for remark in resized.remarks():
        note(remark)


class _ResizedPictures:
    """Pictures whose edits have other sizes or proportions than they have."""

    def __init__(self) -> None:
        # The first picture of each sort, with both sizes as text, and the number of pictures.
        self._resized: tuple[str, int] = "", 0
        self._bordered: dict[str, tuple[str, int]] = {"transparent": ("", 0), "white": ("", 0)}

    def add(self, name: str, request: Request, *, is_opaque: bool) -> None:
        """Add a picture with the request that edits it, unless only the masked area of the picture is generated.

        `is_opaque` says that the format of its file has no transparency, so that its borders are white.
        """
        from gdm_studio.engine import image_inputs

        if request.size is None or (request.mask and request.inpaint_area == ONLY_MASKED):
            return
        try:
            size = image_inputs.size_of(request.image)
        except BadRequest:
            # The run of this picture fails with the same error.
            return
        text = f"{name}, {size[0]}x{size[1]}, becomes {request.size[0]}x{request.size[1]}"
        if not image_inputs.image_fits(size, request.size):
            colour = "white" if is_opaque else "transparent"
            example, count = self._bordered[colour]
            self._bordered[colour] = example or text, count + 1
        elif size != request.size:
            self._resized = self._resized[0] or text, self._resized[1] + 1

    def remarks(self) -> Iterator[str]:
        """Yield a sentence about the pictures of each sort."""
        for colour, (example, count) in self._bordered.items():
            if count:
                them = "1 picture has" if count == 1 else f"{count} pictures have"
                yield f"{them} other proportions than the model makes, and got {colour} borders: {example}."
        example, count = self._resized
        if count:
            them = "1 edited picture has" if count == 1 else f"{count} edited pictures have"
            yield f"{them} another size than the original: {example}."


def _detail(edit: FolderEdit, library: Library, device: str, note: Callable[[str], object]) -> Iterator[PictureEvent]:
    """Detail the pictures on the first of the devices. A picture in which no word is found is written as it is."""
    from gdm_studio.jobs.detail_redrawing import detail_requests, run_details
    from gdm_studio.jobs.executor import Executor
    from gdm_studio.jobs.mask_from_word import read_request
    from gdm_studio.jobs.runner import Runner
    from gdm_studio.models.memory import devices
    from gdm_studio.request.generation_events import Result

    place = devices.device_names(device)[0]
    ended: list[PictureEvent] = []
    with Runner(Executor(library)) as runner:
        for each in _iter_prepared(edit, ended):
            while ended:
                yield ended.pop(0)
            assert each.request is not None
            picture = each.picture
            detailed: Result | None = None
            requests = detail_requests(
                each.request.image,
                edit.details,
                library,
                replace(each.request, device=place),
                made_by=read_request(picture.path),
                note=lambda sentence, name=picture.name: note(f"{name}: {sentence}"),  # type: ignore[misc]
            )
            try:
                for event in run_details(runner, requests):
                    detailed = event if isinstance(event, Result) else detailed
                written: PictureEvent = picture, edit.write(each, detailed or edit.read_pixels(each))
            except StudioError as error:
                written = picture, error
            yield written
    yield from ended


def _upscale(edit: FolderEdit, upscaling: Upscaling, library: Library) -> Iterator[PictureEvent]:
    from gdm_studio.engine.upscale import Upscaler, finish_upscaling

    upscaler = Upscaler(library.upscaler(upscaling.upscaler) if upscaling.upscaler else None)
    ended: list[PictureEvent] = []
    for each in _iter_prepared(edit, ended):
        while ended:
            yield ended.pop(0)
        try:
            rgba = edit.read_pixels(each)
            size = upscaling.size_of((rgba.shape[1], rgba.shape[0]))
            event: PictureEvent = each.picture, edit.write(each, finish_upscaling(upscaler.steps_to(size, rgba)))
        except StudioError as error:
            event = each.picture, error
        yield event
    yield from ended


def _iter_prepared(edit: FolderEdit, ended: list[PictureEvent]) -> Iterator[PreparedPicture]:
    """Yield the pictures that are not finished. The others are added to `ended`, as are those with an error."""
    for picture in edit.pictures:
        try:
            prepared = edit.prepare(picture)
        except StudioError as error:
            ended.append((picture, error))
            continue
        if prepared is None:
            ended.append((picture, None))
        else:
            yield prepared
