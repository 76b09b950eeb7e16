"""Dialog in which the user chooses a model to download, and follows the download."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QProgressBar, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.downloads.catalogue import CATALOGUE, COMMERCIAL_USE, CatalogueModel
from gdm_studio.ui.models.model_download import DownloadState
from gdm_studio.ui.progress import duration
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import data_size, translate
from gdm_studio.ui.widgets import ActionButton, label, mark, wrapped
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.layouts import in_row, scrolled, stacked
from gdm_studio.ui.widgets.overlay import Overlay, centred_rect
from gdm_studio.ui.window_actions import with_keys

SIZE = (860, 620)
LIST_WIDTH = 210
NAME_WIDTH = 132
FACTS = (
    QT_TRANSLATE_NOOP("DownloadDialog", "Family"),
    QT_TRANSLATE_NOOP("DownloadDialog", "Licence"),
    QT_TRANSLATE_NOOP("DownloadDialog", "Download"),
    QT_TRANSLATE_NOOP("DownloadDialog", "Memory"),
    QT_TRANSLATE_NOOP("DownloadDialog", "A picture with it"),
    QT_TRANSLATE_NOOP("DownloadDialog", "From"),
)


class DownloadDialog(Overlay):
    """Dialog with a list of models, their licences, sizes and speed, a field for another name or address, and the
    progress of the download.

    Signals: `allow_asked()` to allow downloads, `get_asked(name)`, `cancel_asked()`, and `page_asked(address)` to open
    a web page.
    """

    allow_asked = Signal()
    get_asked = Signal(str)
    cancel_asked = Signal()
    page_asked = Signal(str)

    def __init__(self, theme: Theme, *, is_allowed: bool, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._is_allowed = is_allowed
        self._state = DownloadState()
        self._times: Mapping[str, float] = {}
        self._close_button = mark(theme, "x", with_keys(self.tr("Close"), "Esc"), size=14)
        self._close_button.clicked.connect(self.close_up)
        self.list = QListWidget()
        self.list.setProperty("role", "completions")
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.setAccessibleName(self.tr("Models to download"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._title = label("", "strong")
        self._purpose = wrapped()
        self._values = {name: wrapped("", "value", selectable=True) for name in FACTS}
        self._commercial = wrapped()
        self._page_button = ActionButton(
            theme, self.tr("Read the licence"), tooltip=self.tr("Open the model's page in the browser"), role="link"
        )
        self.get = ActionButton(
            theme, self.tr("Download"), tooltip=self.tr("Download this model with all its parts"), role="primary"
        )
        self.field = TextLine(
            self.tr("Another model"),
            hint=self.tr("OWNER/NAME of huggingface.co, or the address of a file"),
            tooltip=self.tr("A model on huggingface.co, or an https address that ends in .safetensors, .gguf or .ckpt"),
        )
        self.get_other = ActionButton(
            theme, self.tr("Download it"), tooltip=self.tr("Download the model in the field"), role="card"
        )
        self._notice = wrapped(
            self.tr(
                "Downloads are off. If you allow them, the program connects to huggingface.co, or to an address that "
                "you enter, while it downloads a model that you chose."
            )
        )
        self.allow = ActionButton(
            theme, self.tr("Allow downloads"), tooltip=self.tr("The same as in Settings under Permissions"), role="card"
        )
        self._permission = QFrame()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setAccessibleName(self.tr("Progress of the download"))
        self.status = wrapped(selectable=True)
        self.cancel = ActionButton(
            theme, self.tr("Cancel"), tooltip=self.tr("Stop; what has arrived is kept"), role="card"
        )
        self.set_panel(self._create_panel())
        self.list.currentRowChanged.connect(self._show_model)
        self._connect()
        self._show()

    def set_allowed(self, is_allowed: bool) -> None:
        """Show whether the user has allowed downloads."""
        self._is_allowed = is_allowed
        self._show()

    def set_times(self, times: Mapping[str, float]) -> None:
        """Show the estimated seconds of an image with each model on this computer, by the model's name."""
        self._times = times
        self._show_model(self.list.currentRow())

    def show_state(self, state: DownloadState) -> None:
        """Show the progress or the end of a download."""
        self._state = state
        self._show()

    def open_up(self) -> None:
        super().open_up()
        # The heights of rows depend on the window's style, which the list has from now on.
        self.list.addItems([each.title for each in CATALOGUE])
        names = [each.name for each in CATALOGUE]
        self.list.setCurrentRow(names.index(self._state.name) if self._state.name in names else 0)
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self, room: QRect) -> QRect:
        return centred_rect(room, *SIZE)

    def _model(self) -> CatalogueModel:
        return CATALOGUE[max(0, self.list.currentRow())]

    def _connect(self) -> None:
        self.allow.clicked.connect(self.allow_asked)
        self.cancel.clicked.connect(self.cancel_asked)
        self.get.clicked.connect(lambda: self.get_asked.emit(self._model().name))
        self._page_button.clicked.connect(lambda: self.page_asked.emit(self._model().page))
        self.get_other.clicked.connect(self._ask_other)
        self.field.returnPressed.connect(self._ask_other)
        self.field.textChanged.connect(self._show)

    def _ask_other(self) -> None:
        if self.get_other.isEnabled():
            self.get_asked.emit(self.field.text().strip())

    def _show_model(self, row: int) -> None:
        model = CATALOGUE[max(0, row)]
        self._title.setText(model.title)
        self._purpose.setText(translate("Catalogue", model.purpose))
        self._commercial.setText(translate("Catalogue", COMMERCIAL_USE[model.commercial]))
        count = self.tr("%n file(s)", "", len(model.files))
        seconds = self._times.get(model.name)
        time = self.tr("about {time} at {side} × {side}, on this computer")
        memory = self.tr("{size}; with less, weights are read from the disk at each step, which is slower")
        texts = {
            "Family": model.family,
            "Licence": model.licence,
            "Download": self.tr("about {size}, {files}").format(size=data_size(model.size), files=count),
            "Memory": memory.format(size=data_size(model.memory)),
            "A picture with it": self.tr("estimating…")
            if seconds is None
            else time.format(time=duration(seconds), side=model.pixels),
            "From": ", ".join(dict.fromkeys(f"huggingface.co/{each.repository}" for each in model.files)),
        }
        for name, value in self._values.items():
            value.setText(plain(texts[name]))
        self._show()

    def _show(self) -> None:
        state = self._state
        self._permission.setVisible(not self._is_allowed)
        can_start = self._is_allowed and not state.is_running
        self.get.setEnabled(can_start)
        has_part = (state.is_cancelled or bool(state.error)) and state.done > 0
        resumes = has_part and state.name == self._model().name
        self.get.setText(self.tr("Resume") if resumes else self.tr("Download"))
        self.get_other.setEnabled(can_start and bool(self.field.text().strip()))
        self.cancel.setVisible(state.is_running)
        self.bar.setVisible(state.is_running)
        # A bar without a maximum shows that the program is busy.
        self.bar.setMaximum(1000 if state.total else 0)
        self.bar.setValue(round(1000 * state.done / state.total) if state.total else 0)
        self.status.setText(plain(self._status_text()))
        self.status.setProperty("role", "danger" if state.error and not state.is_running else "muted")
        self.status.style().polish(self.status)

    def _status_text(self) -> str:
        state = self._state
        if state.is_running and not state.total:
            return self.tr("{model}: asking for its files…").format(model=state.name)
        sizes = {"done": data_size(state.done), "total": data_size(state.total)}
        if state.is_running:
            text = self.tr("{file}: {done} of {total}").format(file=state.file, **sizes)
            if state.done >= state.total:
                return self.tr("{file}: checking and adding it…").format(file=state.file)
            if state.seconds_left is None:
                return text
            return self.tr("{progress}, {time} left").format(progress=text, time=duration(state.seconds_left))
        if state.error:
            return state.error
        if state.is_cancelled:
            return self.tr("Cancelled. What has arrived is kept; a new start resumes it.")
        if state.added:
            names = ", ".join(name for _, name in state.added)
            return self.tr("Added: {names}.").format(names=names)
        return self.tr("All of it was here already.") if state.name else ""

    def _create_panel(self) -> QWidget:
        stacked(in_row((self._notice, 1), self.allow, spacing=SPACE.edge), on=self._permission, margins=0)
        details = QWidget()
        facts = []
        for name, value in self._values.items():
            title = wrapped(translate("DownloadDialog", name))
            title.setFixedWidth(NAME_WIDTH)
            for each in (title, value):
                each.setAlignment(Qt.AlignmentFlag.AlignTop)
            facts.append(in_row((title, 0, Qt.AlignmentFlag.AlignTop), (value, 1), spacing=10))
            if name == "Licence":
                facts.append(in_row(_create_spacer(NAME_WIDTH), (self._commercial, 1), spacing=10))
        stacked(
            self._title,
            self._purpose,
            *facts,
            in_row(self.get, self._page_button, ..., spacing=SPACE.edge),
            ...,
            on=details,
            margins=(2, 0, SPACE.edge, 0),
            spacing=SPACE.medium,
        )
        panel = QFrame()
        panel.setProperty("role", "palette")
        stacked(
            in_row(label(self.tr("Get a model"), "title"), ..., self._close_button),
            self._permission,
            (in_row(self.list, (scrolled(details, self.tr("The selected model")), 1), spacing=SPACE.edge), 1),
            in_row((self.field, 1), self.get_other, spacing=SPACE.medium),
            self.bar,
            in_row((self.status, 1), self.cancel, spacing=SPACE.edge),
            on=panel,
            margins=(SPACE.large, SPACE.edge, SPACE.edge, SPACE.edge),
            spacing=SPACE.medium,
        )
        return panel


def _create_spacer(width: int) -> QWidget:
    space = QWidget()
    space.setFixedWidth(width)
    return space
