"""GDM Studio as a library. Scripts generate the same images, bit for bit, as the window and the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.common import remote_device
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.common.translation_markers import Sentence
from gdm_studio.jobs.detail_redrawing import DETAIL_PADDING, DETAIL_STRENGTH
from gdm_studio.jobs.enlargement import REFINING_STRENGTH
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.runner import Runner
from gdm_studio.jobs.workers.work_items import WorkItem
from gdm_studio.models.model_library import Library
from gdm_studio.preferences import Preferences
from gdm_studio.request.conditioning import is_stored_image_name
from gdm_studio.request.generation_request import MAX_TILED_SIDE, SETTINGS, Region, Request
from gdm_studio.request.prompt_expansion import drawn, undrawn
from gdm_studio.request.regions import check_regions
from gdm_studio.studio.prompt_embedding import PromptEmbedding
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.studio.step_access import STEPS_ELSEWHERE, Step, Steps, run_steps

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image as PILImage

    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.jobs.detail_redrawing import Detail
    from gdm_studio.jobs.job import Source
    from gdm_studio.jobs.queue import Queue


class Studio(AbstractContextManager["Studio"]):
    """Entry point for scripts: the user's models, settings, queue and gallery, and methods that generate images.

    >>> studio = Studio()
    >>> for step in studio.generate("a red fox", seed=7, steps=4):
    ...     print(step, step.image.shape)
    step 1 of 4 (256, 256, 4)
    step 2 of 4 (256, 256, 4)
    step 3 of 4 (256, 256, 4)
    step 4 of 4 (256, 256, 4)
    >>> studio.keep(step).path.suffix
    '.png'

    `pause` ends the loop, and another loop resumes. An image can be branched off after any of its steps.

    >>> fox = studio.generate("a red fox", seed=7, steps=4)
    >>> for step in fox:
    ...     if step.index == 2:
    ...         studio.pause()
    >>> blue = studio.branch(step, prompt="a blue fox")
    >>> [step.index for step in blue], [step.index for step in fox]
    ([3, 4], [3, 4])

    Settings are the fields of a Request, by name; omitted ones get the model's defaults. Methods raise a StudioError,
    one sentence, if something cannot be done.

    >>> studio.generate("a fox", steps=0)
    Traceback (most recent call last):
    gdm_studio.common.errors.BadRequest: steps must be a whole number from 1 to 1000, not 0.

    Call all methods except `pause` from one thread. `pictures` is a folder in which `keep` saves images instead of the
    library, and `models` a model library that is already open. GDM_STUDIO_HOME in the environment sets one folder for
    all files.
    """

    def __init__(self, pictures: Path | str | None = None, *, models: Library | None = None) -> None:
        self.library = Library() if models is None else models
        self.runner = Runner(Executor(self.library), lambda: self.gallery)
        self._pictures = None if pictures is None else Path(pictures)
        self._last_steps: Steps | None = None

    @cached_property
    def queue(self) -> Queue:
        """The user's queue of requests, which the window and the command line use too."""
        from gdm_studio.jobs.queue import Queue

        return Queue.open()

    @cached_property
    def gallery(self) -> Gallery:
        """The user's gallery, in which `keep` saves images. It is opened on first access."""
        # This imports Pillow and SQLite, for which the first paint of the window must not wait.
        from gdm_studio.gallery import Gallery

        gallery = Gallery.open(self._pictures)
        gallery.similarity.embed = PromptEmbedding(self.library)
        return gallery

    @property
    def preferences(self) -> Preferences:
        """The user's current preferences, read from their file at every access."""
        return preferences.load()

    def get_model(self, name: str, report: Callable[[str, int, int], object] = lambda *_: None) -> list[str]:
        """Download a model with all its parts, or resume its download. Returns the names of the added models and parts.

        `name` is a name in the list of `gdm-studio models get`, OWNER/NAME or OWNER/NAME/FILE on huggingface.co, or the
        address of a file. `report(file, done, total)` gets the received bytes. Raises DownloadError if the user has not
        allowed downloads, or if the download fails.
        """
        from gdm_studio.downloads.model_download import Added, Progress, download

        added: list[str] = []
        for event in download(name, self.library):
            if isinstance(event, Progress):
                report(event.file, event.done, event.total)
            elif isinstance(event, Added):
                added += [row.name for row in event.rows]
        return added

    def draft(self, model: str = "") -> RequestDraft:
        """Create a draft of a request with the defaults of a model, a name or a path, by default the built-in one."""
        card = self.library.card(model or Request().model)
        return RequestDraft(card, path=model if os.path.exists(model) else "")

    def generate(self, prompt: str = "", **settings: Any) -> Steps:
        """Start generating new images, and return their denoising steps, over which the script iterates.

        By default the seed is random and the model is the built-in one. The start image `image` and its `mask` are
        files, PIL images, or uint8 arrays of shape (height, width), (height, width, 3) or (height, width, 4). A PIL
        image is turned by its EXIF orientation and converted to sRGB, as a file is. Without a `size`, the model's size
        that is nearest to the start image is used. With `inpaint_area="masked"`, only the surroundings of the mask are
        generated, at `size`, and the image keeps its own size.
        """
        _check_settings(settings)
        request_draft = self.draft(settings.pop("model", ""))
        given = _store_images({"prompt": prompt} | settings)
        if given.get("image") and given.get("size") is None and request_draft.card is not None:
            from gdm_studio.engine import image_inputs

            inputs = {name: value for name, value in given.items() if name in ("image", "tile") or SETTINGS[name].needs}
            given["size"] = image_inputs.size_for(request_draft.card, Request(**inputs).checked())
        request_draft.change(**given)
        # The draft drops settings that the model does not support. They are passed again so that `make` rejects them.
        return self.make(drawn(replace(undrawn(request_draft.next_request()), **given)))

    def make(self, request: Request) -> Steps:
        """Generate the images of a complete request, and return their denoising steps. The request in an image file
        reproduces that image.
        """
        return self._start(self.library.card(request.model).checked(request))

    def branch(self, step: Step, **settings: Any) -> Steps:
        """Continue an image after one of its steps with other settings, and return the steps that follow.

        `count` is the number of branches. A branch has the model, size, steps, spacing and start image of its parent.
        Without changed settings, the result is the same image.
        """
        _check_is_step(step, "branch")
        if (saved := step.saved) is None:
            raise BadRequest("This image is finished; branch from an earlier step of it.")
        parent = saved.request
        if settings.get("sampler", parent.sampler) != parent.sampler:
            settings = {"knobs": {}} | settings
        _check_settings(settings)
        wanted = replace(parent, **settings).typed()
        if "prompt" in settings:
            wanted = drawn(replace(wanted, template="", prompts=()))
        request = self.library.card(parent.model).checked(saved.resume_or_branch(wanted))
        from gdm_studio.engine.generation_loop import generate
        from gdm_studio.models.memory import devices

        if any(map(remote_device.is_remote, devices.device_names(request.device))):
            recorded = self.runner.executor.resume_point(request, saved.step)
            return self._start(request, work_items=[WorkItem.of(request, recorded_steps=recorded)])
        return self._start(request, source=partial(generate, resume=saved.step))

    def edit_folder(
        self,
        folder: Path | str,
        prompt: str = "",
        *,
        out: Path | str | None = None,
        masks: Path | str | None = None,
        mask_word: str = "",
        upscale: float | None = None,
        upscaler: str = "",
        details: Sequence[Detail] = (),
        **settings: Any,
    ) -> Iterator[tuple[Path, Path | StudioError | None]]:
        """Edit all pictures of a folder, and yield each with its edited file, or the error that prevents it, or None if
        an earlier call has finished it.

        Each picture is the start image of an image of `prompt`. Masks are beside the pictures, such as "cat.mask.png",
        or have their names in the folder `masks`, or are what `mask_word` describes in each picture. With `upscale`, a
        factor, the pictures are upscaled instead. With `details` (`gdm_studio.jobs.detail_redrawing.Detail`), only the
        areas of their words are generated again. The files are written to `out`, by default the folder "… edited"
        beside the other one.
        """
        from gdm_studio.jobs.folder_edit import FolderEdit, Upscaling, default_output, list_pictures
        from gdm_studio.jobs.folder_edit_run import edit_pictures

        _check_settings(settings)
        folder = Path(folder)
        target = default_output(folder) if out is None else Path(out)
        pictures = list_pictures(folder, out=target, masks=None if masks is None else Path(masks))
        edit: Request | Upscaling
        if upscale is not None:
            edit, card = Upscaling(upscaler, upscale), None
        else:
            request_draft = self.draft(settings.pop("model", ""))
            request_draft.change(prompt=prompt, **settings)
            # The draft drops settings that need a start image, which each picture is.
            edit = replace(request_draft.request, prompt=prompt, count=1, **settings)
            card = request_draft.card
        given: dict[str, Any] = {"seed_given": "seed" in settings, "size_given": settings.get("size") is not None}
        if mask_word:
            if not isinstance(edit, Request) or any(picture.mask for picture in pictures):
                raise BadRequest("`mask_word` finds the masks itself; leave out the other masks, and `upscale`.")
            select = partial(self.select_word, word=mask_word, model=edit.model)
            given |= {"mask_word": mask_word, "select": select}
        if details:
            if card is None or prompt or mask_word or any(picture.mask for picture in pictures):
                raise BadRequest("`details` change nothing else; leave out the prompt, the masks and `upscale`.")
            given["details"] = tuple(details)
        with FolderEdit(pictures, target, edit, card, **given) as work:
            device = edit.device if isinstance(edit, Request) else "auto"
            for picture, event in edit_pictures(work, self.library, device=device):
                yield picture.path, event

    def select_word(self, picture: Path | str | np.ndarray | PILImage, word: str, *, model: str = "") -> np.ndarray:
        """Return a mask of the area that a word, such as "hat", describes in a picture, with a small margin, uint8 (H,
        W) of 0 and 255.

        `picture` is a file, a PIL image or uint8 (height, width, 3 or 4). If this program generated the file, the model
        and the prompt that generated it find the word, otherwise `model`, by default the built-in one. Pass the mask to
        `generate` as its `mask`.
        """
        from gdm_studio.engine.image_inputs import read_source
        from gdm_studio.jobs.mask_from_word import select_for_redrawing

        source = Path(picture) if isinstance(picture, str) else picture
        if not isinstance(source, Path):
            source = read_source(source)
        return select_for_redrawing(source, word, self.library, self.draft(model).next_request())

    def detail(
        self,
        picture: Path | str | np.ndarray | PILImage | Step | Picture,
        word: str,
        *,
        prompt: str = "",
        strength: float = DETAIL_STRENGTH,
        padding: int = DETAIL_PADDING,
        **settings: Any,
    ) -> Steps:
        """Start regenerating the areas of a picture that a word describes, such as "face". Return the denoising steps.

        Each area of the word is cropped with `padding` pixels around it, generated from `prompt` (by default the word)
        at the size that the model generates best, and put back. All other pixels keep their values. One area follows
        the other, and the last step has the whole picture with all of them, which `keep` saves.

        `picture` is a file, a step, an image of the gallery, a PIL image, or uint8 (height, width, 3 or 4). If this
        program generated it, its own settings are the defaults, otherwise those of `model`. Raises BadRequest if the
        word is not found.
        """
        from gdm_studio.jobs.detail_redrawing import Detail, detail_requests, store_picture

        _check_settings(settings)
        for name in settings:
            if SETTINGS[name].needs or name in ("image", "size") or name == "count":
                raise BadRequest(f"`detail` sets `{name}` itself; leave it out.")
        source, made_by = _source_and_request(picture)
        detail = Detail(word, prompt, strength, padding)
        base = self._request_like(made_by, settings)
        notes: list[Sentence] = []
        name = store_picture(source)
        chain = detail_requests(name, [detail], self.library, base, made_by=made_by, note=notes.append)
        if (first := next(chain, None)) is None:
            raise BadRequest(*notes)
        self._last_steps = Steps(first, self._run_chain(first, chain))
        return self._last_steps

    def enlarge(
        self,
        picture: Path | str | np.ndarray | PILImage | Step | Picture,
        factor: float = 2.0,
        *,
        strength: float = REFINING_STRENGTH,
        upscaler: str = "",
        **settings: Any,
    ) -> Steps:
        """Enlarge a picture by an upscaler, start refining it by image-to-image in tiles, and return the denoising
        steps.

        `factor` is that of each side, and `upscaler` the name of a network, by default the built-in one. `picture` is a
        file, a PIL image, uint8 (height, width, 3 or 4), a step or a saved picture. If this program generated it, its
        own settings are the defaults, otherwise those of `model`. `tile` is by default the size of the model's own
        pictures. Raises BadRequest if the model cannot refine pictures in tiles, or if the picture would be too large.
        """
        from gdm_studio.engine import image_inputs
        from gdm_studio.engine.upscale import Upscaler, finish_upscaling
        from gdm_studio.jobs.enlargement import Enlargement, enlarged_size, refining_request, tile_for

        _check_settings(settings)
        for name in settings:
            if name in ("image", "size") or SETTINGS[name].needs in ("image", "mask") or name == "count":
                raise BadRequest(f"`enlarge` sets `{name}` itself; leave it out.")
        enlargement = Enlargement(factor, strength, upscaler)
        source, made_by = _source_and_request(picture)
        base = self._request_like(made_by, settings)
        card = self.library.card(base.model)
        rgba = image_inputs.read_source(source)
        size = enlarged_size(card, (rgba.shape[1], rgba.shape[0]), factor, tile_for(card, base))
        refining = refining_request(card, base.picture(0), enlargement, size)
        network = Upscaler(self.library.upscaler(upscaler) if upscaler else None)
        larger = finish_upscaling(network.steps_to(size, rgba))
        return self.make(replace(refining, image=image_inputs.store(larger, max_side=MAX_TILED_SIDE)))

    def region(
        self,
        prompt: str,
        mask: Path | str | np.ndarray | PILImage,
        *,
        negative: str = "",
        weight: float = 1.0,
    ) -> Region:
        """Return a region of the shape of a mask, for the `regions` of `generate`.

        `mask` is a file, a PIL image, or a uint8 array of shape (height, width), (height, width, 3) or (height, width,
        4), white in the region. It is stretched to the size of the image. Raises StorageError and BadRequest.
        """
        from gdm_studio.engine.region_masks import store_region_mask

        region = Region(prompt, negative=negative, weight=weight)
        check_regions("regions", (region,))
        return store_region_mask(region, Path(mask) if isinstance(mask, str) else mask)

    def pause(self) -> None:
        """Pause the run that was started last, before its next step. Its `for` loop ends, and another loop resumes the
        run.
        """
        if self._last_steps is not None:
            self._last_steps.pause()

    def keep(self, step: Step) -> Picture:
        """Save the image of a step in the gallery, together with its steps so far. The image may be unfinished.

        The file contains everything needed to generate the image again.
        """
        _check_is_step(step, "keep")
        result = step.result
        if result.stopped_at and result.made is None:
            raise BadRequest(STEPS_ELSEWHERE.format("keep one"))
        return self.gallery.save(result)

    def export(
        self,
        image: Path | str,
        form: str = "png",
        *,
        out: Path | str = "",
        size: int | None = None,
        factor: int | None = None,
        background: tuple[int, int, int] | None = None,
        metadata: bool = True,
        upscaler: str = "",
    ) -> Path:
        """Export an image file for other programs, and return the new file, or the folder of an icon set.

        `form` is a format of `gdm-studio export --as`, such as "ora" for layers above the start image. `size` is the
        longer side in pixels, or `factor` times that of the image; larger sizes are upscaled. The file is written to
        the folder `out`, by default the current one, and replaces none.
        """
        from gdm_studio.engine.upscale import Upscaler
        from gdm_studio.gallery.export import FORMATS, Options, export
        from gdm_studio.gallery.export.writer import check_options
        from gdm_studio.studio.export_source import read_source, upscaled

        if form not in FORMATS:
            raise BadRequest(f"There is no format {form!r}; there are: {', '.join(FORMATS)}.")
        master = read_source(Path(image))
        options = Options(size=size, factor=factor, background=background, metadata=metadata).for_image(master.side)
        check_options(options)
        side = FORMATS[form].side(master, options)
        if master.is_short_of(side):
            network = Upscaler(self.library.upscaler(upscaler) if upscaler else None)
            master = upscaled(master, side, network)
        return export(master, FORMATS[form], options, Path(out))

    def close(self) -> None:
        """End the worker processes that generate images, and close the gallery. A `with` block does this on exit."""
        self.runner.close()
        if "gallery" in vars(self):
            self.gallery.close()

    def __exit__(self, *failure: object) -> None:
        self.close()

    def _request_like(self, made_by: Request | None, settings: dict[str, Any]) -> Request:
        """Return the request `made_by` with other settings, for a further run on its image. If `settings` name another
        model, or the model of `made_by` is not installed, the defaults of the model in `settings` apply instead.
        """
        from gdm_studio.jobs.mask_from_word import is_installed

        has_own = made_by is not None and settings.get("model", made_by.model) == made_by.model
        if made_by is not None and has_own and is_installed(self.library, made_by.model):
            return replace(made_by, **settings).typed()
        others = {name: value for name, value in settings.items() if name != "model"}
        request_draft = self.draft(settings.get("model", ""))
        request_draft.change(**others)
        return replace(request_draft.next_request(), **others)

    def _run_chain(self, request: Request, chain: Generator[Request, np.ndarray, None]) -> Generator[Step, None, None]:
        """Run the requests of `detail_requests` one after the other, of which `request` is the first, and yield their
        steps.
        """
        share = self.preferences.preview_share
        while True:
            step = None
            for step in run_steps(request, self.runner, previews=share):
                yield step
            if step is None:
                return
            try:
                request = chain.send(step.image)
            except StopIteration:
                return

    def _start(self, request: Request, *, source: Source | None = None, work_items: Sequence[WorkItem] = ()) -> Steps:
        share = self.preferences.preview_share
        steps = run_steps(request, self.runner, source=source, work_items=work_items, previews=share)
        self._last_steps = Steps(request, steps)
        return self._last_steps


