"""The left panel: everything that makes a picture, in the order in which people reach for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Path
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.card import ModelCard
from gdm_studio.request import DTYPES, GUIDANCE, MAX_COUNT, MAX_STEPS, TEMPERATURES, Request
from gdm_studio.ui.curve import NoiseCurve
from gdm_studio.ui.theme import SPACE, Theme
from gdm_studio.ui.widgets import (
    Choice,
    Combo,
    Folded,
    GenerateButton,
    Labelled,
    PromptBox,
    SeedField,
    SliderRow,
    Stepper,
)
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

ANY_STYLE = Choice("", "Any style", "The model picks what suits the prompt")
WORDS_READ = {"icons": 15}  # of a prompt, by the model's family; rare words take the room of two or three
PRECISIONS = {"auto": "Automatic", "fp32": "Full (32 bit)", "bf16": "Half (bfloat16)"}
PRECISION_TIP = (
    "Automatic is full precision, which makes the same picture on every device; half is faster and a little less exact"
)
TEMPERATURE_TIP = (
    "How freely the picture may vary: 1 is what the model learnt, lower keeps to the most likely, "
    "higher brings rarer pictures"
)


class Controls(QFrame):
    """The settings of the next pictures.

    Signals: `changed()` any setting, `model_chosen(str)`, `generate()`, `stop()`; all by people.
    Setters: `set_models(cards)`, `set_model(card)` brings its styles, sizes and defaults, `set_devices(choices)`,
    `set_request(request)`, `set_path(path)`, `reset()`. Reader: `request()`.
    """

    changed = Signal()
    model_chosen = Signal(str)
    generate = Signal()
    stop = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(SPACE.controls_width)
        self._theme = theme
        self._card: ModelCard | None = None
        self._knobs: dict[str, SliderRow] = {}
        self._sampler = Request().sampler
        self._make_first(theme)
        self._make_numbers(theme)
        self._make_more(theme)
        self._lay_out()
        self._connect()
        self.set_request(Request())
        self._on_sampler_changed(keep=True)

    # data in and out

    def request(self) -> Request:
        """The settings as they stand."""
        return Request(
            prompt=self.prompt.text(),
            negative_prompt=self.negative.text(),
            style=self.style_box.choice(),
            model=self.model_box.choice() or Request().model,
            seed=self.seed.seed(),
            count=self.count.value(),
            batch=self.batch.value(),
            size=self._size(),
            sampler=self.sampler_box.choice(),
            spacing=self.spacing_box.choice(),
            steps=round(self.steps.value()),
            knobs={name: row.value() for name, row in self._knobs.items()},
            guidance_scale=self.guidance.value(),
            temperature=self.temperature.value(),
            device=self.device_box.choice() or "auto",
            dtype=self.dtype_box.choice(),
        )

    def set_request(self, request: Request) -> None:
        """Shows the settings of `request`; a style, size or device that is not offered is left as it is."""
        self.prompt.set_text(request.prompt)
        self.negative.set_text(request.negative_prompt)
        self.model_box.set_choice(request.model)
        self.style_box.set_choice(request.style)
        self.seed.set_seed(request.seed)
        self.count.set_value(request.count)
        self.batch.set_value(request.batch)
        if request.size is not None:
            self.size_box.set_choice("{}x{}".format(*request.size))
        self.sampler_box.set_choice(request.sampler)
        self._on_sampler_changed(keep=True)
        self.spacing_box.set_choice(request.spacing)
        self.steps.set_value(request.steps)
        for name, value in request.knobs.items():
            if name in self._knobs:
                self._knobs[name].set_value(value)
        self.guidance.set_value(request.guidance_scale)
        self.temperature.set_value(request.temperature)
        self.device_box.set_choice(request.device)
        self.dtype_box.set_choice(request.dtype)

    def set_models(self, cards: list[ModelCard]) -> None:
        """The models to choose from."""
        self.model_box.set_choices([Choice(card.name, card.title or card.name, card.summary) for card in cards])

    def set_model(self, card: ModelCard) -> None:
        """Turns to a model: its styles, its sizes, its defaults as the defaults and as the values."""
        self._card = card
        self.model_box.set_choice(card.name)
        for prompt in (self.prompt, self.negative):
            prompt.set_limit(WORDS_READ.get(card.family, 0))
        styles = [Choice(style.id, style.title) for style in card.styles]
        self.style_box.set_choices([ANY_STYLE, *styles] if styles else [])
        self._style_field.setVisible(bool(styles))
        sizes = card.sizes()
        self.size_box.set_choices([Choice(f"{w}x{h}", f"{w} × {h}") for w, h in sizes])
        self._size_field.setVisible(len(sizes) > 1)
        self.reset()

    def set_devices(self, choices: list[Choice]) -> None:
        """The devices to choose from."""
        self.device_box.set_choices(choices)

    def set_path(self, path: Path) -> None:
        """The points of noise that a run with these settings visits."""
        self.curve.set_path(path)

    def reset(self) -> None:
        """Back to the model's defaults: style, scheduler, spacing, steps, guidance, temperature."""
        defaults = self._defaults()
        self.style_box.set_choice(defaults.style)
        self.sampler_box.set_choice(defaults.sampler)
        self._on_sampler_changed(keep=False)
        self.spacing_box.set_choice(defaults.spacing)
        self.steps.set_value(defaults.steps)
        self.guidance.set_default(defaults.guidance_scale)
        self.guidance.set_value(defaults.guidance_scale)
        self.temperature.set_default(defaults.temperature)
        self.temperature.set_value(defaults.temperature)

    # what follows from what

    def _defaults(self) -> Request:
        known = Request.__dataclass_fields__
        given: dict[str, Any] = self._card.defaults if self._card else {}
        return Request(**{name: value for name, value in given.items() if name in known})

    def _default_steps(self, sampler: str) -> int:
        defaults = self._defaults()
        return defaults.steps if sampler == defaults.sampler else SAMPLERS[sampler].default_steps

    def _default_spacing(self, sampler: str) -> str:
        defaults = self._defaults()
        return defaults.spacing if sampler == defaults.sampler else SAMPLERS[sampler].default_spacing

    def _on_sampler_changed(self, *, keep: bool) -> None:
        """Shows the scheduler's own knobs and moves the defaults; unless `keep`, values at a default move along."""
        sampler, former = self.sampler_box.choice(), self._sampler
        self._sampler = sampler
        if not keep:
            if self.spacing_box.choice() == self._default_spacing(former):
                self.spacing_box.set_choice(self._default_spacing(sampler))
            if self.steps.value() == self._default_steps(former):
                self.steps.set_value(self._default_steps(sampler))
        self.steps.set_default(self._default_steps(sampler))
        self._show_knobs(SAMPLERS[sampler].knobs)

    def _show_knobs(self, knobs: tuple[Knob, ...]) -> None:
        if [knob.name for knob in knobs] != list(self._knobs):
            for row in self._knobs.values():
                row.hide()
                row.deleteLater()
            self._knobs = {knob.name: _knob_row(self._theme, knob) for knob in knobs}
            for row in self._knobs.values():
                row.changed.connect(self.changed)
                self._knob_rows.addWidget(row)
            self._knob_field.setVisible(bool(knobs))
        own = ", ".join(knob.title.lower() for knob in knobs)
        self.more.set_summary(", ".join(filter(None, ["negative prompt", own, "device"])))

    def _on_sampler(self) -> None:
        self._on_sampler_changed(keep=False)
        self.changed.emit()

    def _size(self) -> tuple[int, int] | None:
        if self.size_box.count() < 2:
            return None
        width, height = self.size_box.choice().split("x")
        return int(width), int(height)

    # making

    def _make_first(self, theme: Theme) -> None:
        self.prompt = PromptBox(theme)
        self.style_box = Combo(theme, name="Style", tooltip="How the picture is drawn")
        self.model_box = Combo(theme, name="Model", tooltip="What makes the picture; more on the Models page")
        self.button = GenerateButton(theme)
        self.seed = SeedField(theme)
        self.count = Stepper(theme, name="Pictures", low=1, high=MAX_COUNT, tooltip="How many, each with its own seed")
        self.sampler_box = Combo(theme, name="Scheduler", tooltip="How each step goes from noise towards the picture")
        self.sampler_box.set_choices([Choice(s.name, s.title, s.summary) for s in SAMPLERS.values()])
        self.spacing_box = Combo(theme, name="Spacing", tooltip="Which levels of noise the steps visit")
        self.spacing_box.set_choices([Choice(s.name, s.title, s.summary) for s in SPACINGS.values()])

    def _make_numbers(self, theme: Theme) -> None:
        self.steps = SliderRow(
            theme,
            title="Steps",
            low=1,
            high=MAX_STEPS,
            default=20,
            curve=4,
            tooltip="More steps take longer and follow the noise more closely",
        )
        self.guidance = SliderRow(
            theme,
            title="Guidance",
            low=GUIDANCE[0],
            high=GUIDANCE[1],
            default=4.0,
            decimals=1,
            step=0.5,
            curve=2,
            tooltip="How strictly the picture keeps to the prompt",
        )
        self.temperature = SliderRow(
            theme,
            title="Temperature",
            low=TEMPERATURES[0],
            high=TEMPERATURES[1],
            default=1.0,
            decimals=2,
            step=0.05,
            ends=("focused", "varied"),
            tooltip=TEMPERATURE_TIP,
        )
        self.curve = NoiseCurve(theme)

    def _make_more(self, theme: Theme) -> None:
        self.negative = PromptBox(
            theme,
            title="Negative prompt",
            placeholder="What should it not show?",
            tooltip="What the picture should keep away from",
            lines=2,
        )
        self.size_box = Combo(theme, name="Size", tooltip="Width and height in pixels")
        self.device_box = Combo(theme, name="Device", tooltip="Where pictures are made")
        self.device_box.set_choices([Choice("auto", "Automatic")])
        self.dtype_box = Combo(theme, name="Precision", tooltip=PRECISION_TIP)
        self.dtype_box.set_choices([Choice(name, PRECISIONS[name]) for name in DTYPES])
        self.batch = Stepper(
            theme,
            name="At once",
            low=0,
            high=MAX_COUNT,
            least="Auto",
            tooltip="How many pictures are made together; auto lets the device decide",
        )
        self._knob_field = QWidget()
        self._knob_rows = QVBoxLayout(self._knob_field)
        self._knob_rows.setContentsMargins(0, 0, 0, 0)
        self.more = Folded(theme, title="More")
        self._style_field = Labelled("Style", self.style_box)
        self._size_field = Labelled("Size", self.size_box)
        for part in (self.negative, self._knob_field):
            self.more.add(part)
        self.more.add(_row(Labelled("Device", self.device_box), self._size_field))
        self.more.add(_row(Labelled("Precision", self.dtype_box), Labelled("At once", self.batch)))

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE.edge, 17, SPACE.edge, SPACE.edge)
        column.setSpacing(14)
        for part in (
            self.prompt,
            _row(self._style_field, Labelled("Model", self.model_box)),
            self.button,
            _row(Labelled("Seed", self.seed), Labelled("Pictures", self.count)),
            _row(Labelled("Scheduler", self.sampler_box), Labelled("Spacing", self.spacing_box)),
            _column(self.steps, self.guidance, self.temperature),
            self.curve,
            self.more,
        ):
            column.addWidget(part)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        self._scroll_bar = OverlayScrollBar(scroll)
        page.setMinimumWidth(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _connect(self) -> None:
        for prompt in (self.prompt, self.negative):
            prompt.changed.connect(self.changed)
            prompt.submitted.connect(self._on_submit)
        for box in (self.style_box, self.spacing_box, self.size_box, self.device_box, self.dtype_box):
            box.chosen.connect(self.changed)
        for row in (self.steps, self.guidance, self.temperature):
            row.changed.connect(self.changed)
        for field in (self.seed, self.count, self.batch):
            field.changed.connect(self.changed)
        self.sampler_box.chosen.connect(self._on_sampler)
        self.model_box.chosen.connect(self.model_chosen)
        self.button.generate.connect(self.generate)
        self.button.stop.connect(self.stop)

    def _on_submit(self) -> None:
        if self.button.isEnabled() and not self.button.running:
            self.generate.emit()


def _row(*parts: QWidget) -> QWidget:
    """Parts side by side, of the same width."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(SPACE.gap)
    for part in parts:
        line.addWidget(part, 1)
    return row


def _column(*parts: QWidget) -> QWidget:
    """Sliders under each other, closer than other controls: their tracks keep them apart."""
    group = QWidget()
    column = QVBoxLayout(group)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for part in parts:
        column.addWidget(part)
    return group


def _knob_row(theme: Theme, knob: Knob) -> SliderRow:
    return SliderRow(
        theme,
        title=knob.title,
        low=knob.low,
        high=knob.high,
        default=knob.default,
        decimals=2,
        step=0.05,
        tooltip=knob.summary,
    )
