"""Set mode, which generates one image in the same style for each subject of a list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest
from gdm_studio.jobs.job import Job
from gdm_studio.request.generation_events import Result, State, View
from gdm_studio.request.generation_request import SETTINGS as FIELDS
from gdm_studio.request.generation_request import Request
from gdm_studio.request.prompt_expansion import drawn_if_possible, redrawn
from gdm_studio.ui.create.board.base_controllers import BoardController
from gdm_studio.ui.create.board.board_model import Board
from gdm_studio.ui.create.board.board_runner import BoardRunner
from gdm_studio.ui.create.board.image_set_board import SetBoard
from gdm_studio.ui.create.board.image_set_settings import SetSettings, shared_digest
from gdm_studio.ui.create.board.image_set_storage import SetStorage
from gdm_studio.ui.create.board.image_set_view import SetView
from gdm_studio.ui.create.panel.subject_list_editor import subjects_of
from gdm_studio.ui.progress import progress_text
from gdm_studio.ui.running_jobs import SET
from gdm_studio.ui.setting_texts import setting_label
from gdm_studio.ui.translation import joined_sentences, number_text, translate
from gdm_studio.ui.window_actions import EXPORT_SET, Action

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gdm_studio.ui.create.board.board_collections import BoardSaver
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.widgets import ActionButton


class SetController(BoardController):
    """Controller of set mode, which generates one image per subject of a list and saves each one once it is
    finished.
    """

    view: SetView
    board: SetBoard | None

    def __init__(self, context: CreateContext, saver: BoardSaver) -> None:
        # A set has its own runner, because it is generated beside the boards over the canvas.
        super().__init__(context, BoardRunner(context), saver, context.page.set_view)
        self._page = context.page
        self._controls = context.page.controls
        self.on = False
        self.settings = SetSettings(context)
        # The set of the last session is loaded when set mode is first turned on.
        self.storage = SetStorage(context, saver, self.refresh)
        # Requests to restore if regenerated images are not finished.
        self._requests_before: list[Request | None] | None = None
        # True if undo takes back the running job by restoring earlier cells of the set, not by deleting its images.
        self._restores_cells = False
        # Gallery id of the selected cell's image, which the gallery panel describes, or "".
        self._marked_id = ""
        self._connect()

    @property
    def job(self) -> Job | None:
        """Running job that generates the image set, or None if no images are being generated."""
        return self._runner.job

    @property
    def collection(self) -> str:
        """Name of the image set's gallery collection, or "" until its first image is saved."""
        return self.board.collection.name if self.board else ""

    def toggle(self, on: bool, *, uses_settings: bool = True) -> None:
        """Turn set mode on or off, in which a list of subjects replaces the prompt.

        The cells of the set replace the main image, and its settings those of the single image unless `uses_settings`
        is False. A running job continues.
        """
        self.on = on
        if on and self.storage.remembered and self.board is None:
            self._context.tasks.start(self._show_last_set(uses_settings=uses_settings))
        if self.job is not None:
            self._context.generation.reserve_button(on)
            self.show_progress(self.job, self.job.newest())
        self._controls.show_set_editor(on)
        if not on and (current := self._page.gallery.grid.current()) is not None and current.id == self._marked_id:
            # The gallery panel describes the single image again, which the canvas shows.
            self._page.gallery.mark("")
        self._page.show_set(on)
        self._marked_id = ""
        self._mark_in_gallery()
        if not on:
            self.settings.restore_single()
        elif self.board is not None and uses_settings:
            self.settings.use(self.board)
        else:
            self.settings.lend_style()
        (self._controls.things if on else self._controls.prompt).editor.setFocus()

    def generate(self) -> None:
        """Generate the missing images of the set, or a new set if the subjects or the settings have changed."""
        if self.job is not None or not self._controls.button.isEnabled():
            return
        things = self._controls.things.things()
        if not things:
            self._context.notify(self.tr("The list is empty"), self.tr("Write what the set shows, one thing per line."))
            return
        board = self.board
        members = self._edited_members(board, things) if board is not None else None
        is_change = False
        if board is None or members is None:
            new = self._create_board(things)
            if not self._is_possible(new):
                return
            is_change = board is not None and bool(board.finished_count())
            self._clear()
            self._show_board(board := new)
        elif members != board.members():
            is_change = bool(board.finished_count())
            self._change_set(board, members, self.tr("The set was changed"), self.tr("Its other pictures are kept."))
        elif not board.missing():
            self.redo(board.unlocked())
            return
        if missing := board.missing():
            self._start(board, missing, restores_cells=is_change)

    def actions(self) -> list[Action]:
        """Return the actions of the buttons below the set, which can run while set mode shows the set."""
        return [
            # The keys belong to the view, because they do something else beside the single image.
            action.keyless.bind(
                button.click,
                partial(self._can_press, button),
                partial(self._button_disabled_reason, button),
                is_useful=lambda: self.on,
            )
            for action, button in self.view.buttons.items()
        ]

    def _button_disabled_reason(self, button: ActionButton) -> str:
        """Return the reason why a button below the set cannot be pressed."""
        return button.accessibleDescription() if self.on else ""

    def _notify_refused(self, action: Action, reason: str) -> None:
        self._context.notify(translate("Commands", "“{action}” cannot be used now").format(action=action.title), reason)

    def _can_press(self, button: QWidget) -> bool:
        return self.on and button.isVisibleTo(self.view) and button.isEnabled()

    def can_export(self) -> bool:
        """Return True if set mode shows a set with finished images, which `export` exports."""
        return self.on and self._can_press(self.view.buttons[EXPORT_SET])

    def export(self) -> None:
        """Open the export dialog for the set, as its button does."""
        self.view.buttons[EXPORT_SET].click()

    def stop(self) -> None:
        """Stop generating the image set before its next denoising step.

        The Generate button can later continue with the missing images.
        """
        if self.job is not None:
            if self.on:
                self._controls.button.set_stopping()
            super().stop()

    def redo(self, indices: Sequence[int]) -> None:
        """Regenerate the images of the set at the given cell indices, each with a new seed. Locked ones are kept.

        Without indices, all that are not locked are regenerated.
        """
        board = self.board
        if board is None or self.job is not None:
            return
        unlocked = board.unlocked()
        indices = [index for index in indices if index in unlocked] if indices else unlocked
        if not indices:
            self._context.notify(self.tr("These pictures are locked"), self.tr("Unlock them first."))
            return
        before = list(board.requests)
        for index in indices:
            request = board.requests[index]
            assert request is not None
            # At the temperature of the set's first pictures, all seeds give much the same picture.
            redone = replace(request, seed=board.next_seed(), temperature=board.settings.temperature)
            board.set_request(index, redrawn(redone))
        self._start(board, board.missing(indices), before, restores_cells=True)

    def toggle_lock(self, indices: Sequence[int]) -> None:
        """Lock the images at the given cell indices, or unlock them if all of them are locked."""
        board = self.board
        if board is None:
            return
        digests = {board.digests[index] for index in indices}
        board.locked = board.locked - digests if digests <= board.locked else board.locked | digests
        self.refresh()

    def change(self, indices: Sequence[int]) -> None:
        """Select the subject of a cell in the list, so that the user can write another one."""
        if self.board is not None and len(indices) == 1:
            self._controls.things.select(self.board.things[indices[0]])

    def state(self) -> str:
        """Return the set as JSON, for the next session."""
        return self.storage.session_state(self.board, self.settings.changes_of(self.board))

    async def load_board(self, collection: str) -> SetBoard | None:
        """Return the image set of a gallery collection, for `open`, or None if its images are none. Raises BadRequest
        while another set is being generated.
        """
        if self.storage.remembered and self.board is None:
            # It is replaced like one that is shown, so that it is not lost.
            await self._show_last_set()
        board = self.storage.opened(collection)
        if board is None or board is not self.board:
            self._check_idle()
        return board or await self.storage.load(collection)

    def open(self, board: SetBoard) -> None:
        """Show a set that `load_board` has returned, with its list and settings. Undo shows again what was shown."""
        shown = self.board
        if board is shown:
            return
        self._check_idle()
        request_draft = self._controls.request_draft
        before, is_seed_given = request_draft.written, request_draft.is_seed_given
        listed = self._controls.things.text()
        if self.on:
            self.settings.use(board)
        undo_settings = self._context.settings.undo_to(before, is_seed_given=is_seed_given)
        self._show_board(board)
        # Ctrl+Z in the list then takes back the opening as a whole.
        self._controls.things.set_text("\n".join(board.things))
        title = self.tr("Set “{name}” opened").format(name=board.name())
        self._context.notify(title, undo=partial(self._undo_open, board, shown, listed, undo_settings))

    def _undo_open(
        self, board: SetBoard, shown: SetBoard | None, listed: str, undo_settings: Callable[[], object]
    ) -> Callable[[], object]:
        """Show the set, the list and the settings that `open` has replaced. Return a function that opens the set
        again.
        """
        self._check_idle()
        if self.on:
            undo_settings()
        self._show_board(shown)
        if self._controls.things.things() == board.things:
            self._controls.things.set_text(listed)
        else:
            # What was typed since stays.
            self._list_subjects(subjects_of(listed), board.things)
        return partial(self.open, board)

    def _check_idle(self) -> None:
        """Raise BadRequest while a set is being generated, since another one cannot be shown then."""
        if self.job is not None:
            raise BadRequest(self.tr("Another set is being generated. Stop it, then restore this one."))

    async def _show_last_set(self, *, uses_settings: bool = False) -> None:
        """Show the set of the last session again, if its collection is still in the gallery. With `uses_settings`, set
        mode shows its settings, too.
        """
        gallery = self._context.gallery
        was_scanned = gallery.is_scanned
        loaded = await self.storage.load_last()
        if loaded is None or self.board is not None:
            return
        board, remembered = loaded
        if remembered.next_settings is not None:
            self.settings.remember_changes(board, remembered.next_settings)
        self._show_board(board)
        if self.on and uses_settings:
            self.settings.use(board)
        if not self._controls.things.things():
            self._list_subjects(board.things, [])
        if board.missing() and not was_scanned:
            await gallery.first_scan.wait()
            if board is self.board and not gallery.closing:
                found = await self.storage.find_missing(board, remembered)
                if board is self.board and self.job is None:
                    self.storage.add_found(board, found)
                    self.refresh()

    async def _export(self) -> None:
        board = self.board
        if board is not None:
            await self._saver.settle(board.collection)
            pictures = board.collection.pictures
            in_order = [pictures[digest] for digest in board.digests if digest in pictures]
            self._context.navigator.export(in_order, form="iconset", title=board.name())

    def _mark_in_gallery(self) -> None:
        """Select the image of the selected cell in the gallery panel, or clear the selection unless exactly one cell is
        selected. Does nothing beside the single image, which the gallery panel then describes.
        """
        if not self.on:
            return
        self._marked_id = self._selected_id()
        self._page.gallery.mark(self._marked_id)

    def _selected_id(self) -> str:
        """Return the gallery id of the selected cell's image, or "" if it is not saved or several cells are
        selected.
        """
        indices = self.view.area.selected()
        digest = self.board.digests[indices[0]] if self.board is not None and len(indices) == 1 else ""
        return self._saver.picture_id(digest)

    async def _rename(self, board: SetBoard | None, wanted: str) -> None:
        wanted = wanted.strip()
        if board is None:
            return
        try:
            if wanted and wanted != board.name():
                await board.collection.rename(wanted)
        finally:
            if board is self.board:
                self.view.name.setText(board.name())

    def _edited_members(self, board: SetBoard, subjects: list[str]) -> list[tuple[str, Request]] | None:
        """Return the members of the current set after its list was edited, or None if a new set is to be created.

        It is a new set if the settings have changed, if no subject is left, or if nothing is missing and nothing
        locked.
        """
        if not self._edits_board(board, subjects):
            return None
        requests = dict(board.members())
        return [(thing, requests.get(thing) or board.request_for(thing)) for thing in subjects]

    def _edits_board(self, board: SetBoard, subjects: list[str]) -> bool:
        """Return True if Generate would change the current set, and False if it would create a new one."""
        is_changed = shared_digest(board) != shared_digest(board, self._controls.request())
        if is_changed or not set(subjects) & set(board.things):
            return False
        return subjects != board.things or bool(board.missing()) or bool(board.locked)

    def _picture_count(self) -> int:
        """Return the number of images that Generate makes for the list: those that the set lacks, or all of a new
        set.
        """
        subjects, board = self._controls.things.things(), self.board
        if board is None or not self._edits_board(board, subjects):
            return len(subjects)
        missing = board.missing()
        kept = {thing for thing, digest in zip(board.things, board.digests, strict=True) if digest not in missing}
        if subjects == board.things and not missing:
            return len(board.unlocked())
        return sum(thing not in kept for thing in subjects)

    def _change_members(self, board: SetBoard, members: Sequence[tuple[str, Request]]) -> None:
        """Replace the cells of the set, and show it. Subjects that it still has stay selected."""
        from gdm_studio.gallery.filename_pattern import is_title_of_set, title_of_set

        selected = [board.things[index] for index in self.view.area.selected()] if board is self.board else []
        is_named_by_list = is_title_of_set(board.name(), board.things)
        board.set_members(members)
        if is_named_by_list:
            board.collection.set_title(title_of_set(board.things))
        board.collection.set_contents(board.finished())
        self._show_board(board, selected)

    def _create_board(self, subjects: list[str]) -> SetBoard:
        settings = self._context.settings.next_request()
        family = self.settings.family(settings, len(subjects))
        requests: list[Request | None] = [
            drawn_if_possible(replace(family.picture(index), prompt=thing)) for index, thing in enumerate(subjects)
        ]
        from gdm_studio.gallery.filename_pattern import title_of_set

        collection = self._saver.collection(title_of_set(subjects), {}, self.refresh)
        return SetBoard(
            requests, collection, settings=settings, family=family.picture(0), things=subjects, seeds_used=len(subjects)
        )

    def _is_possible(self, board: SetBoard) -> bool:
        """Return whether the model can generate all images of a set, or report in a notice why it cannot."""
        card = self._context.settings.card
        try:
            for request in board.requests:
                if card is not None and request is not None:
                    card.checked(request)
        except BadRequest as error:
            self._context.tasks.report(error)
            return False
        return True

    def _resume_on_cluster(self) -> None:
        if self.board is not None:
            self._start(self.board, self.board.missing(), on_cluster=True)

    def _start(
        self,
        board: SetBoard,
        missing: dict[str, Request],
        before: list[Request | None] | None = None,
        *,
        restores_cells: bool = False,
        on_cluster: bool = False,
    ) -> None:
        """Start a job that generates the missing images of a set.

        When images are regenerated, `before` contains the cells' previous requests, which are restored if the job is
        stopped. With `restores_cells`, undo restores earlier cells, and the images of the job stay in the gallery.
        """
        self._requests_before = before
        self._restores_cells = restores_cells
        count = len(missing)
        if count > 1:
            title = self.tr("Set: %n picture(s)", "", count)
        else:
            title = self.tr("Set: {thing}").format(thing=next(iter(missing.values())).subject)
        # The queue waits until the set is finished.
        self._runner.start(
            board,
            missing,
            self,
            title=title,
            total=count,
            bring_up=self.refresh,
            place=SET,
            reserve=True,
            on_cluster=on_cluster,
        )
        self.refresh()
        self._context.generation.reserve_button(True)
        self._controls.button.set_running(0.0, self.tr("starting…"))

    def take_result(self, board: Board, digest: str, result: Result) -> None:
        """Store a newly generated image of the set, and update the set's gallery collection."""
        board.results[digest] = result
        board.collection.set_contents(board.finished())

    def show_progress(self, job: Job, newest: View | None) -> None:
        """Show the newest denoising previews in the cells of the set, and the progress on the Generate button."""
        self.refresh()
        if not self.on:
            return
        if job.cancelled:
            self._controls.button.set_stopping()
        else:
            text = progress_text(job.run, newest, job.seconds_left())
            self._controls.button.set_running(job.share_done(), text)

    def end_job(self, board: Board, job: Job) -> None:
        """Handle the end of the image set's generation job.

        Cells that were to be regenerated but were not get their previous images back.
        """
        assert isinstance(board, SetBoard)
        before = self._requests_before
        self._requests_before = None
        if before is not None and board.missing():
            for index, old in enumerate(before):
                if board.result(index) is None and old is not None:
                    board.set_request(index, old)
        redone = [index for index, old in enumerate(before or ()) if old != board.requests[index]]
        board.collection.set_contents(board.finished())
        self._context.generation.reserve_button(False)
        self.refresh()
        missing = len(board.missing())
        if job.run.state is State.STOPPED and missing and not self.is_connecting:
            if self.on:
                text = self.tr("%n picture(s) missing; Generate continues.", "", missing)
            else:
                text = self.tr("%n picture(s) missing; Generate in Set continues.", "", missing)
            self._context.notify(self.tr("Stopped"), text)
        if before is not None and redone:
            members = [(thing, request) for thing, request in zip(board.things, before, strict=True) if request]
            title = self.tr("Made {pictures} again").format(pictures=self._pictures_text(board, redone))
            hint = self._redo_hint(board)
            self._context.notify(title, hint, undo=partial(self._restore, board, members))
        self._context.tasks.start(board.collection.end(is_undoable=not self._restores_cells))

    def refresh(self) -> None:
        """Update the view of the image set: its finished images, their number, and the progress of the others."""
        board = self.board
        if self.on and self._selected_id() != self._marked_id:
            # The selected cell has another image since it was generated again, or is no longer there.
            self._mark_in_gallery()
        if board is None:
            self.view.set_state(running=False, saved=False, finished=0)
            return
        field = self.view.name
        if field.text() != board.name() and not field.isModified():
            # The gallery may have appended a number to the name.
            field.setText(board.name())
        self._fill_cells(board)
        for cell, request, digest in zip(self.view.cells, board.requests, board.digests, strict=True):
            assert request is not None
            note = self.tr("seed {seed}").format(seed=request.seed)
            if not cell.is_finished():
                note = self.tr("not made yet")
            elif digest in board.locked:
                # A narrow cell has no room for the word.
                note = self.tr("locked · {seed}").format(seed=request.seed)
            if request.temperature != board.family.temperature and cell.is_finished():
                lead = note if digest in board.locked else str(request.seed)
                note = f"{lead} · {setting_label(FIELDS['temperature'], request.temperature)}"
            cell.set_note(note)
        self.view.set_redo_hint(self._redo_hint(board))
        self.view.show_locked({index for index, digest in enumerate(board.digests) if digest in board.locked})
        is_saved = bool(board.collection.location_text())
        first = board.requests[0] if board.requests else None
        note = self._context.settings.fast_note(first) if first is not None else ""
        if self.is_connecting:
            note = self.tr("connecting to the cluster…")
        # Images that are generated again get their previous seeds back if their job is stopped.
        is_redone = self.job is not None and self._requests_before is not None
        self.view.set_state(
            running=self.job is not None,
            saved=is_saved,
            finished=board.finished_count(),
            note=note,
            cluster=bool(board.missing()) and self.has_cluster() and not is_redone and not self._runner.is_on_cluster,
            connecting=self.is_connecting,
        )

    def _show_board(self, board: SetBoard | None, selected: Collection[str] = ()) -> None:
        """Show the image cells and the name of a set, or an empty set if there is none. The cells of the subjects
        `selected` are selected.
        """
        if self.board is not None and self.board is not board:
            self._context.tasks.start(self.storage.save(self.board))
        if board is not None:
            self.storage.add(board)
        self.board = board
        requests = board.requests if board is not None else []
        self.view.begin([request.prompt for request in requests if request is not None])
        if board is not None:
            self.view.area.select([index for index, thing in enumerate(board.things) if thing in selected])
            self.view.name.setModified(False)
        self.refresh()

    def _pictures_text(self, board: SetBoard, indices: Sequence[int]) -> str:
        """Return a phrase for notices that names images of a set: the subject of a single image, or the number of
        several.
        """
        return board.title(indices) or self.tr("%n picture(s)", "", len(indices))

    def _remove(self, indices: Sequence[int]) -> None:
        """Remove images from the set, and offer to undo this. The images stay in the gallery."""
        board = self.board
        if board is None or self.job is not None:
            return
        title = self.tr("Removed {pictures}").format(pictures=self._pictures_text(board, indices))
        rest = [member for index, member in enumerate(board.members()) if index not in indices]
        self._change_set(board, rest, title)

    def _change_set(self, board: SetBoard, members: Sequence[tuple[str, Request]], title: str, text: str = "") -> None:
        """Replace the cells of a set, show it, and report this in a notice that offers to undo it."""
        before = board.members()
        self._restore(board, members)
        self._context.notify(title, text, undo=partial(self._restore, board, before))

    def _clear(self) -> None:
        """Replace the image set with an empty one, and offer to undo this. The images stay in the gallery."""
        board = self.board
        if board is not None and board.finished_count():
            locked = sum(digest in board.locked for digest in board.digests)
            sentences = [self.tr("It is the collection “{name}”.").format(name=board.name())]
            if locked:
                sentences.append(self.tr("Its %n locked picture(s) stays(stay) there.", "", locked))
            self._context.notify(
                self.tr("The set was cleared"),
                joined_sentences(sentences),
                action=self.tr("Restore it"),
                undo=partial(self._restore, board, board.members()),
            )
        self._show_board(None)

    def _redo_hint(self, board: SetBoard) -> str:
        """Return a sentence that names the temperature of regenerated images, or "" if it is that of the others."""
        if board.settings.temperature == board.family.temperature:
            return ""
        return self.tr("Drawn with {temperature} instead of {value}, at which it would hardly change.").format(
            temperature=setting_label(FIELDS["temperature"], board.settings.temperature),
            value=number_text(board.family.temperature),
        )

    def _restore(self, board: SetBoard | None, members: Sequence[tuple[str, Request]]) -> Callable[[], object]:
        """Show a set with other members, or an empty set, which undoes a change or the replacement of the set. Returns
        a function that shows again what is shown now.
        """
        self._check_idle()
        shown = self.board
        undo = partial(self._restore, shown, shown.members() if shown is not None else [])
        if board is None:
            self._show_board(None)
            return undo
        before = shown.things if shown is not None else []
        if self.on and board is not shown:
            self.settings.use(board)
        self._change_members(board, members)
        self._list_subjects(board.things, before)
        return undo

    def _list_subjects(self, subjects: Sequence[str], before: Sequence[str]) -> None:
        """Write subjects in the list in place of those that were there before. Others that the user has added to the
        list stay.
        """
        listed = self._controls.things.things()
        subjects = [*subjects, *(thing for thing in listed if thing not in {*before, *subjects})]
        if subjects != listed:
            self._controls.things.replace_text("\n".join(subjects))

    def _connect(self) -> None:
        view = self.view
        self._controls.count_set = self._picture_count
        self._controls.temperature_of_set = self.settings.temperature
        view.redo_requested.connect(self.redo)
        view.remove_requested.connect(self._remove)
        view.lock_requested.connect(self.toggle_lock)
        view.change_requested.connect(self.change)
        view.clear_requested.connect(self._clear)
        view.refused.connect(self._notify_refused)
        view.export_requested.connect(lambda: self._context.tasks.start(self._export()))
        # Another set may be shown before the task begins.
        view.name.editingFinished.connect(lambda: self._context.tasks.start(self._rename(self.board, view.name.text())))
        view.area.selection_changed.connect(self._mark_in_gallery)
        self._controls.stop.connect(lambda: self.stop() if self.on else None)
