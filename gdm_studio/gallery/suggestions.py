"""Suggestions while the user types: searches, prompts and model names."""

from __future__ import annotations

from functools import partial

from gdm_studio.gallery.annotations import Tags
from gdm_studio.gallery.collections import Collections
from gdm_studio.gallery.database_connection import Connection
from gdm_studio.gallery.index import Index
from gdm_studio.gallery.search_terms import completions


class Suggestions:
    """Provider of suggestions for search queries, prompts and model names, taken from the images in the gallery
    index.
    """

    def __init__(self, connection: Connection, tags: Tags, collections: Collections) -> None:
        self._connection = connection
        self._tags = tags
        self._collections = collections

    def complete(self, query: str, cursor: int) -> list[str]:
        """Return completions of the word before `cursor` in a search query, most likely first."""

        def values(field: str) -> list[str]:
            if field == "tag":
                return [tag.name for tag in self._tags.all()]
            if field == "collection":
                return [collection.name for collection in self._collections.all()]
            found = self._connection.run(partial(Index.values, field=field))
            if field != "style":
                return found
            titles = dict(self._connection.styles)
            return list(dict.fromkeys(titles.get(value, value) for value in found))

        return completions(query, cursor, values)

    def models(self, limit: int) -> list[tuple[str, int]]:
        """Return (model name, number of images) of the models with the most images in the gallery, at most `limit`,
        as this and other programs wrote them into their files.
        """
        return self._connection.run(lambda index: index.models(limit))

    def tools(self) -> list[tuple[str, int]]:
        """Return (program, number of images that it generated), most images first. The program "" stands for the images
        without settings.
        """
        return self._connection.run(Index.tools)

    def prompts(self, limit: int) -> list[str]:
        """Return up to `limit` distinct prompts of recent images, newest first."""
        return self._connection.run(lambda index: index.prompts(limit))
