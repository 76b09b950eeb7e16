"""Controller of the window's actions, with their keyboard shortcuts, the command palette and the list of shortcuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.request.generation_request import SETTINGS as FIELDS
from gdm_studio.ui import window_actions
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.icon_button import Hotkey
from gdm_studio.ui.widgets.keys import Keys
from gdm_studio.ui.widgets.topbar import SETTINGS
from gdm_studio.ui.window_actions import GO_TO, HERE, Action, shown_keys

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.panel import GalleryPanel
    from gdm_studio.ui.models.page import ModelsPage
    from gdm_studio.ui.running_jobs import RunningJob
    from gdm_studio.ui.settings.page import SettingsPage
    from gdm_studio.ui.shell.palette import Palette
    from gdm_studio.ui.shell.shortcuts_overlay import ShortcutsSheet
    from gdm_studio.ui.shell.window_base import WindowBase
    from gdm_studio.ui.widgets import Combo

FULL = Qt.WindowState.WindowFullScreen
# Number of recent actions that the palette lists first.
MAX_RECENT = 8


class Commands(QObject):
    """Controller of the window's actions, which handles keyboard shortcuts, the command palette and the shortcuts
    sheet.

    `recent` contains the names of the actions last run from the palette.
    """

    def __init__(self, window: WindowBase) -> None:
        super().__init__(window)
        self._window = window
        self.keys = Keys(window, self.do, self._report_disabled)
        self.recent: list[str] = []
        self.palette: Palette | None = None
        self.sheet: ShortcutsSheet | None = None

    def actions(self) -> list[Action]:
        """Return all actions of the window and its pages, including those that cannot currently run."""
        window = self._window
        return [
            *_create_page_actions(window),
            *window.steps.actions(),
            *window.modes.actions(),
            *window.presets.actions(),
            *window.tools.boards.actions(),
            *window.compare_controller.actions(),
            *window.queue.actions(),
            *window.gallery_controller.actions(),
            *_page_actions(window),
            *window.models_controller.actions(),
            *_gallery_actions(window),
            *self._window_actions(),
        ]

    def buttons(self) -> list[Action]:
        """Return one action for each visible button on the open page that has a keyboard shortcut."""
        return self._buttons_of(self._window, self._window.page(), HERE)

    def tools(self) -> list[Action]:
        """Return an action for each button of the Create page that has a keyboard shortcut. The list is empty while the
        Create page is open.
        """
        if self._window.page() == "create":
            return []
        return self._buttons_of(self._window.create_page, "create", window_actions.GENERATE.group)

    def _buttons_of(self, widget: QWidget, page: str, group: str) -> list[Action]:
        found_actions: dict[str, Action] = {}
        for key in widget.findChildren(Hotkey):
            if key.part.isVisibleTo(widget):
                action = replace(key.action.bind(key.activated.emit, key.is_usable), group=group, page=page)
                found_actions.setdefault(action.label, action)
        return list(found_actions.values())

    def of_picture(self) -> list[Action]:
        """Return the actions in the context menu of the image selected on the open page."""
        panel = _page_with_images(self._window)
        return [replace(action, page=self._window.page()) for action in panel.grid.entries()] if panel else []

    def settings(self) -> list[Action]:
        """Return one action for each setting on the Create page. The action moves the keyboard focus to that
        setting.
        """
        window = self._window
        controls = window.create_page.controls
        # A title is found in English, too.
        titles = {setting.title: "" for setting in FIELDS.values()} | window_actions.SETTINGS
        synonyms = {translate("Setting", title): f"{title} {words}" for title, words in titles.items()}
        return [
            Action(
                title,
                part.toolTip(),
                synonyms.get(title, ""),
                group=QT_TRANSLATE_NOOP("Action", "Setting"),
                page="create",
                act=partial(_focus_setting, window, part),
            )
            for title, part in controls.parts()
        ]

    def choices(self) -> list[Action]:
        """Return actions that select an option on the Create page, or open an entry of the gallery's sidebar.

        The options are styles, samplers, spacings and models.
        """
        controls = self._window.create_page.controls
        boxes = (controls.style_box, controls.sampler_box, controls.spacing_box, controls.model_box)
        return [
            *(action for box in boxes for action in _choice_actions(box)),
            *self._window.gallery_controller.places.actions(),
        ]

    def preferences(self) -> list[Action]:
        """Return one action for each preference, which shows it on the Settings page."""
        from gdm_studio.ui.settings.entries import SECTIONS

        return [
            Action(
                entry.title,
                entry.sentence,
                entry.english_title,
                group=QT_TRANSLATE_NOOP("Action", "Settings"),
                page=SETTINGS,
                act=partial(self._search_settings, entry.title),
            )
            for section in SECTIONS
            for entry in section.entries
        ]

    def _search_settings(self, title: str) -> None:
        self._window.settings_page.search.setText(title)

    def absent(self, offered: Sequence[Action]) -> list[Action]:
        """Return the actions that the window does not show now: tools for an image, and settings that the selected
        model does not have. They cannot run, but the palette says why.
        """
        tools = self._window.create_page.canvas_panel.tools
        keys = [key for key in tools.findChildren(Hotkey) if not key.part.isVisible()]
        shown = {action.label for action in offered}
        return [
            *(
                key.action.bind(
                    key.activated.emit, lambda: False, lambda: self.tr("Generate or choose a picture first.")
                )
                for key in keys
                if key.action.label not in shown
            ),
            *(
                Action(translate("Setting", title), synonyms=words).bind(
                    lambda: None, lambda: False, lambda: self.tr("The selected model and pictures do not use it.")
                )
                for title, words in window_actions.SETTINGS.items()
                if translate("Setting", title) not in shown
            ),
        ]

    def do(self, action: Action) -> bool:
        """Run the action whose keyboard shortcut was pressed.

        Return False if it belongs to another page or cannot run now.
        """
        if action.page not in ("", self._window.page()) or not action.when():
            return False
        if self.palette is not None:
            self.palette.close_up()
        action.act()
        return True

    def _report_disabled(self, tried: Sequence[Action]) -> None:
        """Show a notice that the action for the pressed key cannot run now. Actions of other pages are ignored."""
        applicable = [action for action in tried if action.page in ("", self._window.page())]
        if applicable:
            self._notify_refused(
                applicable[0].title, next(filter(None, (action.disabled_reason() for action in applicable)), "")
            )

    def report_refused(self, event: QKeyEvent) -> None:
        """Show the reason why a button is disabled or hidden, in a notice, after its keyboard shortcut was pressed."""
        if event.isAutoRepeat():
            return
        pressed = QKeySequence(event.keyCombination())
        for key in self._window.findChildren(Hotkey):
            sequences = key.keys()
            if pressed in sequences and (reason := self._disabled_reason(key)):
                self._notify_refused(key.action.title, reason)

    def _disabled_reason(self, key: Hotkey) -> str:
        """Return the reason why a button cannot be pressed, or "" if it can or does not belong to the open page."""
        canvas_panel = self._window.create_page.canvas_panel
        if canvas_panel.isVisible() and canvas_panel.lacks_choice() and canvas_panel.tools.isAncestorOf(key.part):
            return self.tr("Click a picture first.")
        return key.reason() if key.part.isVisible() else ""

    def _notify_refused(self, title: str, reason: str) -> None:
        """Show a notice that an action cannot run now, with the reason, or else with a way to find the actions that
        can run.
        """
        hint = self.tr("{keys} shows what can be done here.").format(keys=shown_keys(window_actions.PALETTE.keys)[0])
        self._window.notify(self.tr("“{action}” cannot be used now").format(action=title), reason or hint)

    def open_palette(self) -> None:
        """Open the command palette, in which the user searches for actions, or close it if it is open."""
        from gdm_studio.ui.shell.palette import Palette

        if self.palette is not None:
            self.palette.close_up()
            return
        offered = [
            *self.actions(),
            *self.buttons(),
            *self.tools(),
            *self.settings(),
            *self.choices(),
            *self.preferences(),
        ]
        offered += self.absent(offered)
        ready = [action for action in offered if action.when() and action.is_useful()]
        ready += [each for each in self.of_picture() if each.name not in {action.name for action in ready}]
        refused = [action for action in offered if not action.when()]
        self.palette = Palette(self._window.theme, ready, self.recent, refused=refused, parent=self._window)
        self.palette.chosen.connect(self._on_chosen)
        self.palette.closed.connect(self._on_closed)
        self.palette.open_up()

    def open_sheet(self) -> None:
        """Open the list of all keyboard shortcuts, or close it if it is open."""
        from gdm_studio.ui.shell.shortcuts_overlay import ShortcutsSheet

        if self.sheet is not None:
            self.sheet.close_up()
            return
        keyed = [*self.buttons(), *self.tools(), *self.actions()]
        self.sheet = ShortcutsSheet(self._window.theme, keyed, parent=self._window)
        self.sheet.closed.connect(self._on_sheet_closed)
        self.sheet.open_up()

    def _open_about(self) -> None:
        from gdm_studio.ui.settings.entries import ABOUT

        self._window.open_page(SETTINGS)
        self._window.settings_page.open_section(ABOUT)

    def _on_chosen(self, action: Action) -> None:
        self.recent = [action.name, *(name for name in self.recent if name != action.name)]
        del self.recent[MAX_RECENT:]
        if action.page:
            self._window.open_page(action.page)
        if action.when():
            action.act()

    def _on_closed(self) -> None:
        self.palette = None

    def _on_sheet_closed(self) -> None:
        self.sheet = None

    def _window_actions(self) -> list[Action]:
        window = self._window
        return [
            window_actions.PALETTE.bind(self.open_palette),
            window_actions.SHORTCUTS.bind(self.open_sheet),
            *(
                action.bind(partial(window.settings_controller.change, "theme", name))
                for name, action in window_actions.THEMES.items()
            ),
            window_actions.FULL_SCREEN.bind(lambda: window.setWindowState(window.windowState() ^ FULL)),
            window_actions.ABOUT.bind(self._open_about),
            window_actions.QUIT.bind(window.close),
        ]


def _page_actions(window: WindowBase) -> list[Action]:
    return [
        *(action.bind(partial(_open_page, window, page)) for page, action in GO_TO.items()),
        window_actions.NEXT_PANE.bind(partial(_focus_pane, window, forwards=True)),
        window_actions.PREVIOUS_PANE.bind(partial(_focus_pane, window, forwards=False)),
        window_actions.SEARCH_FIELD.bind(partial(_search, window), lambda: _page_with_search(window) is not None),
    ]


def _open_page(window: WindowBase, page: str) -> None:
    """Open a page of the window. The Compare page opens with the selected images if several are selected."""
    panel = _page_with_images(window)
    if page == "compare" and panel is not None and sum(map(len, panel.grid.selected_rows())) > 1:
        panel.grid.with_selected(window.compare_controller.open_pictures)
    else:
        window.open_page(page)
    if page == SETTINGS:
        window.settings_page.focus_search()
    from gdm_studio.ui.shell.panes import focus_page

    if (shown := window.pages.currentWidget()) is not None:
        focus_page(shown)


def _focus_pane(window: WindowBase, *, forwards: bool) -> None:
    from gdm_studio.ui.shell.panes import focus_next_pane

    if (page := window.pages.currentWidget()) is not None:
        focus_next_pane(page, [window.top], forwards=forwards)


def _create_page_actions(window: WindowBase) -> list[Action]:
    generation = window.generation
    viewer = window.viewer
    controls = window.create_page.controls
    canvas_panel = window.create_page.canvas_panel
    canvas_colour = canvas_panel.bar.colour

    def is_single() -> bool:
        return not window.sets.on

    def is_running() -> bool:
        return is_single() and generation.job is not None

    def has_steps() -> bool:
        return bool(viewer.views())

    def follows() -> bool:
        return is_single() and bool(controls.conditions.hints.kinds)

    def no_following() -> str:
        return translate("Commands", "Only models with a ControlNet or with references follow pictures.")

    def sketch_disabled_reason() -> str:
        if window.sets.on:
            return translate("Commands", "A set has no single picture. Leave the set first.")
        card = controls.request_draft.card
        if card is not None and card.accepts.picture:
            # The button is disabled by a paused run or a branch, and its tooltip says so.
            return controls.modes.sketch.toolTip()
        return translate("Commands", "The selected model cannot start from a picture.")

    def can_toggle_sketch() -> bool:
        return window.tools.is_sketching() or controls.modes.sketch.isEnabled()

    def pause_or_play() -> None:
        """Pause or resume the run. Without one, play the steps of the image, as in the presentation, unless a board or
        tool covers it. Like the arrow keys, do nothing without steps.
        """
        if is_running() or (has_steps() and not canvas_panel.mode()):
            window.steps.play_or_pause(any_run=True)

    def generate() -> None:
        if not window.tools.boards.submit():
            controls.submit()

    return [
        window_actions.GENERATE.bind(generate),
        window_actions.STOP.bind(partial(_stop, window), is_useful=partial(_can_stop, window)),
        window_actions.PAUSE.bind(pause_or_play, is_single, is_useful=is_running),
        window_actions.STEP_BACK.bind(lambda: viewer.step(-1), is_single, is_useful=has_steps),
        window_actions.STEP_ON.bind(window.step_forward, is_single, is_useful=has_steps),
        window_actions.FIRST_STEP.bind(lambda: viewer.show_step(1), is_single, is_useful=has_steps),
        window_actions.NEWEST_STEP.bind(generation.go_to_end, is_single, is_useful=has_steps),
        window_actions.EARLIER_PROMPT.bind(window.prompt_controller.show_earlier, is_single),
        window_actions.SKETCH.bind(window.tools.toggle_sketch, can_toggle_sketch, sketch_disabled_reason),
        window_actions.ANOTHER_SEED.bind(controls.roll_seed),
        window_actions.COMPARE_SCHEDULERS.bind(controls.compare.emit, is_single),
        window_actions.START_FROM.bind(controls.picture_asked.emit, is_single),
        window_actions.EDIT_FOLDER.bind(lambda: window.tools.folder_edit.choose(), is_single),
        window_actions.FOLLOW.bind(controls.conditions.hints.picture_asked.emit, follows, no_following),
        window_actions.PRESETS.bind(controls.presets_asked.emit),
        window_actions.EXAMPLES.bind(controls.examples.open, lambda: is_single() and controls.examples.has_examples()),
        window_actions.PASTE.bind(partial(_paste, window), is_single),
        window_actions.RESET.bind(partial(_reset, window), is_single),
        window_actions.SIDE_PANELS.bind(window.create_page.toggle_panels),
        window_actions.CANVAS_COLOUR.bind(canvas_colour.open_menu, canvas_colour.isVisible),
    ]


def _focus_setting(window: WindowBase, part: QWidget) -> None:
    window.create_page.show_panels()
    window.create_page.controls.focus_setting(part)


def _stop(window: WindowBase) -> None:
    """Stop the run or image set that the user is watching, or else a background job.

    If no job runs, leave branch mode.
    """
    background = _background_job(window)
    if _is_watched_job_running(window):
        window.create_page.controls.stop.emit()
    elif background is not None:
        window.jobs.stop(background)
    else:
        window.steps.branching.dismiss()


def _can_stop(window: WindowBase) -> bool:
    """Return True if a job runs that the action Stop would end, or if it would leave branch mode."""
    return _is_watched_job_running(window) or _background_job(window) is not None or window.steps.branching.on


def _is_watched_job_running(window: WindowBase) -> bool:
    return window.generation.job is not None or (window.sets.on and window.sets.job is not None)


def _background_job(window: WindowBase) -> RunningJob | None:
    return next((job for job in window.jobs.jobs if job.ends_on_escape), None)


def _paste(window: WindowBase) -> None:
    """Use the settings or the image on the clipboard."""
    if not window.settings_restorer.paste(QGuiApplication.clipboard().mimeData()):
        window.tools.paste()


def _reset(window: WindowBase) -> None:
    before = window.request_draft.written
    window.create_page.controls.reset()
    title = translate("Commands", "Settings reset to the model's defaults")
    window.notify(title, undo=window.settings.undo_to(before))


def _gallery_actions(window: WindowBase) -> list[Action]:
    return [
        window_actions.EXPORT.bind(
            partial(_export, window), partial(_can_export, window), partial(_export_disabled_reason, window)
        ),
        window_actions.UNDO.bind(window.undo),
        window_actions.REDO.bind(window.redo, window.can_redo),
    ]


def _page_with_images(window: WindowBase) -> GalleryPanel | GalleryPage | None:
    """Return the gallery or gallery panel on the open page, in which images can be selected, or None."""
    if window.page() == "create":
        return window.create_page.gallery
    return window.gallery_page if window.page() == "gallery" else None


def _export(window: WindowBase) -> None:
    panel = _page_with_images(window)
    if _exports_set(window):
        window.sets.export()
    elif panel is not None:
        panel.grid.with_selected(window.export_controller.open)


def _can_export(window: WindowBase) -> bool:
    panel = _page_with_images(window)
    return panel is not None and (bool(panel.grid.selected_rows()) or _exports_set(window))


def _exports_set(window: WindowBase) -> bool:
    """Return True if the set that the open page shows is exported, because no picture is selected in the gallery beside
    it, or the gallery does not have the keyboard focus.
    """
    gallery, focused = window.create_page.gallery, window.focusWidget()
    is_beside = focused is not None and gallery.isAncestorOf(focused) and bool(gallery.grid.selected_rows())
    return window.page() == "create" and not is_beside and window.sets.can_export()


def _export_disabled_reason(window: WindowBase) -> str:
    """Return the reason why no image can be exported on the open page, or "" if the page has no images."""
    return translate("Commands", "Select a picture first.") if _page_with_images(window) is not None else ""


def _page_with_search(window: WindowBase) -> GalleryPanel | GalleryPage | ModelsPage | SettingsPage | None:
    """Return the open page, or its gallery panel, if it has a search field, or else None."""
    if window.page() == "models":
        return window.models_page
    return window.settings_page if window.page() == SETTINGS else _page_with_images(window)


def _search(window: WindowBase) -> None:
    searched = _page_with_search(window)
    if searched is not None:
        if window.page() == "create":
            window.create_page.show_panels()
        searched.focus_search()


def _choice_actions(box: Combo) -> Sequence[Action]:
    # A paused run or a branch disables some boxes, whose tooltips say why.
    name = box.accessibleName()
    return [
        Action(choice.title, group=name, page="create").bind(partial(box.pick, choice.id), box.isEnabled, box.toolTip)
        for choice in box.choices()
        if not choice.refused
    ]
