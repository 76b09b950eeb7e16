"""Controller of the gallery's sidebar, which lists collections, folders, models and saved searches with counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.gallery.metadata.record import TOOL
from gdm_studio.studio.image_sets import MOST, set_of_images
from gdm_studio.ui.gallery.sidebar import DELETED, IMPORTED, SidebarEntry, built_in_places, search_of
from gdm_studio.ui.translation import count_of_pictures, joined_sentences, number_text, translate
from gdm_studio.ui.window_actions import OPEN_AS_SET, Action

if TYPE_CHECKING:
    from gdm_studio.gallery import DeletedCollection, Gallery
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.gallery.page import GalleryPage

# Seconds between a change and the next count, because changes come in groups.
REST = 0.15
# Number of models listed, the most used ones.
MODELS = 6
# Number of files named in a notice about an imported folder.
NAMED = 3
# Number of other programs listed, those with the most pictures.
TOOLS = 6


class SidebarController:
    """Controller of the gallery's sidebar, which counts each entry's images and applies the user's changes to
    entries.
    """

    def __init__(self, context: AppContext, page: GalleryPage) -> None:
        self._page = page
        self._gallery = gallery = context.gallery
        self._tasks = context.tasks
        self._notify = context.notify
        self._is_update_scheduled = False
        # (group in the command palette, sidebar entries)
        self._palette_groups: list[tuple[str, list[SidebarEntry]]] = []
        self._titles: Mapping[str, str] = {}
        # The pictures of each collection, and whether they are a set. Only the gallery's thread uses it.
        self._sets: dict[str, tuple[object, bool]] = {}
        # Number of times that a collection was renamed.
        self._rename_count = 0
        start = context.tasks.start
        sidebar = page.sidebar
        sidebar.rename_asked.connect(lambda place, wanted: start(self._rename(place, wanted)))
        sidebar.remove_asked.connect(lambda place: start(self._remove(place)))
        page.collect_asked.connect(lambda name, ids: start(self._collect(name, ids)))
        page.removal_asked.connect(lambda name, ids: start(gallery.commands.collect(name, ids, on=False)))
        page.save_search_asked.connect(lambda query: start(self._save_search(query)))
        page.search.completions_wanted.connect(lambda query, cursor: start(self._offer_completions(query, cursor)))
        gallery.changed.connect(self.refresh)
        gallery.commands.renamed.connect(self._on_renamed)
        self.refresh()

    def set_model_titles(self, titles: Mapping[str, str]) -> None:
        """Set the titles under which models are listed, keyed by internal model name."""
        self._titles = titles
        self.refresh()

    def _on_renamed(self, before: str, after: str) -> None:
        self._rename_count += 1
        self._page.sidebar.follow(search_of(before), after)

    def refresh(self) -> None:
        """Schedule an update of the sidebar's entries and their image counts."""
        if not self._is_update_scheduled and not self._gallery.closing:
            self._is_update_scheduled = True
            self._tasks.start(self._count(REST))

    def actions(self) -> list[Action]:
        """Return an action for each sidebar entry, with which the command palette can open it."""
        sidebar = self._page.sidebar
        return [
            *(
                Action(place.title, group=group, page="gallery", act=partial(sidebar.choose, place.search))
                for group, places in self._palette_groups
                for place in places
            ),
            *(
                Action(place.title, group=OPEN_AS_SET.label, act=partial(sidebar.set_asked.emit, place.name))
                for _, places in self._palette_groups
                for place in places
                if place.is_set
            ),
        ]

    async def open(self, collection: str) -> None:
        """Open a collection in the sidebar, which is updated first because the collection may be new."""
        await self._count()
        self._page.sidebar.choose(search_of(collection))

    async def _count(self, rest: float = 0.0) -> None:
        await self._tasks.rest(rest)
        self._is_update_scheduled = False
        rename_count = self._rename_count
        if self._gallery.closing:
            return
        sections = await self._gallery.ask(lambda gallery: _user_places(gallery, self._sets))
        models = await self._gallery.ask(lambda gallery: _model_places(gallery, self._titles))
        tools = await self._gallery.ask(_tool_places)
        everywhere = [await self._add_count(place) for place in built_in_places()]
        own, folders, searches, deleted = sections
        # If a collection was renamed meanwhile, these entries have its former name, and another count follows.
        if not self._gallery.closing and rename_count == self._rename_count:
            shown_sections = [
                ("", everywhere),
                (translate("Places", "Collections"), own),
                (translate("Places", "Models"), models),
                (translate("Places", "Tools"), tools),
                (translate("Places", "Imported folders"), folders),
                (translate("Places", "Saved searches"), searches),
                (translate("Places", "Recently deleted"), deleted),
            ]
            self._page.sidebar.show_places(shown_sections)
            self._palette_groups = [
                (translate("Places", "Collection"), own),
                (translate("Places", "Pictures of"), [*models, *tools]),
                (translate("Places", "Folder"), folders),
                (translate("Places", "Search"), searches),
            ]
            self._page.bar.set_collections([place.name for place in own])
            self._page.tag_entry.set_tags(
                await self._gallery.ask(lambda gallery: [tag.name for tag in gallery.tags.all()])
            )

    async def _add_count(self, entry: SidebarEntry) -> SidebarEntry:
        count = await self._gallery.ask(lambda gallery: gallery.count(entry.search, fill=False))
        # Most users import nothing, and a zero there would look as if an import had failed.
        return replace(entry, count=count or None if entry.search == IMPORTED else count)

    async def _offer_completions(self, query: str, cursor: int) -> None:
        self._page.search.offer(
            query, await self._gallery.ask(lambda gallery: gallery.suggestions.complete(query, cursor))
        )

    async def _save_search(self, query: str) -> None:
        """Save the current search within the open sidebar entry as a new entry, and let the user name it."""
        whole = " ".join(filter(None, (self._page.sidebar.choice(), query)))
        await self._gallery.ask(lambda gallery: gallery.searches.save(whole, whole))
        await self._count()
        self._page.sidebar.rename(whole)

    async def _rename(self, entry: SidebarEntry, wanted: str) -> None:
        if entry.kind == "search":
            await self._gallery.ask(lambda gallery: _rename_search(gallery, entry, wanted))
        else:
            await self._gallery.commands.rename_collection(entry.name, wanted)
        await self._count()

    async def _remove(self, entry: SidebarEntry) -> None:
        work = {"collection": self._remove_collection, "search": self._remove_search, "folder": self._remove_folder}
        await work[entry.kind](entry)
        if self._page.sidebar.choice() == entry.search:
            self._page.sidebar.choose("")
        await self._count()

    async def _remove_collection(self, entry: SidebarEntry) -> None:
        removed = await self._gallery.ask(lambda gallery: gallery.collections.delete(entry.name))
        if removed is not None:
            title = translate("Places", "Collection {name} removed").format(name=entry.name)
            words = translate("Places", "Its pictures are still in the gallery.")
            self._notify(title, words, undo=lambda: self._restore(removed))

    async def _remove_search(self, entry: SidebarEntry) -> None:
        await self._gallery.ask(lambda gallery: gallery.searches.delete(entry.name))
        title = translate("Places", "Saved search {name} removed").format(name=entry.name)
        self._notify(title, undo=lambda: self._keep_search(entry))

    async def _remove_folder(self, entry: SidebarEntry) -> None:
        folder = Path(entry.name)
        await self._gallery.ask(lambda gallery: gallery.sources.remove(folder))
        self._gallery.refresh()
        title = translate("Places", "Folder {name} removed from the gallery").format(name=folder.name)
        words = translate("Places", "Its files stay where they are; their tags and notes are kept.")
        self._notify(title, words, undo=lambda: self._tasks.start(self.add_folder(folder)))

    async def add_folder(self, folder: Path) -> None:
        """Add a folder's images to the gallery without copying them, and open the folder in the sidebar.

        A notice counts the images that the library already has, those without settings, and the files that the gallery
        does not show: copies, vector graphics, and unreadable ones, which it names. Raises StorageError.
        """
        place = await self._gallery.ask(lambda gallery: gallery.sources.add(folder))
        await self._count()
        self._page.sidebar.choose(_folder_search(place))
        await self._gallery.scan()
        self._gallery.refresh()
        sources = await self._gallery.ask(lambda gallery: gallery.sources.all())
        added = next((source for source in sources if source.folder == place), None)
        sentences = []
        if added is not None and added.in_library:
            words = translate("Places", "Already in the library: {count}.")
            sentences.append(words.format(count=number_text(added.in_library)))
        if added is not None and added.copies:
            words = translate("Places", "Copies, each shown once: {count}.")
            sentences.append(words.format(count=number_text(added.copies)))
        if added is not None and added.plain:
            words = translate("Places", "Pictures without settings: {count}.")
            sentences.append(words.format(count=number_text(added.plain)))
        if added is not None and added.unreadable:
            words = translate("Places", "Files that could not be read: {count} ({names}).")
            names = await self._name_unreadable(place, added.unreadable)
            sentences.append(words.format(count=number_text(added.unreadable), names=names))
        from gdm_studio.gallery.folder_scan import count_vector_files

        if vectors := await self._gallery.ask(lambda _: count_vector_files(place)):
            words = translate("Places", "SVG and icon files, which are left out: {count}.")
            sentences.append(words.format(count=number_text(vectors)))
        if sentences:
            self._notify(place.name or str(place), joined_sentences(sentences))

    async def _name_unreadable(self, folder: Path, count: int) -> str:
        """Return the names of the first of `count` files in an imported folder that could not be read, joined by
        commas.
        """
        names = await self._gallery.ask(lambda gallery: gallery.sources.unreadable(folder, limit=NAMED))
        return ", ".join([*names, *(["…"] if count > len(names) else [])])

    async def _keep_search(self, entry: SidebarEntry) -> None:
        await self._gallery.ask(lambda gallery: gallery.searches.save(entry.name, entry.search))
        await self._count()

    async def _restore(self, removed: DeletedCollection) -> None:
        await self._gallery.ask(lambda gallery: gallery.collections.restore(removed))
        await self._count()

    async def _collect(self, name: str, ids: Sequence[str]) -> None:
        """Add images to the collection `name` or, if it is empty, to a new collection that the user then names."""
        if name:
            await self._gallery.commands.collect(name, ids)
            await self._count()
        else:
            created = await self._gallery.commands.new_collection(ids)
            await self._count()
            self._page.sidebar.rename(search_of(created))


