"""Details of a finished picture: the areas that a word describes, such as faces, are generated again one by one, each
at the size that the model generates best.

Each area is an ordinary request, an image-to-image run of the masked area only, whose start image is the picture with
the areas before it. Every pixel outside the areas keeps its value.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Sentence, translatable
from gdm_studio.jobs.job import NOTHING
from gdm_studio.request.generation_events import Event, Result
from gdm_studio.request.generation_request import MAX_SIDE, ONLY_MASKED, SETTINGS, Request
from gdm_studio.request.hires import SECOND_PASS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from PIL.Image import Image as PILImage

    from gdm_studio.jobs.runner import Runner
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.models.model_library import Library

# Default strength of the noise that is added to an area.
DETAIL_STRENGTH = 0.4
# Default number of pixels around an area that the model sees.
DETAIL_PADDING = 32
# Maximum number of areas of a word that are detailed, the largest ones.
MAX_AREAS = 16
# Maximum number of words whose areas are detailed in a picture.
MAX_DETAILS = 16
# Maximum number of characters of a word.
MAX_WORD = 200
# Areas of less than this share of the picture are specks.
_MIN_AREA_SHARE = 1 / 2000
# An area is grown by this share of the longer side of the picture, so that the seam lies outside its edge. Areas that
# then touch are one.
_MARGIN = 1 / 128
_SECOND_PASS_NAMES = {param.name for param in SECOND_PASS}
_NO_WORD = QT_TRANSLATE_NOOP("Errors", "Name a word that describes what to detail, such as face.")
_LONG_WORD = QT_TRANSLATE_NOOP("Errors", "A word of what to detail has at most {most} characters; shorten it.")
_NOT_FOUND = QT_TRANSLATE_NOOP("Errors", "There is no {word!r} in the picture, which stays as it is.")


@dataclass(frozen=True)
class Detail:
    """Word whose areas are generated again, with the settings of their generation.

    Without a `prompt`, the word is the prompt, with the LoRAs of the picture's own prompt. Without a `negative_prompt`
    (None), the picture's own is used. At a `strength` of 1 nothing of the area is left, and `padding` is the number of
    pixels around it that the model sees. Raises BadRequest for values out of range.
    """

    word: str
    prompt: str = ""
    strength: float = DETAIL_STRENGTH
    padding: int = DETAIL_PADDING
    negative_prompt: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.word, str) or not self.word.strip():
            raise BadRequest(translatable(_NO_WORD))
        if len(self.word) > MAX_WORD:
            raise BadRequest(translatable(_LONG_WORD, most=MAX_WORD))
        SETTINGS["strength"].check(self.strength)
        SETTINGS["inpaint_padding"].check(self.padding)
        SETTINGS["prompt"].typed(self.prompt)

    @classmethod
    def parse(cls, text: str, strength: float = DETAIL_STRENGTH) -> Detail:
        """Parse "WORD" or "WORD: PROMPT". Raises BadRequest."""
        word, _, prompt = text.partition(":")
        return cls(word.strip(), prompt.strip(), strength)


def check_details(details: Sequence[Detail], card: ModelCard) -> None:
    """Raise BadRequest if there are too many details, or if a model cannot find and repaint them."""
    accepts = card.accepts
    if len(details) > MAX_DETAILS:
        template = QT_TRANSLATE_NOOP("Errors", "A picture can have at most {most} details; leave out the others.")
        raise BadRequest(translatable(template, most=MAX_DETAILS))
    if not (accepts.prompt and accepts.picture and accepts.mask):
        template = QT_TRANSLATE_NOOP("Errors", "{model} cannot repaint a part of a picture; choose another model.")
        raise BadRequest(translatable(template, model=card.title or card.name))


def store_picture(source: Path | np.ndarray | PILImage) -> str:
    """Store a picture to detail, a file, a PIL image or uint8 (H, W, 3 or 4), and return the name of the stored image.

    Raises BadRequest if it is too large to be repainted at its own size, and StorageError.
    """
    from gdm_studio.engine import image_inputs

    rgba = image_inputs.read_source(source)
    if max(rgba.shape[:2]) > MAX_SIDE:
        template = QT_TRANSLATE_NOOP("Errors", "A picture to detail has at most {most} pixels a side; reduce it first.")
        raise BadRequest(translatable(template, most=MAX_SIDE))
    return image_inputs.store(rgba)


def find_areas(
    picture: str, word: str, library: Library, request: Request, *, made_by: Request | None = None
) -> list[str]:
    """Find the connected areas that a word describes in a stored picture, and return the names of their stored masks,
    the largest first. `request` and `made_by` are as in `mask_from_word.select_in_picture`.

    Returns an empty list if the model does not find the word. Raises BadRequest, ModelError and DeviceError.
    """
    import numpy as np

    from gdm_studio.engine import image_inputs
    from gdm_studio.engine.word_maps import WordNotFoundError
    from gdm_studio.jobs.mask_from_word import select_in_picture

    rgba = np.asarray(image_inputs.load(picture))
    try:
        mask = select_in_picture(rgba, word, library, request, made_by=made_by)
    except WordNotFoundError:
        return []
    return [image_inputs.store_mask(area) for area in _split_areas(mask)]


def detail_request(card: ModelCard, base: Request, detail: Detail, picture: str, mask: str) -> Request:
    """Return the request that repaints one area of a stored picture: `mask` is the stored mask of the area, and `base`
    has the other settings. Its size, if it has one, is ignored. Raises BadRequest.
    """
    from gdm_studio.engine import image_inputs
    from gdm_studio.models.prompts.a1111_syntax import adapter_tags

    tags = [base.prompt[tag.start : tag.end] for tag in adapter_tags(base.prompt)]
    negative = base.negative_prompt if detail.negative_prompt is None else detail.negative_prompt
    request = replace(
        base,
        prompt=detail.prompt or " ".join([detail.word, *tags]),
        negative_prompt=negative,
        template="",
        prompts=(),
        hints=(),
        regions=(),
        toward=None,
        branch=None,
        inverted=False,
        upscaler="",
        tile=0,
        factors={name: value for name, value in base.factors.items() if name not in _SECOND_PASS_NAMES},
        image=picture,
        mask=mask,
        # That of the base describes the start image of the picture, which may show other things.
        image_prompt="",
        inpaint_area=ONLY_MASKED,
        inpaint_padding=detail.padding,
        strength=detail.strength,
        count=1,
        batch=0,
        attention=False,
    )
    return card.checked(replace(request, size=image_inputs.size_for(card, request)))


def detail_requests(
    picture: str,
    details: Sequence[Detail],
    library: Library,
    base: Request,
    *,
    made_by: Request | None = None,
    note: Callable[[Sentence], object] = lambda sentence: None,
) -> Generator[Request, np.ndarray, None]:
    """Yield the request of each area of a stored picture in turn. The caller generates it and sends the image, uint8
    (H, W, 3 or 4), which is the picture of the next request.

    `base` has the settings that `detail_request` uses, and `made_by` is the request that generated the picture, if it
    is known. `note` is called with a sentence for each word that is not found. Raises BadRequest, ModelError and
    DeviceError.
    """
    from gdm_studio.engine import image_inputs

    card = library.card(base.model)
    check_details(details, card)
    for detail in details:
        areas = find_areas(picture, detail.word, library, base, made_by=made_by)
        if not areas:
            note(translatable(_NOT_FOUND, word=detail.word))
        for mask in areas:
            rgba = yield detail_request(card, base, detail, picture, mask)
            picture = image_inputs.store(rgba)


def run_details(
    runner: Runner, requests: Generator[Request, np.ndarray, None]
) -> Generator[Event | Request, None, None]:
    """Run the requests of `detail_requests`, and yield each with the events of its run. The last `Result` is the
    picture with all details; none is saved.
    """
    with closing(requests):
        request = next(requests, None)
        while request is not None:
            yield request
            rgba = None
            with closing(runner.run_job(runner.submit(request, NOTHING))) as events:
                for event in events:
                    if isinstance(event, Result):
                        rgba = event.rgba
                    yield event
            if rgba is None:
                # The run was stopped.
                return
            try:
                request = requests.send(rgba)
            except StopIteration:
                return


def _split_areas(mask: np.ndarray) -> list[np.ndarray]:
    """Return the connected areas of a mask, uint8 (H, W) of 0 and 255, as masks of their own, the largest first.

    Each is grown by a margin. Specks are left out, unless there is nothing else.
    """
    import numpy as np

    from gdm_studio.common.connected_areas import label_areas
    from gdm_studio.gallery.export.masks import grow

    grown = grow(mask > 0, max(1, round(_MARGIN * max(mask.shape))))
    numbers = label_areas(grown)
    found, sizes = np.unique(numbers[mask > 0], return_counts=True)
    order = np.argsort(-sizes, kind="stable")[:MAX_AREAS]
    chosen = [place for place in order if sizes[place] >= _MIN_AREA_SHARE * mask.size] or list(order[:1])
    return [np.where(numbers == found[place], np.uint8(255), np.uint8(0)) for place in chosen]