def _check_is_step(step: object, method: str) -> None:
    """Raise BadRequest if a script passes something else, such as a number, where a method needs a step."""
    if not isinstance(step, Step):
        raise BadRequest(f"`{method}` needs a step, not {step!r:.60}; pass one over which `generate` iterates.")


def _check_settings(settings: Mapping[str, Any]) -> None:
    """Raise BadRequest if a script passes a name that is not a setting. The draft's field `seed_locked` is not a
    setting: pass a seed instead.

    A setting with another name in messages, such as "guidance", is checked here, so that the message has the name that
    the script uses.
    """
    for name, value in settings.items():
        if name not in SETTINGS:
            raise BadRequest(f"There is no setting called {name!r}; there are {', '.join(SETTINGS)}.")
        if SETTINGS[name].word != name:
            setting = replace(SETTINGS[name], word=name)
            setting.check(setting.typed(value))


def _source_and_request(
    picture: Path | str | np.ndarray | PILImage | Step | Picture,
) -> tuple[Path | np.ndarray | PILImage, Request | None]:
    """Return the file or the pixels of a picture that a script passes, and the request that generated it, if it is
    known.
    """
    from gdm_studio.jobs.mask_from_word import read_request

    if isinstance(picture, Step):
        return picture.image, picture.request
    source: Any = getattr(picture, "path", picture)
    source = Path(source) if isinstance(source, str) else source
    return source, read_request(source) if isinstance(source, Path) else None


def _store_images(settings: dict[str, Any]) -> dict[str, Any]:
    """Store the start image and its mask that a script passes, and return the settings with the names of the stored
    images. Raises StorageError and BadRequest.
    """
    given = {name: settings[name] for name in ("image", "mask") if name in settings}
    new = {
        name: source
        for name, source in given.items()
        if not isinstance(source, str) or not is_stored_image_name(source)
    }
    if not new:
        return settings
    from gdm_studio.engine import image_inputs

    files = {name: Path(source) if isinstance(source, str) else source for name, source in new.items()}
    stored: dict[str, str] = {}
    if "image" in files:
        stored["image"] = image_inputs.store(files["image"])
    if "mask" in files:
        image = stored.get("image") or settings.get("image") or ""
        stored["mask"] = image_inputs.store_mask(files["mask"], image=image)
    return settings | stored
