"""Foldable section of the advanced settings, such as negative prompt, sampler parameters and device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.guidance_params import GUIDANCE
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.studio.model_compatibility import OF_GUIDANCE
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel import menu_entries
from gdm_studio.ui.create.panel.bound_setting_widgets import SETTING, bind, combo_of, settings_in, stepper_of
from gdm_studio.ui.create.panel.param_rows import ParamRows
from gdm_studio.ui.create.prompt.prompt_box import PromptBox
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate, within_text
from gdm_studio.ui.widgets import Choice, Collapsible, Combo, Labelled, elided_label, side_by_side
from gdm_studio.ui.widgets.labels import wrapped
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.slider_row import SliderRow
from gdm_studio.ui.widgets.toggles import Switch

# Device choices that stand for one or several actual devices.
ANY = ("auto", "all")
PARTS = {
    "vae": QT_TRANSLATE_NOOP("More", "Decodes latents into pictures"),
    "refiner": QT_TRANSLATE_NOOP("More", "The model that computes the last steps"),
}


class More(Collapsible):
    """Foldable section with the advanced generation settings, such as negative prompt, sampler parameters and device.

    Its header lists the settings that differ from the model's defaults or, if there are none, some of the settings that
    it contains. Signal: `changed()` when the user edits a setting.
    """

    changed = Signal()

    def __init__(self, theme: Theme, request_draft: RequestDraft, parent: QWidget | None = None) -> None:
        super().__init__(theme, title=translate("More", "Advanced"), parent=parent)
        self.negative = PromptBox(
            theme,
            title=translate("Setting", SETTINGS["negative_prompt"].title),
            placeholder=self.tr("What should it not show?"),
            tooltip=self.tr("What the picture should not show"),
            lines=2,
            reserves_chips=False,
        )
        # A run without guidance does not evaluate the negative prompt.
        self.negative_hint = wrapped(self.tr("Without guidance (1.0) the negative prompt has no effect"))
        self.negative_hint.hide()
        self.knobs = ParamRows(theme)
        self.controls = ParamRows(theme)
        self.size_box = Combo(
            theme, name=translate("Setting", SETTINGS["size"].title), tooltip=self.tr("Width and height in pixels")
        )
        self.tile_box = Combo(
            theme,
            name=translate("Setting", SETTINGS["tile"].title),
            tooltip=translate("Setting", SETTINGS["tile"].summary),
        )
        self.part_boxes = {
            name: Combo(theme, name=translate("Setting", SETTINGS[name].title), tooltip=translate("More", tooltip))
            for name, tooltip in PARTS.items()
        }
        self.grammar_box = combo_of(theme, SETTINGS["grammar"])
        self._grammar_field = _field("grammar", self.grammar_box)
        self.device_box = combo_of(theme, SETTINGS["device"])
        self.device_box.set_choices([Choice("auto", self.tr("Automatic"))])
        self.dtype_box = combo_of(theme, SETTINGS["dtype"])
        self.batch = stepper_of(theme, SETTINGS["batch"], least=self.tr("Auto"))
        self._request_draft = request_draft
        # False until the first paint, which the modules that describe changes would delay.
        self._is_started = False
        # True if any setting in this section differs from the model's default.
        self.is_changed = False
        self.attention = Switch(
            theme,
            name=translate("Setting", SETTINGS["attention"].title),
            tooltip=translate("Setting", SETTINGS["attention"].summary),
        )
        # Titles of the sampler's first two parameters, shown in the header.
        self._param_titles = ""
        self._size_field = _field("size", self.size_box)
        self.tile_overlap = stepper_of(theme, SETTINGS["tile_overlap"])
        self._overlap_field = _field("tile_overlap", self.tile_overlap)
        self._tile_row = side_by_side(_field("tile", self.tile_box), self._overlap_field)
        self._tile_row.hide()
        self._card: ModelCard | None = None
        self.add(self.negative, self.negative_hint, self._grammar_field, self.knobs, self.controls)
        self.controls.set_params(GUIDANCE)
        self._part_fields = {name: _field(name, box) for name, box in self.part_boxes.items()}
        self._parts_row = side_by_side(*self._part_fields.values())
        self.add(self._parts_row)
        self.set_parts({})
        self.add(side_by_side(_field("device", self.device_box), self._size_field))
        self.add(side_by_side(_field("dtype", self.dtype_box), _field("batch", self.batch)))
        self.add(self._tile_row)
        self._attention_field = _switch_row(self.tr("Show the effect of each word"), self.attention)
        self.add(self._attention_field)
        self._connect(request_draft)

    def _connect(self, request_draft: RequestDraft) -> None:
        """Bind the widgets to the settings of the draft."""
        request_draft.listen("size", self._show_size)
        request_draft.listen("tile", self._on_tile)
        request_draft.listen("device", lambda _: self._show_dtypes())
        for name in ("guidance_scale", "spacing"):
            request_draft.listen(name, lambda _: self.show_summary())
        self.size_box.setProperty(SETTING, "size")
        self.size_box.chosen.connect(lambda _: request_draft.change(size=self._chosen_size()))
        self.tile_box.setProperty(SETTING, "tile")
        self.tile_box.chosen.connect(lambda tile: request_draft.change(tile=int(tile)))
        bind(request_draft, "negative_prompt", self.negative)
        for name, box in self.part_boxes.items():
            bind(request_draft, name, box)
        bind(request_draft, "grammar", self.grammar_box)
        bind(request_draft, "device", self.device_box)
        bind(request_draft, "dtype", self.dtype_box)
        bind(request_draft, "batch", self.batch)
        bind(request_draft, "tile_overlap", self.tile_overlap)
        bind(request_draft, "attention", self.attention)
        bind(request_draft, "knobs", self.knobs)
        bind(request_draft, "controls", self.controls)
        for rows in (self.knobs, self.controls):
            rows.changed.connect(self.changed)
        boxes = (self.size_box, self.tile_box, self.grammar_box, self.device_box, self.dtype_box)
        for box in (*boxes, *self.part_boxes.values()):
            box.chosen.connect(self.changed)
        self.batch.changed.connect(self.changed)
        self.tile_overlap.changed.connect(self.changed)
        self.attention.clicked.connect(self.changed)
        self.negative.changed.connect(self.changed)
        self.changed.connect(self.show_summary)

    def set_params(self, params: tuple[Param, ...]) -> None:
        """Show sliders for the parameters of the selected sampler, such as eta."""
        self.knobs.set_params(params)
        self._param_titles = ", ".join(within_text(title) for title in self.knobs.titles()[:2])
        self.show_summary()

    def begin(self) -> None:
        """Begin to show the changed settings in the header, after the first paint."""
        self._is_started = True
        self.show_summary()

    def rows(self) -> list[SliderRow]:
        """Return the slider rows of the sampler and guidance parameters that are visible in the advanced settings."""
        return [row for rows in (self.knobs, self.controls) for row in rows.rows.values() if not row.isHidden()]

    def boxes(self) -> list[Combo]:
        """Return the combo boxes of the advanced settings that currently offer a choice."""
        parts = [box for name, box in self.part_boxes.items() if not self._part_fields[name].isHidden()]
        parts += [] if self._grammar_field.isHidden() else [self.grammar_box]
        found = [*parts, *[self.size_box, self.device_box, self.dtype_box][self.size_box.count() < 2 :]]
        return found if self._tile_row.isHidden() else [*found, self.tile_box]

    def show_summary(self) -> None:
        """Update the summary in the header of the advanced settings, which shows changed settings even while folded."""
        negative = self.negative_text()
        self.negative_hint.setVisible(bool(negative) and self._request_draft.request.guidance_scale == 1)
        phrases: list[str] = []
        if self._is_started:
            from gdm_studio.ui.create.panel.changed_settings import list_changes

            own = settings_in(self)
            phrases = [change.text for change in list_changes(self._request_draft) if change.name in own]
        self.is_changed = bool(phrases)
        self.set_summary(", ".join(phrases or self._offered_settings()), marked=bool(phrases))

    def _offered_settings(self) -> list[str]:
        """Return the titles of the most important advanced settings. The section's header lists them while no setting
        is changed.
        """
        offered = []
        if self._request_draft.card is None or self._request_draft.card.accepts.guidance:
            offered.append(self._title_of("guidance_scale"))
        if not self.negative.isHidden():
            offered.append(self._title_of("negative_prompt"))
        if self._param_titles:
            offered.append(self._param_titles)
        return [*offered, self._title_of("device")]

    def _title_of(self, name: str) -> str:
        return within_text(translate("Setting", SETTINGS[name].title))

    def set_guided(self, guided: bool) -> None:
        """Show the parameters of classifier-free guidance, or hide them if guidance is off and they have no effect."""
        names = [param.name for param in GUIDANCE]
        self.controls.show_only([name for name in names if guided or not name.startswith(OF_GUIDANCE)])

    def set_negative(self, is_accepted: bool) -> None:
        """Show the negative prompt's field, or hide it if the model accepts none.

        Its text is retained for other models.
        """
        self.negative.setVisible(is_accepted)
        self.show_summary()

    def set_attention_available(self, on: bool) -> None:
        """Show the switch that records attention maps, or hide it for a model without a prompt."""
        self._attention_field.setVisible(on)

    def set_grammar(self, has_grammar: bool) -> None:
        """Show or hide the menu for the prompt's grammar: weights in brackets, or plain words."""
        self._grammar_field.setVisible(has_grammar)
        self.show_summary()

    def negative_text(self) -> str:
        """Return the negative prompt that the user typed, or "" if the model accepts none."""
        return "" if self.negative.isHidden() else self.negative.text()

    def set_card(self, card: ModelCard) -> None:
        """Offer the image sizes and the tiles of a model."""
        self._card = card
        self._tile_row.setVisible(card.accepts.tiles)
        self._show_tiles(self._request_draft["tile"])
        self._offer_sizes()

    def offer_size(self, size: tuple[int, int]) -> None:
        """Offer an image size (width, height) beside those of the model."""
        self._offer_sizes(size)

    def _on_tile(self, tile: int) -> None:
        size = self._request_draft["size"]
        self._show_tiles(tile)
        self._offer_sizes(*([size] if size and self._card and self._card.can_generate(size, tile) else []))

    def _show_tiles(self, tile: int) -> None:
        card = self._card
        if card is None:
            return
        squares = [width for width, height in card.sizes() if width == height]
        tiles = sorted({*(squares or [card.size]), *([tile] if tile else [])})
        pixels = self.tr("{side} pixels")
        whole = Choice("0", self.tr("None"))
        self.tile_box.set_choices([whole, *(Choice(str(each), pixels.format(side=each)) for each in tiles)])
        self.tile_box.set_choice(str(tile))
        self._overlap_field.setVisible(bool(tile))

    def _offer_sizes(self, *more: tuple[int, int]) -> None:
        """Fill the size menu with the sizes (width, height) of the model, multiples of its default size that it can
        generate in tiles, and `more` sizes.

        If there is only one size, the menu is hidden and the draft's size is None.
        """
        card, tile = self._card, self._request_draft["tile"]
        if card is None:
            return
        sizes = menu_entries.image_sizes(card, tile, *more)
        self.size_box.set_choices([Choice(f"{w}x{h}", f"{w} × {h}") for w, h in sizes])
        self._size_field.setVisible(len(sizes) > 1)
        self._request_draft.put(size=self._chosen_size() if len(sizes) > 1 else None)

    def set_parts(self, names: Mapping[str, Sequence[str]], *, own_vae: bool = True) -> None:
        """Fill the menus of the VAEs and refiners that can replace parts of the model.

        `names` lists them by setting name. A selected part remains in its menu. `own_vae` is False for a model without
        its own VAE.
        """
        for name, box in self.part_boxes.items():
            current = self._request_draft[name] if name in names else ""
            names_with_current = dict.fromkeys([*names.get(name, ()), *([current] if current else [])])
            own = Choice("", self.tr("Its own") if name == "vae" and own_vae else self.tr("None"))
            box.set_choices([own, *(Choice(each, each) for each in names_with_current)])
            box.set_choice(current)
            self._part_fields[name].setVisible(bool(names_with_current))
        self._parts_row.setVisible(any(not field.isHidden() for field in self._part_fields.values()))

    def set_devices(self, choices: list[Choice]) -> None:
        """Fill the device menu with these devices, and the precision menu with the precisions that they support."""
        self.device_box.set_choices(choices)
        # The menu may not have had this entry before.
        self.device_box.set_choice(self._request_draft["device"])
        self._show_dtypes()

    def _show_dtypes(self) -> None:
        """Fill the precision menu with the precisions of the selected device or, without a particular device, of all
        devices.
        """
        devices = [choice.id for choice in self.device_box.choices() if choice.id not in ANY]
        device = self._request_draft["device"]
        self.dtype_box.set_choices(menu_entries.dtype_choices(devices if device in ANY else device.split(",")))

    def _chosen_size(self) -> tuple[int, int]:
        width, height = self.size_box.choice().split("x")
        return int(width), int(height)

    def _show_size(self, size: tuple[int, int] | None) -> None:
        if size is not None:
            self.size_box.set_choice("{}x{}".format(*size))


def _field(name: str, widget: QWidget) -> Labelled:
    return Labelled(translate("Setting", SETTINGS[name].title), widget)


def _switch_row(title: str, switch: Switch) -> QWidget:
    row = QWidget()
    in_row(elided_label(title, buddy=switch), ..., switch, on=row)
    return row
