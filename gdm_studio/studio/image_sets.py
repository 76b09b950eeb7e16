"""Image sets: their saved state, and their restoration from the images of a gallery collection."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import SETTINGS, Request
from gdm_studio.request.prompt_expansion import as_written
from gdm_studio.request.setting import Role, with_role

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture

# Maximum number of images of a set.
MOST = 200
# Characters that separate the subjects of a list, besides line breaks.
_SEPARATORS = {*",;、"}
# Settings of a request that the images of a set do not share: those of a single image, except the rules, and the number
# of images. Whether the images are plain icons depends on the style.
OF_ONE_IMAGE = (
    {each.name for each in with_role(SETTINGS, Role.SINGLE)} - {"rules"} | {"count", "batch"} | {"plain_icon"}
)


@dataclass(frozen=True)
class ImageSet:
    """State of an image set, as it is saved in a session and for its gallery collection.

    `settings` contains the settings that the images share, and `family` those with which they are generated.
    `next_settings` are those that the user has changed since for the next set, or None.
    """

    collection: str
    settings: Request
    family: Request
    seeds_used: int
    # The subject, the request, the id of the saved image, and whether it is locked, of each cell.
    members: tuple[tuple[str, Request, str, bool], ...]
    next_settings: Request | None = None

    def to_json(self) -> str:
        """Return the set as JSON, for `parse`."""
        members = [
            {"thing": thing, "request": json.loads(request.to_json()), "picture": picture_id, "locked": is_locked}
            for thing, request, picture_id, is_locked in self.members
        ]
        values = {
            "collection": self.collection,
            "settings": json.loads(self.settings.to_json()),
            "family": json.loads(self.family.to_json()),
            "seeds_used": self.seeds_used,
            "members": members,
        }
        if self.next_settings is not None:
            values["next_settings"] = json.loads(self.next_settings.to_json())
        return json.dumps(values)

    @classmethod
    def parse(cls, text: str) -> ImageSet | None:
        """Parse the text that `to_json` has written. Return None if it is empty or damaged."""

        def request(value: object) -> Request:
            return Request.from_json(json.dumps(value))

        try:
            values = json.loads(text)
            return cls(
                str(values["collection"]),
                request(values["settings"]),
                request(values["family"]),
                int(values["seeds_used"]),
                tuple(
                    (str(each["thing"]), request(each["request"]), str(each["picture"]), bool(each["locked"]))
                    for each in values["members"][:MOST]
                ),
                request(values["next_settings"]) if "next_settings" in values else None,
            )
        except (ValueError, TypeError, KeyError, AttributeError, BadRequest, OverflowError, RecursionError):
            # A damaged set is not worth a message: its images are in the gallery.
            return None

    def load(self, gallery: Gallery) -> dict[str, tuple[Picture, Result]] | None:
        """Return the saved images by the digests of their cells, or None if the gallery has no such collection.

        Images whose ids are not known, because they were saved shortly before the program was killed, are found in the
        collection.
        """
        from gdm_studio.common.image_file import read_rgba_array

        if not any(each.name == self.collection for each in gallery.collections.all()):
            return None
        in_collection = gallery.page(f'collection:"{self.collection}"', limit=2 * MOST, fill=False)
        # Images that were removed from the collection stay out.
        kept = {*gallery.collections.pictures(self.collection)}
        found = {}
        for _, request, picture_id, _ in self.members:
            if picture_id:
                picture = gallery.get(picture_id) if picture_id in kept else None
            else:
                picture = next((each for each in in_collection if _is_result(each.request, request)), None)
            if picture is not None:
                with suppress(StorageError):
                    found[request.digest()] = picture, Result(0, picture.request, read_rgba_array(picture.path))
        return found


def shared_settings(request: Request) -> Request:
    """Return the settings of an image that all images of its set share. The others have their defaults."""
    default = Request()
    return replace(request, **{name: getattr(default, name) for name in OF_ONE_IMAGE})


def find_image_set(gallery: Gallery, picture_id: str) -> str:
    """Return the name of the collection that contains an image and is its image set, or "" if there is none.

    It is the newest one whose state was saved, otherwise the one with the most images: a collection of favourites may
    contain a single one of the set.
    """
    names = gallery.collections.containing(picture_id)
    if saved := next(filter(gallery.collections.image_set, names), ""):
        return saved
    counts = {name: len(found.members) for name in names if (found := set_of_images(gallery, name))}
    return max(counts, key=counts.__getitem__, default="")


def saved_set(gallery: Gallery, collection: str) -> ImageSet | None:
    """Return the image set of a gallery collection as it was saved, or None if it was not."""
    saved = ImageSet.parse(gallery.collections.image_set(collection))
    # The collection may have been renamed since.
    return replace(saved, collection=collection) if saved is not None else None


def set_of_images(gallery: Gallery, collection: str) -> ImageSet | None:
    """Return the image set that the images of a gallery collection form, oldest first and without locks.

    Return None if they form none: images of a set have the same settings, and each has another subject of a list.
    """
    from gdm_studio.gallery.metadata.record import TOOL

    pictures = gallery.page(f'collection:"{collection}"', limit=MOST + 1, fill=False)[::-1]
    if not 0 < len(pictures) <= MOST or any(picture.tool != TOOL or picture.stopped_at for picture in pictures):
        return None
    try:
        requests = [picture.request for picture in pictures]
    except BadRequest:
        return None
    subjects = [as_written(request).prompt for request in requests]
    shared = {replace(shared_settings(request), temperature=1.0).digest() for request in requests}
    is_list = all(len(each.splitlines()) == 1 and not _SEPARATORS & {*each} for each in subjects)
    is_distinct = len({each.casefold() for each in subjects}) == len(subjects)
    is_single = len(requests) == 1 and not requests[0].plain_icon
    if not (is_list and is_distinct and len(shared) == 1) or is_single or any(each.branch for each in requests):
        return None
    seeds = [request.seed for request in requests]
    temperatures = [request.temperature for request in requests]
    # Images that were generated again have the temperature of the settings, and the others a lower one.
    family = replace(
        shared_settings(requests[0]),
        seed=min(seeds),
        temperature=min(temperatures),
        plain_icon=requests[0].plain_icon,
    )
    members = zip(subjects, requests, (picture.id for picture in pictures), strict=True)
    return ImageSet(
        collection,
        replace(family, temperature=max(temperatures), plain_icon=False),
        family,
        max(seeds) - min(seeds) + 1,
        tuple((subject, request, picture_id, False) for subject, request, picture_id in members),
    )


def _is_result(made: Request, request: Request) -> bool:
    """Return True if `made`, the request of an image, is `request` with the defaults of its model filled in."""
    if made.seed != request.seed:
        return False
    defaults = {name: getattr(made, name) for name, value in vars(request).items() if value is None}
    return replace(request, **defaults).digest() == made.digest()
