"""What the left panel folds away: the negative prompt, the finer settings of scheduler and guidance, the machine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.maths.guidance import GUIDANCE
from gdm_studio.maths.knobs import Knob
from gdm_studio.models.accepts import PLAIN
from gdm_studio.request import SETTINGS
from gdm_studio.studio.draft import Draft
from gdm_studio.studio.fitting import OF_GUIDANCE
from gdm_studio.ui.create.panel import menus
from gdm_studio.ui.create.panel.binding import bind
from gdm_studio.ui.create.panel.knob_rows import KnobRows
from gdm_studio.ui.create.panel.setting_widgets import combo_of, stepper_of
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Choice, Combo, Folded, Labelled, PromptBox, SliderRow, label, side_by_side
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.switch import Switch

ANY = ("auto", "all")  # devices that stand for others
PARTS = {"vae": "What turns latents into pictures", "refiner": "The model that makes the last steps"}


class More(Folded):
    """Its head says what is set in it, or else what can be. Signals: `changed()`, by people only.

    Parts: `negative`, `grammar_box`, `knobs`, `controls` (KnobRows), `size_box`, `device_box`, `dtype_box`, `batch`,
    `attention` (Switch), `part_boxes` of the VAE and the refiner. Setters: `set_knobs(knobs)`, `set_guided(bool)`,
    `set_negative(bool)`, `set_grammar(bool)`, `set_sizes(list)`, `set_parts(names)`, `set_devices(choices)`,
    `show_summary()`.
    """

    changed = Signal()

    def __init__(self, theme: Theme, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(theme, title="More", parent=parent)
        self.negative = PromptBox(
            theme,
            title=SETTINGS["negative_prompt"].title,
            placeholder="What should it not show?",
            tooltip="What the picture should keep away from",
            lines=2,
        )
        self.knobs, self.controls = KnobRows(theme), KnobRows(theme)
        self.size_box = Combo(theme, name="Size", tooltip="Width and height in pixels")
        self.part_boxes = {name: Combo(theme, name=SETTINGS[name].title, tooltip=tip) for name, tip in PARTS.items()}
        self.grammar_box = combo_of(theme, SETTINGS["grammar"])
        self._grammar_field = _field("grammar", self.grammar_box)
        self.device_box = combo_of(theme, SETTINGS["device"])
        self.device_box.set_choices([Choice("auto", "Automatic")])
        self.dtype_box = combo_of(theme, SETTINGS["dtype"])
        self.batch = stepper_of(theme, SETTINGS["batch"], least="Auto")
        self._draft = draft
        self.is_set = False  # whether anything in it is not as the model begins
        self.attention = Switch(theme, name=SETTINGS["attention"].title, tooltip=SETTINGS["attention"].summary)
        self._own = ""  # the first settings of the scheduler
        self._ways: list[str] = []  # of working, that are in use
        self._size_field = Labelled("Size", self.size_box)
        self.add(self.negative, self._grammar_field, self.knobs, self.controls)
        self.controls.set_knobs(GUIDANCE)
        self._part_fields = {name: _field(name, box) for name, box in self.part_boxes.items()}
        self._parts_row = side_by_side(*self._part_fields.values())
        self.add(self._parts_row)
        self.set_parts({})
        self.add(side_by_side(_field("device", self.device_box), self._size_field))
        self.add(side_by_side(_field("dtype", self.dtype_box), _field("batch", self.batch)))
        self._words_field = _switched("See what each word does", self.attention)
        self.add(self._words_field)
        draft.listen("size", self._show_size)
        draft.listen("device", lambda _: self._show_dtypes())
        for name in ("guidance_scale", "spacing"):
            draft.listen(name, lambda _: self.show_summary())
        self.size_box.chosen.connect(lambda _: draft.change(size=self._chosen_size()))
        bind(draft, "negative_prompt", self.negative)
        for name, box in self.part_boxes.items():
            bind(draft, name, box)
        bind(draft, "grammar", self.grammar_box)
        bind(draft, "device", self.device_box)
        bind(draft, "dtype", self.dtype_box)
        bind(draft, "batch", self.batch)
        bind(draft, "attention", self.attention)
        bind(draft, "knobs", self.knobs)
        bind(draft, "controls", self.controls)
        for rows in (self.knobs, self.controls):
            rows.changed.connect(self.changed)
        for box in (self.size_box, self.grammar_box, *self.part_boxes.values(), self.device_box, self.dtype_box):
            box.chosen.connect(self.changed)
        self.batch.changed.connect(self.changed)
        self.attention.clicked.connect(self.changed)
        self.negative.changed.connect(self.changed)
        self.changed.connect(self.show_summary)

    def set_knobs(self, knobs: tuple[Knob, ...]) -> None:
        """The chosen scheduler's own settings."""
        self.knobs.set_knobs(knobs)
        self._own = ", ".join(knob.title.lower() for knob in knobs[:2])
        self.show_summary()

    def rows(self) -> list[SliderRow]:
        """The settings of scheduler and guidance that mean something now."""
        return [row for rows in (self.knobs, self.controls) for row in rows.rows.values() if not row.isHidden()]

    def boxes(self) -> list[Combo]:
        """The lists of which there is something to choose."""
        parts = [box for name, box in self.part_boxes.items() if not self._part_fields[name].isHidden()]
        parts += [] if self._grammar_field.isHidden() else [self.grammar_box]
        return [*parts, *[self.size_box, self.device_box, self.dtype_box][self.size_box.count() < 2 :]]

    def show_summary(self) -> None:
        """Says in the head what is set in here: it works on while it is folded away."""
        found = [*self._ways]
        found += [f"without “{self.negative_text()}”"] if self.negative_text() else []
        found += [f"{box.accessibleName()} {box.choice()}" for box in self.part_boxes.values() if box.choice()]
        found += ["plain words"] if self.grammar_box.choice() == PLAIN and not self._grammar_field.isHidden() else []
        found += self._departures()
        found += [words for rows in (self.knobs, self.controls) for words in rows.words()]
        found += [box.currentText() for box in (self.device_box, self.dtype_box) if box.choice() not in ("", "auto")]
        found += [f"{self.batch.value()} at once"] if self.batch.value() else []
        found += ["words"] if self.attention.isChecked() else []
        is_guided = self._draft.card is None or self._draft.card.accepts.guidance
        asked = ("guidance" if is_guided else "", "" if self.negative.isHidden() else "negative prompt")
        offered = [*asked, self._own, "device"]
        self.is_set = bool(found)
        self.set_summary(", ".join(found or filter(None, offered)), marked=bool(found))

    def _departures(self) -> list[str]:
        """The settings of the panel that stand in here and are not as the model begins, as people say them."""
        guidance, spacing = self._draft["guidance_scale"], self._draft["spacing"]
        found = [f"guidance {guidance:g}"] if guidance != self._draft.default("guidance_scale") else []
        return [*found, SETTINGS["spacing"].said(spacing)] if spacing != self._draft.default("spacing") else found

    def set_ways(self, ways: list[str]) -> None:
        """The ways of working that are in use: they have their buttons in here."""
        self._ways = ways
        self.show_summary()

    def set_guided(self, guided: bool) -> None:
        """Whether guidance does anything: what shapes it is shown only then."""
        names = [knob.name for knob in GUIDANCE]
        self.controls.show_only([name for name in names if guided or not name.startswith(OF_GUIDANCE)])

    def set_negative(self, there: bool) -> None:
        """Whether the model knows a negative prompt; what was written stays for one that does."""
        self.negative.setVisible(there)
        self.show_summary()

    def set_words(self, on: bool) -> None:
        """Whether the model reads any, so that one may see what each does."""
        self._words_field.setVisible(on)

    def set_grammar(self, there: bool) -> None:
        """Whether the model's prompts have a grammar, without which they can be written too."""
        self._grammar_field.setVisible(there)
        self.show_summary()

    def negative_text(self) -> str:
        """The negative prompt, where the model knows one."""
        return "" if self.negative.isHidden() else self.negative.text()

    def set_sizes(self, sizes: tuple[tuple[int, int], ...]) -> None:
        """The sizes (width, height) to choose from; None is chosen where there is but one."""
        self.size_box.set_choices([Choice(f"{w}x{h}", f"{w} × {h}") for w, h in sizes])
        self._size_field.setVisible(len(sizes) > 1)
        self._draft.put(size=self._chosen_size() if len(sizes) > 1 else None)

    def set_parts(self, names: Mapping[str, Sequence[str]], *, own_vae: bool = True) -> None:
        """Of what the model takes in place of a part of its own: the names to choose from, by the setting."""
        for name, box in self.part_boxes.items():
            now = self._draft[name] if name in names else ""
            others = dict.fromkeys([*names.get(name, ()), *([now] if now else [])])
            own = Choice("", "Its own" if name == "vae" and own_vae else "None")
            box.set_choices([own, *(Choice(each, each) for each in others)])
            box.set_choice(now)
            self._part_fields[name].setVisible(bool(others))
        self._parts_row.setVisible(any(not field.isHidden() for field in self._part_fields.values()))

    def set_devices(self, choices: list[Choice]) -> None:
        """The devices to choose from."""
        self.device_box.set_choices(choices)
        self._show_dtypes()

    def _show_dtypes(self) -> None:
        """Of the device that is chosen, or of all that it can be."""
        here = [choice.id for choice in self.device_box.choices() if choice.id not in ANY]
        device = self._draft["device"]
        self.dtype_box.set_choices(menus.dtype_choices(here if device in ANY else device.split(",")))

    def _chosen_size(self) -> tuple[int, int]:
        width, height = self.size_box.choice().split("x")
        return int(width), int(height)

    def _show_size(self, size: tuple[int, int] | None) -> None:
        if size is not None:
            self.size_box.set_choice("{}x{}".format(*size))


def _field(name: str, widget: QWidget) -> Labelled:
    return Labelled(SETTINGS[name].title, widget)


def _switched(title: str, switch: Switch) -> QWidget:
    made = QWidget()
    words = label(title, buddy=switch)
    in_row(words, ..., switch, on=made)
    return made