def _is_set(gallery: Gallery, name: str, count: int, known: dict[str, tuple[object, bool]]) -> bool:
    """Return True if a collection is an image set. `known` caches what its images say until they change."""
    if count > MOST or gallery.collections.image_set(name):
        return count <= MOST
    pictures = count, gallery.collections.pictures(name)
    if name not in known or known[name][0] != pictures:
        known[name] = pictures, set_of_images(gallery, name) is not None
    return known[name][1]


def _user_places(
    gallery: Gallery, known_sets: dict[str, tuple[object, bool]]
) -> tuple[list[SidebarEntry], list[SidebarEntry], list[SidebarEntry], list[SidebarEntry]]:
    """Return the user's sidebar entries in four lists: collections, imported folders, saved searches and the trash."""
    own = [
        SidebarEntry(
            search_of(entry.name),
            entry.name,
            entry.count,
            "collection",
            entry.name,
            is_set=_is_set(gallery, entry.name, entry.count, known_sets),
        )
        for entry in gallery.collections.all()
    ]
    folders = [
        SidebarEntry(
            _folder_search(entry.folder),
            entry.folder.name or str(entry.folder),
            entry.pictures,
            "folder",
            str(entry.folder),
        )
        for entry in gallery.sources.all()
    ]
    searches = [SidebarEntry(entry.query, entry.name, None, "search", entry.name) for entry in gallery.searches.all()]
    deletions = [undo.count for undo in gallery.trash.all()]
    if not sum(deletions):
        return own, folders, searches, []
    words = count_of_pictures(sum(deletions))
    if len(deletions) > 1:
        # The button restores the last deletion only.
        words = translate("Places", "{pictures} · last {count}").format(pictures=words, count=deletions[0])
    return own, folders, searches, [SidebarEntry(DELETED, words, button=translate("Places", "undo"))]


