"""The studio as a library: pictures from a script, step by step, to the bit those of window and command line."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.conditions import is_kept
from gdm_studio.errors import BadRequest
from gdm_studio.models.library import Library
from gdm_studio.preferences import Preferences
from gdm_studio.request import SETTINGS, Request
from gdm_studio.studio.crew import Crew
from gdm_studio.studio.draft import Draft
from gdm_studio.studio.steps import ELSEWHERE, Step, Steps
from gdm_studio.studio.work import Work

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.queueing import Queue


class Studio(AbstractContextManager["Studio"]):
    """The models, settings and gallery of whoever runs it, and what makes pictures with them.

    >>> studio = Studio()
    >>> for step in studio.generate("a red fox", seed=7, steps=4):
    ...     print(step, step.image.shape)
    step 1 of 4 (256, 256, 4)
    step 2 of 4 (256, 256, 4)
    step 3 of 4 (256, 256, 4)
    step 4 of 4 (256, 256, 4)
    >>> studio.keep(step).path.suffix
    '.png'

    `pause` ends the loop, another one goes on; a picture is branched off from any of its steps.

    >>> fox = studio.generate("a red fox", seed=7, steps=4)
    >>> for step in fox:
    ...     if step.index == 2:
    ...         studio.pause()
    >>> blue = studio.branch(step, prompt="a blue fox")
    >>> [step.index for step in blue], [step.index for step in fox]
    ([3, 4], [3, 4])

    Settings are those of a Request, by their names; what is not given is the model's default. Everything raises a
    StudioError, one sentence, where it cannot be done.

    >>> studio.generate("a fox", steps=0)
    Traceback (most recent call last):
    gdm_studio.errors.BadRequest: steps must be a whole number from 1 to 1000, not 0.

    All calls but `pause` come from one thread. `pictures` is a folder for `keep` other than the library's, `models`
    what is known of models already; the environment's GDM_STUDIO_HOME puts all that is kept into one folder.
    """

    def __init__(self, pictures: Path | str | None = None, *, models: Library | None = None) -> None:
        self.library = Library() if models is None else models
        self.crew = Crew(self.library)
        self._pictures = None if pictures is None else Path(pictures)
        self._latest: Steps | None = None

    @cached_property
    def queue(self) -> Queue:
        """What waits to be made, as window and command line share it."""
        from gdm_studio.queueing import Queue

        return Queue.open()

    @cached_property
    def gallery(self) -> Gallery:
        """Where `keep` puts pictures; opened when it is first asked for."""
        from gdm_studio.gallery import Gallery  # brings Pillow and SQLite, which a window's first paint cannot wait for

        return Gallery.open(self._pictures)

    @property
    def preferences(self) -> Preferences:
        """What people set once and for all, as it is now."""
        return preferences.load()

    def draft(self, model: str = "") -> Draft:
        """A request to be written, with the defaults of the model of that name, or of the usual one."""
        return Draft(self.library.card(model or Request().model))

    def generate(self, prompt: str = "", **settings: Any) -> Steps:
        """The steps of new pictures; without a seed it is another one each time, without a model the usual one.

        `image` and `mask`, to begin from a picture, are files or uint8 arrays: (height, width), (…, 3) or (…, 4).
        """
        _check_names(settings)
        draft = self.draft(settings.pop("model", ""))
        given = _with_pictures({"prompt": prompt} | settings)
        draft.change(**given)
        return self.make(replace(draft.next_request(), **given))  # what the model does not take is refused

    def make(self, request: Request) -> Steps:
        """The steps of the pictures of a request: one of a file makes that picture again."""
        return self._begin(Work(self.library.card(request.model).checked(request)))

    def branch(self, step: Step, **settings: Any) -> Steps:
        """The steps after `step` of its picture with other settings, or of several with `count`.

        A branch keeps model, size, steps, spacing and the picture it began from; without settings it is the same
        picture again.
        """
        if (saved := step.saved) is None:
            raise BadRequest("This picture is finished; branch from an earlier step of it.")
        parent = saved.request
        if settings.get("sampler", parent.sampler) != parent.sampler:
            settings = {"knobs": {}} | settings
        _check_names(settings)
        request = self.library.card(parent.model).checked(saved.continued(replace(parent, **settings).typed()))
        from gdm_studio.engine.generate import generate

        return self._begin(Work(request, source=partial(generate, resume=saved.step)))

    def pause(self) -> None:
        """Holds the pictures that were begun last before their next step: their `for` ends, another one goes on."""
        if self._latest is not None:
            self._latest.pause()

    def keep(self, step: Step) -> Picture:
        """Puts the picture of a step into the gallery: the finished one, or as it stands; with all of its steps so far.

        Its file says what makes it again.
        """
        result = step.result
        if result.stopped_at and result.made is None:
            raise BadRequest(ELSEWHERE.format("keep one"))
        return self.gallery.keep(result)

    def close(self) -> None:
        """Lets go of worker processes and of the gallery; a `with` does so at its end."""
        self.crew.close()
        if "gallery" in vars(self):
            self.gallery.close()

    def __exit__(self, *failure: object) -> None:
        self.close()

    def _begin(self, work: Work) -> Steps:
        self._latest = Steps(work, self.crew, previews=self.preferences.preview_share)
        return self._latest


def _check_names(settings: Iterable[str]) -> None:
    """Of a Request: whether a seed is used again is said by giving it."""
    for name in settings:
        if name not in SETTINGS:
            raise BadRequest(f"There is no setting called {name!r}; there are {', '.join(SETTINGS)}.")


def _with_pictures(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings, pictures to begin from being kept and named. Raises StorageError, BadRequest."""
    given = {name: settings[name] for name in ("image", "mask") if name in settings}
    new = {name: source for name, source in given.items() if not isinstance(source, str) or not is_kept(source)}
    if not new:
        return settings
    from gdm_studio.engine import inputs

    files = {name: Path(source) if isinstance(source, str) else source for name, source in new.items()}
    return settings | {name: inputs.keep(source) for name, source in files.items()}
