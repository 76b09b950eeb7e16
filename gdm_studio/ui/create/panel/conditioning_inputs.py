"""Conditioning inputs other than the prompt: a class label, numeric factors and control images."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.request.conditioning import MAX_CONTROL_IMAGES, PREPROCESSORS, REFERENCE, WEIGHTS, ControlImage
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.request.hires import SECOND_PASS_SCALE
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel.bound_setting_widgets import bind, combo_of
from gdm_studio.ui.create.panel.param_rows import ParamRows
from gdm_studio.ui.create.panel.start_image_panel import PictureView
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate, within_text
from gdm_studio.ui.widgets import Choice, Collapsible, Combo, IconButton, Labelled, label, mark
from gdm_studio.ui.widgets.file_drops import picture_in, pictures_in, take_copy
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.slider_row import SliderRow

if TYPE_CHECKING:
    import numpy as np

# Untitled groups with up to this many factors are initially unfolded.
MAX_OPEN = 4
# Minimum length of the part of a run in which a control image acts, as a fraction of the run.
SHORTEST = 0.05
# Icon of the button that moves a reference image up.
UP = "chevron-up"


class Conditions(QWidget):
    """Panel for the inputs besides the prompt that condition the image: class label, numeric factors and control
    images.

    It is hidden if the model has no such inputs. The draft retains their values while another model is selected. The
    panel places `label_field`, the class label, itself. `groups` maps headings to groups of factors, and `hints` is the
    list of control images. Signal: `changed()` when the user edits an input.
    """

    changed = Signal()

    def __init__(self, theme: Theme, request_draft: RequestDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._request_draft = request_draft
        self.label_box = combo_of(theme, SETTINGS["label"])
        self.upscaler_box = combo_of(theme, SETTINGS["upscaler"])
        self._upscaler_field = Labelled(translate("Setting", SETTINGS["upscaler"].title), self.upscaler_box)
        self.groups: dict[str, FactorGroup] = {}
        self.hints = ControlImageList(theme)
        self.label_field = Labelled(translate("Setting", SETTINGS["label"].title), self.label_box)
        self._hints_field = Labelled(self.tr("Control"), self.hints)
        self._column = stacked(self._hints_field, on=self, spacing=14)
        bind(request_draft, "label", self.label_box)
        bind(request_draft, "upscaler", self.upscaler_box)
        request_draft.listen("factors", self._show_factors)
        request_draft.listen("hints", self.hints.set_hints)
        self._add_group("")
        # The upscaler belongs to the factors of the second pass.
        self._add_group(SECOND_PASS_SCALE.group)
        self.groups[SECOND_PASS_SCALE.group].add(self._upscaler_field)
        self.upscaler_box.chosen.connect(self.changed)
        self.label_box.chosen.connect(self.changed)
        self.hints.changed.connect(self._put_control_images)
        self.set_accepts(Capabilities())

    def set_accepts(self, accepts: Capabilities) -> None:
        """Show the conditioning inputs that the selected model accepts, filled with the current settings."""
        self.label_box.set_choices([Choice("", self.tr("Any")), *(Choice(name, name) for name in accepts.labels)])
        self.label_box.set_choice("")
        self.label_box.set_choice(self._request_draft["label"])
        self.label_field.setVisible(bool(accepts.labels))
        for heading in dict.fromkeys(param.group for param in accepts.factors):
            self._add_group(heading)
        for heading, group in self.groups.items():
            group.set_params(tuple(param for param in accepts.factors if param.group == heading))
        self._show_factors(self._request_draft["factors"])
        self.hints.set_kinds(accepts.hints, accepts.references, accepts.image_prompts)
        self._hints_field.title.setText(self.tr("References") if self.hints.takes_references else self.tr("Control"))
        self.hints.set_hints(self._request_draft["hints"])
        self._hints_field.setVisible(bool(accepts.hints))
        self.setVisible(bool(accepts.factors or accepts.hints))

    def set_upscalers(self, names: Collection[str]) -> None:
        """Fill the menu of upscalers for the second pass (high-resolution fix), and keep the selected upscaler in
        it.
        """
        current = self._request_draft["upscaler"]
        plain = Choice("", self.tr("Interpolation"), self.tr("No network; quick and soft"))
        names_with_current = dict.fromkeys([*names, *([current] if current else [])])
        self.upscaler_box.set_choices([plain, *(Choice(each, each) for each in names_with_current)])
        self.upscaler_box.set_choice(current)
        self._upscaler_field.setVisible(bool(names))

    def boxes(self) -> list[Combo]:
        """Return the visible combo boxes for conditioning inputs: class label and upscaler."""
        fields = ((self.label_field, self.label_box), (self._upscaler_field, self.upscaler_box))
        return [box for field, box in fields if not field.isHidden()]

    def rows(self) -> list[SliderRow]:
        """Return the slider rows of all numeric conditioning factors and all control images."""
        factors = [row for group in self.groups.values() for row in group.knobs.rows.values()]
        return [*factors, *self.hints.rows()]

    def _add_group(self, heading: str) -> None:
        if heading not in self.groups:
            group = self.groups[heading] = FactorGroup(self._theme, heading)
            self._column.insertWidget(len(self.groups) - 1, group)
            group.knobs.changed.connect(lambda: self._on_factors(group))

    def _show_factors(self, values: Mapping[str, float]) -> None:
        for group in self.groups.values():
            group.show_values(values)

    def _on_factors(self, group: FactorGroup) -> None:
        self._request_draft.change(factors=self._request_draft["factors"] | group.knobs.values())
        self.changed.emit()

    def _put_control_images(self) -> None:
        others = tuple(hint for hint in self._request_draft["hints"] if hint.kind not in self.hints.kinds)
        self._request_draft.put(hints=(*self.hints.hints(), *others))
        self.changed.emit()


class FactorGroup(Collapsible):
    """Foldable group of sliders, one for each numeric conditioning factor under the same heading.

    Groups with a heading or with more than MAX_OPEN factors are initially folded.
    """

    def __init__(self, theme: Theme, heading: str) -> None:
        title = translate("Setting", heading) if heading else translate("FactorGroup", "Factors")
        super().__init__(theme, title=title)
        # Maximum number of factors with which the group is initially unfolded.
        self._open_limit = 0 if heading else MAX_OPEN
        self.knobs = ParamRows(theme)
        self.add(self.knobs)

    def set_params(self, knobs: tuple[Param, ...]) -> None:
        """Replace the sliders of this group of conditioning factors. A group without sliders is hidden."""
        if list(self.knobs.rows) != [param.name for param in knobs]:
            self.set_open(len(knobs) <= self._open_limit)
        self.knobs.set_params(knobs)
        self.setVisible(bool(knobs))

    def show_values(self, values: Mapping[str, float]) -> None:
        """Set the group's sliders to the given values, and list the values that differ from the defaults in the group's
        header.
        """
        self.knobs.set_values(values)
        changes = self.knobs.change_texts()
        self.set_summary(", ".join(changes) or within_text(", ".join(self.knobs.titles())), marked=bool(changes))


class ControlImageList(QWidget):
    """List of control images, with one row per image, onto which image files can be dropped.

    Signals: `changed()` when the user edits the list, `picture_asked()` to choose a file, `pictures_dropped(list)`,
    the paths of image files, and `pictures_wanted()` when thumbnails must be loaded.
    """

    changed = Signal()
    picture_asked = Signal()
    pictures_dropped = Signal(list)
    pictures_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.kinds: tuple[str, ...] = ()
        self._image_prompts: tuple[str, ...] = ()
        self._max_count = MAX_CONTROL_IMAGES
        self._rows: list[ControlImageRow] = []
        self.add_button = IconButton(
            theme, "image-plus", tooltip=self.tr("A picture to follow"), text=self.tr("Follow a picture…"), size=14
        )
        self.add_button.setProperty("role", "chip")
        self.add_button.setFont(theme.font(12, 500))
        self.add_button.setFixedHeight(30)
        self.clear_button = mark(theme, "x", self.tr("Remove all"), size=14)
        self.clear_button.hide()
        self._column = stacked(in_row(self.add_button, ..., self.clear_button, spacing=4), on=self, spacing=6)
        self.setAcceptDrops(True)
        self.clear_button.clicked.connect(self._clear)
        self.add_button.clicked.connect(self.picture_asked)

    @property
    def takes_references(self) -> bool:
        """True if the model takes an ordered list of whole reference images rather than control images."""
        return self.kinds == (REFERENCE,)

    def set_kinds(self, kinds: tuple[str, ...], references: int = 0, image_prompts: tuple[str, ...] = ()) -> None:
        """Set the kinds of control images that the model accepts, the maximum number of reference images, and those
        kinds that are IP-Adapters, whose images are image prompts.

        Call `set_hints` next to update the rows.
        """
        self.kinds = kinds
        self._image_prompts = image_prompts
        self._max_count = references if self.takes_references else MAX_CONTROL_IMAGES
        names = self.tr(" or ").join(kinds)
        tooltip = self.tr("A control image ({kinds}) to follow; it can be dropped here").format(kinds=names)
        if self.takes_references:
            tooltip = self.tr("A picture that the model sees; it can be dropped here")
        self.add_button.setToolTip(tooltip)
        self.setVisible(bool(kinds))

    def set_hints(self, hints: tuple[ControlImage, ...]) -> None:
        """Show a row for each control image that the model accepts, and request missing thumbnails."""
        accepted = tuple(hint for hint in hints if hint.kind in self.kinds)
        if accepted != self.hints():
            for row in self._rows:
                row.hide()
                row.deleteLater()
            self._rows = []
            for hint in accepted:
                self._add_row(hint)
            self.pictures_wanted.emit()
        self._show_count()

    def add(self, image: str) -> None:
        """Add the stored image named `image` to the control images, unless the list is full, and emit `changed`."""
        if not self.is_full() and self.kinds:
            self.set_hints((*self.hints(), ControlImage(self.kinds[0], image)))
            self.changed.emit()

    def is_full(self) -> bool:
        """Return True if the model takes no further control image."""
        return len(self._rows) >= self._max_count

    def remove(self, image: str) -> None:
        """Remove the stored image named `image` from the control images and emit `changed`."""
        self.set_hints(tuple(hint for hint in self.hints() if hint.image != image))
        self.changed.emit()

    def hints(self) -> tuple[ControlImage, ...]:
        """Return the displayed control images with their current kinds and weights."""
        return tuple(row.hint() for row in self._rows)

    def missing_pixels(self) -> list[tuple[str, str]]:
        """Return the control image thumbnails to be loaded, as pairs (stored image name, preprocessor or "none")."""
        return list(dict.fromkeys(each for row in self._rows for each in row.missing_pixels()))

    def set_picture(self, image: str, preprocessor: str, rgba: np.ndarray) -> None:
        """Set a control image's thumbnail, RGBA (height, width, 4).

        It shows the result of `preprocessor`, or the image itself for "none".
        """
        for row in self._rows:
            if (image, preprocessor) in row.missing_pixels():
                row.set_picture(preprocessor, rgba)

    def rows(self) -> list[SliderRow]:
        sliders = [slider for row in self._rows for slider in (row.weight, row.start, row.end)]
        return [] if self.takes_references else sliders

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.kinds and picture_in(event.mimeData()) is not None:
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := pictures_in(event.mimeData()):
            take_copy(event)
            self.pictures_dropped.emit(paths)

    def _add_row(self, hint: ControlImage) -> None:
        row = ControlImageRow(self._theme, hint, self.kinds, self._image_prompts)
        row.changed.connect(self.changed)
        row.moved_up.connect(lambda: self._move_up(row))
        row.picture_wanted.connect(self.pictures_wanted)
        row.removed.connect(lambda: self._remove_row(row))
        self._column.insertWidget(len(self._rows), row)
        self._rows.append(row)

    def _remove_row(self, row: ControlImageRow) -> None:
        self._rows.remove(row)
        row.hide()
        row.deleteLater()
        self._show_count()
        self.changed.emit()

    def _move_up(self, row: ControlImageRow) -> None:
        hints = list(self.hints())
        place = self._rows.index(row)
        hints[place - 1 : place + 1] = hints[place], hints[place - 1]
        self.set_hints(tuple(hints))
        self.changed.emit()

    def _clear(self) -> None:
        self.set_hints(())
        self.changed.emit()

    def _show_count(self) -> None:
        """Number the control images in the list, and disable the Add button when the list is full."""
        count = len(self._rows)
        self.add_button.setEnabled(count < self._max_count)
        text = self.tr("Follow a picture…")
        if self.takes_references:
            text = self.tr("Reference ({count} of {most})…").format(count=count, most=self._max_count)
        self.add_button.setText(text)
        self.clear_button.setVisible(count > 1)
        for place, row in enumerate(self._rows):
            row.set_place(place)


class ControlImageRow(QFrame):
    """Row with the settings of one control image and a thumbnail of its preprocessor's result.

    Signals: `changed()` and `removed()` when the user edits or removes the control image, and `picture_wanted()` when
    the result of another preprocessor must be loaded. A reference image has no settings except its position, which
    `moved_up()` requests to change. An image prompt has no preprocessor.
    """

    changed = Signal()
    removed = Signal()
    moved_up = Signal()
    picture_wanted = Signal()

    def __init__(
        self, theme: Theme, hint: ControlImage, kinds: tuple[str, ...], image_prompts: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        self._image_prompts = image_prompts
        self.image = hint.image
        self._hint = hint
        # Preprocessors whose results are loaded, with "none" for the image itself.
        self._loaded_names: set[str] = set()
        self._picture_view = PictureView(theme)
        self.result = PictureView(theme)
        self.result.setToolTip(self.tr("What the model is given"))
        self.result.setAccessibleName(self.result.toolTip())
        self._kind_field = Combo(
            theme, name=self.tr("Kind of control image"), tooltip=self.tr("What the picture shows the model")
        )
        self._kind_field.set_choices([Choice(kind, kind) for kind in kinds])
        self._kind_field.set_choice(hint.kind)
        low, high = WEIGHTS
        self.weight = SliderRow(
            theme,
            title=self.tr("Weight"),
            low=low,
            high=high,
            default=1.0,
            decimals=2,
            step=0.05,
            tooltip=self.tr("How closely it is followed: 0 not at all"),
        )
        self.weight.set_value(hint.weight)
        self.preprocessor = Combo(
            theme, name=self.tr("Preprocessor"), tooltip=self.tr("What is done to the picture before the model sees it")
        )
        self.preprocessor.set_choices(
            [Choice(each, translate("Setting", PREPROCESSORS[each])) for each in PREPROCESSORS]
        )
        self.preprocessor.set_choice("none" if hint.kind in image_prompts else hint.preprocessor)
        self.start = self._create_fraction_slider(
            theme, self.tr("From"), hint.start, (0.0, 1 - SHORTEST), 0.0, self.tr("Part of the steps before it acts")
        )
        self.end = self._create_fraction_slider(
            theme, self.tr("To"), hint.end, (SHORTEST, 1.0), 1.0, self.tr("Part of the steps after which it ends")
        )
        remove = mark(theme, "x", self.tr("Stop following this picture"), size=14)
        self._place_label = label("", "strong")
        self.move_button = mark(theme, UP, self.tr("Move up"), size=14)
        head = in_row((self._place_label, 1), (self._kind_field, 1), self.move_button, remove)
        self.prompt_label = label(self.tr("Image prompt"), "muted")
        self.prompt_label.setToolTip(self.tr("The next pictures show what this one shows, or have its style"))
        right = stacked(head, self.preprocessor, self.prompt_label, self.weight, spacing=4)
        pictures = stacked(self._picture_view, self.result, ..., spacing=6)
        top = in_row(pictures, (right, 1), spacing=SPACE.gap)
        stacked(
            top, in_row((self.start, 1), (self.end, 1), spacing=SPACE.gap), on=self, margins=(8, 6, 8, 6), spacing=2
        )
        self.result.setVisible(self.preprocessor.choice() != "none")
        is_reference = hint.kind == REFERENCE
        for part in (self._kind_field, self.preprocessor, self.weight, self.start, self.end):
            part.setVisible(not is_reference)
        self._place_label.setVisible(is_reference)
        self._show_preprocessor()
        self.move_button.setVisible(False)
        self.move_button.clicked.connect(self.moved_up)
        self._kind_field.chosen.connect(self._on_kind)
        self.weight.changed.connect(self.changed)
        self.preprocessor.chosen.connect(self._on_preprocessor)
        self.start.changed.connect(lambda start: self._keep_apart(self.end, max(self.end.value(), start + SHORTEST)))
        self.end.changed.connect(lambda end: self._keep_apart(self.start, min(self.start.value(), end - SHORTEST)))
        remove.clicked.connect(self.removed)

    def hint(self) -> ControlImage:
        return replace(
            self._hint,
            kind=self._kind_field.choice(),
            weight=self.weight.value(),
            preprocessor=self.preprocessor.choice(),
            start=self.start.value(),
            end=self.end.value(),
        )

    def set_place(self, index: int) -> None:
        """Show the number of a reference image from its index `index`, which counts from 0.

        Every image except the first gets a button that moves it up.
        """
        self._place_label.setText(self.tr("Picture {number}").format(number=index + 1))
        self.move_button.setVisible(self._hint.kind == REFERENCE and index > 0)

    def missing_pixels(self) -> list[tuple[str, str]]:
        """Return this control image's thumbnails to be loaded, as pairs (stored image name, preprocessor or "none")."""
        wanted = dict.fromkeys(("none", self.preprocessor.choice()))
        return [(self.image, each) for each in wanted if each not in self._loaded_names]

    def set_picture(self, preprocessor: str, rgba: np.ndarray) -> None:
        self._loaded_names.add(preprocessor)
        view = self._picture_view if preprocessor == "none" else self.result
        view.set_pictures(rgba, None)

    def _on_kind(self) -> None:
        if self._kind_field.choice() in self._image_prompts:
            self.preprocessor.set_choice("none")
            self.result.hide()
        self._show_preprocessor()
        self.changed.emit()

    def _show_preprocessor(self) -> None:
        """Show the menu of preprocessors, or for an image prompt a label in its place."""
        is_prompt = self._kind_field.choice() in self._image_prompts
        self.prompt_label.setVisible(is_prompt)
        self.preprocessor.setVisible(not is_prompt and self._hint.kind != REFERENCE)

    def _on_preprocessor(self, chosen: str) -> None:
        self._loaded_names &= {"none"}
        self.result.set_pictures(None, None)
        self.result.setVisible(chosen != "none")
        self.changed.emit()
        self.picture_wanted.emit()

    def _keep_apart(self, other: SliderRow, value: float) -> None:
        """Move the slider `other` to `value`, so that the start of the control image's effect remains before
        its end.
        """
        other.set_value(round(value, 2))
        self.changed.emit()

    def _create_fraction_slider(
        self, theme: Theme, title: str, value: float, limits: tuple[float, float], default: float, tooltip: str
    ) -> SliderRow:
        low, high = limits
        row = SliderRow(theme, title=title, low=low, high=high, default=default, decimals=2, step=0.05, tooltip=tooltip)
        row.set_value(value)
        return row