def _model_places(gallery: Gallery, titles: Mapping[str, str]) -> list[SidebarEntry]:
    """Return sidebar entries for the most used models, also those of other programs."""
    # A search cannot contain quotation marks.
    names = [(name, count) for name, count in gallery.suggestions.models(MODELS) if '"' not in name]
    return [SidebarEntry(f'model:"{name}"', titles.get(name, name), count) for name, count in names]


def _tool_places(gallery: Gallery) -> list[SidebarEntry]:
    """Return sidebar entries that group the images by origin: made by this program, with settings, without settings,
    and one for each of the most frequent other programs.

    There are no entries if all images were made by this program.
    """
    counts = dict(gallery.suggestions.tools())
    plain = counts.pop("", 0)
    with_settings = sum(counts.values())
    own = counts.pop(TOOL, 0)
    if not plain and not counts:
        return []
    places = [
        SidebarEntry("is:made-here", translate("Places", "Made here"), own),
        SidebarEntry("is:settings", translate("Places", "With settings"), with_settings),
        SidebarEntry("is:plain", translate("Places", "Without settings"), plain),
    ]
    others = [SidebarEntry(f'tool:"{tool}"', tool, count) for tool, count in [*counts.items()][:TOOLS]]
    return [place for place in places if place.count] + others


def _rename_search(gallery: Gallery, entry: SidebarEntry, wanted: str) -> None:
    gallery.searches.save(wanted, entry.search)
    gallery.searches.delete(entry.name)


def _folder_search(folder: Path) -> str:
    return f'in:"{folder.as_posix()}"'
