"""Train page: a folder of images with captions, the settings of a run, and the progress of its training."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QLineEdit, QSizePolicy, QWidget

from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.train.introduction import Introduction
from gdm_studio.ui.train.loss_chart import LossChart
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import (
    ActionButton,
    Choice,
    Combo,
    ElidedLabel,
    Labelled,
    in_columns,
    label,
    scrolled,
    wrapped,
)
from gdm_studio.ui.widgets.file_drops import dropped_paths, take_copy
from gdm_studio.ui.widgets.item_models import RowTable
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.slider_row import SliderRow
from gdm_studio.ui.widgets.toggles import CheckBox

PANEL = 300
COMPARED = 220
THUMBNAIL = 40
# The minimum and maximum widths of the column of file names, and the number of names that it is fitted to.
NAME_WIDTHS = (180, 360)
MEASURED_NAMES = 200
# Sides of the pictures of a model that is trained from scratch, in pixels.
SIZES = (32, 64, 128)
# Height of the page below which the chart is hidden.
LOW = 600


class TrainControls(QFrame):
    """Panel of the Train page with the settings of a training run, and buttons to start, pause, delete and use it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(PANEL)
        self.runs = Combo(theme, name=self.tr("Run"), tooltip=self.tr("Open an earlier run, or begin another one"))
        self.choose = ActionButton(
            theme, self.tr("Choose folder…"), tooltip=self.tr("Choose the pictures to learn from"), name="folder-open"
        )
        self.folder = ElidedLabel(self.tr("No folder yet"), "muted")
        self.method = Combo(
            theme, name=self.tr("Method"), tooltip=self.tr("Change a model, or train a system of the literature")
        )
        self.base = Combo(theme, name=self.tr("Model"), tooltip=self.tr("The model that is changed"))
        self.backbone = Combo(theme, name=self.tr("Network"), tooltip=self.tr("The network that removes the noise"))
        self.side = Combo(
            theme, name=self.tr("Picture size"), tooltip=self.tr("Larger pictures take more time and memory")
        )
        self.side.set_choices(
            [Choice(str(size), self.tr("{size} × {size} pixels").format(size=size)) for size in SIZES]
        )
        self.title = QLineEdit("my-lora")
        self.title.setAccessibleName(self.tr("Name"))
        self.title.setMaxLength(64)
        self.prompts = QLineEdit()
        self.prompts.setAccessibleName(self.tr("Test prompts"))
        self.prompts.setPlaceholderText(self.tr("fox; house; red car"))
        self.prompts.setToolTip(self.tr("Drawn again and again with the same noise, separated by semicolons"))
        self.samples = SliderRow(
            theme,
            title=self.tr("Samples"),
            low=500,
            high=1_000_000,
            default=8_000,
            step=500,
            curve=2.0,
            tooltip=self.tr("How often a picture is looked at, in total"),
        )
        self.rank = SliderRow(
            theme,
            title=self.tr("Rank"),
            low=1,
            high=64,
            default=8,
            curve=2.0,
            tooltip=self.tr("Higher ranks can learn more details, and copy sooner"),
        )
        self.learning_rate = SliderRow(
            theme,
            title=self.tr("Learning rate"),
            low=0.00001,
            high=0.01,
            default=0.0005,
            decimals=5,
            step=0.00001,
            curve=2.0,
            tooltip=self.tr("Size of the changes of each step. If the loss jumps, lower it."),
        )
        self.keeps_running = CheckBox(
            theme,
            self.tr("Continue after closing"),
            tooltip=self.tr("Train on when the window is closed. Open the run here to see it again."),
        )
        self.start = ActionButton(theme, self.tr("Start"), tooltip=self.tr("Train in the background"), role="primary")
        self.pause = ActionButton(
            theme, self.tr("Pause"), tooltip=self.tr("Save and free the memory; start it again later"), name="pause"
        )
        self.stop = ActionButton(
            theme, self.tr("Discard"), tooltip=self.tr("Stop, and delete this run"), name="trash-2", role="danger"
        )
        self.use = ActionButton(
            theme,
            self.tr("Use it in Create"),
            tooltip=self.tr("Add the result of the latest test pictures to the models"),
            name="sparkles",
        )
        self._lay_out()

    def _lay_out(self) -> None:
        body = QWidget()
        self._base_row = Labelled(self.tr("Model"), self.base)
        self._backbone = Labelled(self.tr("Network"), self.backbone)
        self._size_row = Labelled(self.tr("Picture size"), self.side)
        self._prompts = Labelled(self.tr("Test prompts"), self.prompts)
        stacked(
            label(self.tr("Train"), "title"),
            Labelled(self.tr("Run"), self.runs),
            self.choose,
            self.folder,
            Labelled(self.tr("Method"), self.method),
            self._base_row,
            self._backbone,
            self._size_row,
            Labelled(self.tr("Name"), self.title),
            self._prompts,
            self.samples,
            self.rank,
            self.learning_rate,
            self.keeps_running,
            ...,
            on=body,
            margins=SPACE.edge,
            spacing=SPACE.medium,
        )
        buttons = stacked(
            self.start,
            in_row(self.pause, self.stop, spacing=SPACE.small),
            self.use,
            margins=SPACE.edge,
            spacing=SPACE.small,
        )
        stacked((scrolled(body, self.tr("Training settings")), 1), buttons, on=self)

    def inputs(self) -> tuple[QWidget, ...]:
        """Return the input widgets that are disabled while a run is training."""
        return (
            self.choose,
            self.method,
            self.base,
            self.backbone,
            self.side,
            self.title,
            self.prompts,
            self.samples,
            self.rank,
            self.learning_rate,
        )

    def show_start(self, *, resumes: bool) -> None:
        """Label the button that starts a run, which `resumes` a paused run or begins another one."""
        text = translate("Action", "Resume") if resumes else self.tr("Start")
        self.start.set_contents(text)
        self.start.setAccessibleName(text)

    def show_settings_of(self, *, is_lora: bool, has_base: bool, has_backbones: bool) -> None:
        """Show only the settings that the selected training method uses: LoRA, fine-tuning or training from scratch."""
        self.rank.setVisible(is_lora)
        for widget in (self._base_row, self._prompts):
            widget.setVisible(has_base)
        self._size_row.setVisible(not has_base)
        self._backbone.setVisible(has_backbones)


class TrainPage(QFrame):
    """Page of the window for training models, with the settings of a run, its images and its progress.

    Signals: `caption_edited(row, text)` when the user edits a caption, and `folder_dropped(Path, others)` when the user
    drops a folder, or images from it, with the other folders of the drop.
    """

    caption_edited = Signal(int, str)
    folder_dropped = Signal(object, list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setAcceptDrops(True)
        self._theme = theme
        # Thumbnails of the training images without their background, by row.
        self._thumbnails: dict[int, QPixmap] = {}
        self.controls = TrainControls(theme)
        self.introduction = Introduction(theme)
        self.introduction.drop_area.choose.clicked.connect(self.controls.choose.click)
        self.status = ElidedLabel("", "strong")
        self.time = label("", "muted")
        self.finding = wrapped("", "muted")
        self.warning = wrapped("", "problem")
        self.warning.hide()
        self.chart = LossChart(theme)
        self.compared = Combo(
            theme,
            name=self.tr("Compare with"),
            tooltip=self.tr("Show the errors of an earlier run at the same noise beside this one"),
        )
        self.compared.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.compared.setFixedWidth(COMPARED)
        self.verdict = ElidedLabel("", "muted")
        self.before = Sheet(self.tr("Before the training"))
        self.sheet = Sheet(self.tr("Test pictures"))
        self.images = QStandardItemModel(0, 2)
        self.table = RowTable()
        self.table.setAccessibleName(self.tr("Pictures and captions"))
        self.table.setModel(self.images)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.table.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self.table.verticalHeader().setDefaultSectionSize(THUMBNAIL + SPACE.small)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, NAME_WIDTHS[0])
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._is_filling = False
        self.set_images([])
        self.images.itemChanged.connect(self._on_changed)
        theme.changed.connect(self._on_theme)
        self._header, self._comparison = QWidget(), QWidget()
        in_row((self.status, 1), self.time, on=self._header, spacing=SPACE.gap)
        in_row((self.verdict, 1), self.compared, on=self._comparison, spacing=SPACE.gap)
        # A widget, since a layout is only as wide as its text while the chart and the table are hidden.
        right = QWidget()
        stacked(
            self._header,
            self.finding,
            self.warning,
            self._comparison,
            self.chart,
            in_row((self.before, 1), (self.sheet, 1), spacing=SPACE.gap),
            (self.table, 1),
            (self.introduction, 1),
            ...,
            on=right,
            margins=SPACE.edge,
            spacing=SPACE.medium,
        )
        in_columns(self, self.controls, right, wide=1)
        self.show_progress()

    def set_images(self, rows: list[tuple[str, str]], *, has_classes: bool = False) -> None:
        """Fill the table of training images with (file name, caption) rows, or with (file name, class) rows, which
        cannot be edited.
        """
        self._is_filling = True
        self._thumbnails.clear()
        self.images.setRowCount(0)
        self.images.setHorizontalHeaderLabels(
            [self.tr("Picture"), self.tr("Class") if has_classes else self.tr("Caption")]
        )
        for name, caption in rows:
            first, second = QStandardItem(name), QStandardItem(caption)
            first.setEditable(False)
            second.setEditable(not has_classes)
            second.setToolTip("" if has_classes else self.tr("Double-click to change the caption"))
            self.images.appendRow([first, second])
        self._fit_names([name for name, _ in rows[:MEASURED_NAMES]])
        self.table.setVisible(bool(rows))
        self._is_filling = False

    def _fit_names(self, names: list[str]) -> None:
        """Make the column of file names as wide as these names, within NAME_WIDTHS."""
        metrics = self.table.fontMetrics()
        text = max((metrics.horizontalAdvance(name) for name in names), default=0)
        low, high = NAME_WIDTHS
        self.table.horizontalHeader().resizeSection(0, min(max(low, THUMBNAIL + text + 2 * SPACE.large), high))

    def show_introduction(self, is_visible: bool) -> None:
        """Show or hide the introduction, which replaces the diagnosis while no folder and no run is open."""
        self.introduction.setVisible(is_visible)
        self.finding.setVisible(not is_visible)

    def set_thumbnail(self, row: int, pixmap: QPixmap) -> None:
        """Show the thumbnail of the training image in this row of the table."""
        self._is_filling = True
        item = self.images.item(row, 0)
        if item is not None:
            self._thumbnails[row] = pixmap
            item.setIcon(self._on_plate(pixmap))
        self._is_filling = False

    def _on_plate(self, picture: QPixmap) -> QPixmap:
        """Return a thumbnail on the background that transparent images have in the gallery."""
        ground = self._theme.plate("", picture)
        if not ground:
            return picture
        shown = QPixmap(picture.size())
        shown.setDevicePixelRatio(picture.devicePixelRatio())
        shown.fill(self._theme.colour(ground))
        painter = QPainter(shown)
        painter.drawPixmap(0, 0, picture)
        painter.end()
        return shown

    def _on_theme(self) -> None:
        for row, picture in self._thumbnails.items():
            self.set_thumbnail(row, picture)

    def set_warning(self, text: str) -> None:
        """Show a warning about the training. "" hides it."""
        self.warning.setText(text)
        self.warning.setVisible(bool(text))

    def set_status(self, text: str) -> None:
        """Show the status of the run above its diagnosis."""
        self.status.setText(text)
        self.show_progress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_progress()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.controls.choose.isEnabled() and dropped_paths(event):
            self.introduction.drop_area.set_aimed(True)
            take_copy(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.introduction.drop_area.set_aimed(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.introduction.drop_area.set_aimed(False)
        take_copy(event)
        folders = [path if path.is_dir() else path.parent for path in dropped_paths(event)]
        self.folder_dropped.emit(folders[0], [folder for folder in dict.fromkeys(folders) if folder != folders[0]])

    def show_progress(self) -> None:
        """Show the status, the chart and the comparison of the training run, hiding those that are empty."""
        has_curve = not self.chart.is_empty()
        self.chart.setVisible(has_curve and self.height() >= LOW)
        self._comparison.setVisible(has_curve)
        self._header.setVisible(bool(self.status.text() or self.time.text()))

    def _on_changed(self, item: QStandardItem) -> None:
        if not self._is_filling and item.column() == 1:
            self.caption_edited.emit(item.row(), item.text())


class Sheet(QFrame):
    """Frame that shows the newest sample images of a training run, joined into one image as wide as the page, below a
    heading.
    """

    HEIGHT = 150

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label("", "muted")
        self._label.setAccessibleName(name)
        self._label.setToolTip(name)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._pixmap = QPixmap()
        stacked(label(name, "muted"), self._label, on=self, spacing=SPACE.hair)
        self.hide()

    def set_pixmap(self, pixmap: QPixmap) -> None:
        """Show the sample images of a training run, joined into one pixmap. An empty pixmap hides the frame."""
        self._pixmap = pixmap
        self.setVisible(not pixmap.isNull())
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        if not self._pixmap.isNull():
            size = self._pixmap.size().scaled(self.width(), self.HEIGHT, Qt.AspectRatioMode.KeepAspectRatio)
            mode = Qt.TransformationMode.SmoothTransformation
            self._label.setPixmap(self._pixmap.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode))
