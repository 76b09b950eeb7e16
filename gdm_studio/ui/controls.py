"""The left panel: everything that makes a picture, in the order in which people reach for it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gdm_studio.maths.path import Path
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.card import ModelCard
from gdm_studio.request import GUIDANCE, MAX_COUNT, MAX_STEPS, TEMPERATURES, Request
from gdm_studio.ui import menus
from gdm_studio.ui.curve import NoiseCurve
from gdm_studio.ui.examples import Examples
from gdm_studio.ui.exploring.toward_row import TowardRow
from gdm_studio.ui.modes import Modes
from gdm_studio.ui.more import More
from gdm_studio.ui.sets.things import Things
from gdm_studio.ui.start_picture import StartPicture
from gdm_studio.ui.steps.chip import Chip
from gdm_studio.ui.style_picker import StylePicker
from gdm_studio.ui.theme import SPACE, Theme
from gdm_studio.ui.widgets import (
    Choice,
    Combo,
    GenerateButton,
    Labelled,
    PromptBox,
    SeedField,
    SliderRow,
    Stepper,
    label,
    mark,
    side_by_side,
)
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

WORDS_READ = {"icons": 15}  # of a prompt, by the model's family; rare words take the room of two or three
TEMPERATURE_TIP = (
    "How freely the picture may vary: 1 is what the model learnt, lower keeps to the most likely, "
    "higher brings rarer pictures."
)


class Controls(QFrame):
    """The settings of the next pictures.

    Signals: `changed()` any setting, `model_chosen(str)`, `generate()`, `stop()`, `compare()` the scheduler with
    others, `picture_asked()` for one to start from; all by people; and `model_shown(card)`.
    Setters: `set_models(cards)`, `set_model(card)` brings its styles, sizes and defaults, `set_devices(choices)`,
    `set_request(request)`, `set_path(path, first)`, `reset()`. Reader: `request()`.
    """

    changed = Signal()
    model_chosen = Signal(str)
    generate = Signal()
    stop = Signal()
    compare = Signal()
    picture_asked = Signal()
    model_shown = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(SPACE.controls_width)
        self._theme = theme
        self._card: ModelCard | None = None
        self._sampler = Request().sampler
        self._make_first(theme)
        self._make_numbers(theme)
        self.more = More(theme)
        self.negative, self.batch, self.device_box = self.more.negative, self.more.batch, self.more.device_box
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
            model=self._card.name if self._card else Request().model,
            seed=self.seed.seed(),
            count=self.count.value(),
            batch=self.batch.value(),
            size=self.more.chosen_size(),
            sampler=self.sampler_box.choice(),
            spacing=self.spacing_box.choice(),
            steps=round(self.steps.value()),
            knobs=self.more.knobs.values(),
            guidance_scale=self.guidance.value(),
            temperature=self.temperature.value(),
            controls=self.more.controls.changes(),
            image=self.start.picture_name,
            mask=self.start.mask_name,
            strength=self.start.strength(),
            inverted=self.start.inverted(),
            toward=self.toward.toward(self.prompt.text()),
            device=self.device_box.choice() or "auto",
            dtype=self.more.dtype_box.choice(),
        )

    def set_request(self, request: Request) -> None:
        """Shows the settings of `request` but its model; a style, size or device not offered is left as it is."""
        self.prompt.set_text(request.prompt)
        self.negative.set_text(request.negative_prompt)
        self.style_box.set_choice(request.style)
        self.seed.set_seed(request.seed)
        self.count.set_value(request.count)
        self.batch.set_value(request.batch)
        if request.size is not None:
            self.more.size_box.set_choice("{}x{}".format(*request.size))
        self.sampler_box.set_choice(request.sampler)
        self._on_sampler_changed(keep=True)
        self.spacing_box.set_choices(menus.spacing_choices(self._card, request.spacing))
        self.spacing_box.set_choice(request.spacing)
        self.steps.set_value(request.steps)
        self.more.knobs.set_values(request.knobs)
        self.guidance.set_value(request.guidance_scale)
        self.temperature.set_value(request.temperature)
        self.more.controls.set_values(request.controls)
        self.start.set_start(request.image, request.mask, inverted=request.inverted)
        self.start.set_strength(request.strength)
        self.toward.set_toward(request.toward, request.prompt)
        self.device_box.set_choice(request.device)
        self.more.dtype_box.set_choice(request.dtype)
        self._show_what_counts()

    def set_models(self, cards: list[ModelCard]) -> None:
        """The models to choose from."""
        self.model_box.set_choices([Choice(card.name, card.title or card.name, card.summary) for card in cards])

    def set_model(self, card: ModelCard) -> None:
        """Turns to a model: its styles, its sizes, its defaults as the defaults and as the values."""
        self._card = card
        for name in (card.fast_of, card.name):  # of the two, the one that is to be chosen from
            self.model_box.set_choice(name)
        for prompt in (self.prompt, self.negative):
            prompt.set_limit(WORDS_READ.get(card.family, 0))
        self.style_box.set_styles(card)
        self._style_field.setVisible(bool(card.styles))
        self.examples.set_card(card)
        self.more.set_sizes(card.sizes())
        self.sampler_box.set_choices(menus.scheduler_choices(card))
        self.spacing_box.set_choices(menus.spacing_choices(card))
        self.start_mark.setEnabled(card.takes_pictures)
        if not card.takes_pictures:
            self.start.set_start("", "")
        self.reset()
        self.model_shown.emit(card)

    def show_set(self, on: bool) -> None:
        """A list of things in the place of the prompt, or the prompt again."""
        self.prompt.setVisible(not on)
        self.start.setVisible(not on and bool(self.start.picture_name))
        self.things.setVisible(on)
        self.count.setEnabled(not on)
        self.modes.show_set(on)

    def set_devices(self, choices: list[Choice]) -> None:
        """The devices to choose from."""
        self.device_box.set_choices(choices)

    def set_path(self, path: Path, first: int = 0) -> None:
        """The points of noise that a run with these settings visits, from number `first` on."""
        self.curve.set_path(path, first)

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
        self.more.controls.set_values(defaults.controls)
        self._show_what_counts()

    # what follows from what

    def _defaults(self) -> Request:
        return menus.defaults_of(self._card)

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
        self.more.set_knobs(SAMPLERS[sampler].knobs)
        self.temperature.setToolTip(" ".join(filter(None, [TEMPERATURE_TIP, SAMPLERS[sampler].temperature])))
        self._show_what_counts()

    def _show_what_counts(self) -> None:
        """What means nothing with these settings goes out of sight; what is out of proportion is said."""
        self.more.set_guided(self.guidance.value() != 1)
        sampler, steps = self.sampler_box.choice(), round(self.steps.value())
        hint = menus.steps_hint(sampler, steps) if steps != self._default_steps(sampler) else ""
        self._steps_hint.setText(hint)
        self._steps_hint.setVisible(bool(hint))

    def _on_model(self, name: str) -> None:
        if self._card is None or name not in (self._card.name, self._card.fast_of):  # else it is chosen already
            self.model_chosen.emit(name)

    def _on_sampler(self) -> None:
        self._on_sampler_changed(keep=False)
        self.changed.emit()

    # making

    def _make_first(self, theme: Theme) -> None:
        self.prompt = PromptBox(theme)
        self.examples = Examples(theme)
        self.things = Things(theme)
        self.style_box = StylePicker(theme)
        self.model_box = Combo(theme, name="Model", tooltip="What makes the picture; more on the Models page")
        self.button = GenerateButton(theme)
        self.modes = Modes(theme)
        self.chip = Chip(theme)
        self.seed = SeedField(theme)
        self.toward = TowardRow(theme)
        self.count = Stepper(theme, name="Pictures", low=1, high=MAX_COUNT, tooltip="How many, each with its own seed")
        self.sampler_box = Combo(theme, name="Scheduler", tooltip="How each step goes from noise towards the picture")
        self.sampler_box.set_choices(menus.scheduler_choices(None))
        self.spacing_box = Combo(theme, name="Spacing", tooltip="Which levels of noise the steps visit")
        self.spacing_box.set_choices(menus.spacing_choices(None))
        self.start = StartPicture(theme)
        self.start_mark = mark(theme, "image-plus", "Start from a picture…", size=14, side=20)
        self._compare = mark(theme, "grid-3x3", "Same seed, many schedulers", size=14)
        self._compare.setFixedSize(20, 16)  # no higher than the name it stands beside

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
        self._steps_hint = label("", "hint")
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

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE.edge, 17, SPACE.edge, SPACE.edge)
        column.setSpacing(14)
        self.prompt.add_mark(self.examples)
        self.prompt.add_mark(self.start_mark)
        self.things.hide()
        self._style_field = Labelled("Style", self.style_box)
        for part in (
            self.prompt,
            self.things,
            self.start,
            side_by_side(self._style_field, Labelled("Model", self.model_box), shares=(3, 2)),
            _column(self.chip, self.button, self.modes),
            _column(
                side_by_side(Labelled("Seed", self.seed), Labelled("Pictures", self.count), shares=(3, 2)), self.toward
            ),
            side_by_side(Labelled("Scheduler", self.sampler_box, self._compare), Labelled("Spacing", self.spacing_box)),
            _column(self.steps, self._steps_hint, self.guidance, self.temperature),
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
        self.prompt.changed.connect(self.changed)
        for prompt in (self.prompt, self.negative):
            prompt.submitted.connect(self._on_submit)
        for box in (self.style_box, self.spacing_box):
            box.chosen.connect(self.changed)
        for row in (self.steps, self.guidance):
            row.changed.connect(self._show_what_counts)
        for part in (self.steps, self.guidance, self.temperature, self.seed, self.count, self.more, self.start):
            part.changed.connect(self.changed)
        self.toward.changed.connect(self.changed)
        self.examples.picked.connect(self._on_example)
        self.things.submitted.connect(self._on_submit)
        self.sampler_box.chosen.connect(self._on_sampler)
        self.model_box.chosen.connect(self._on_model)
        self._compare.clicked.connect(self.compare)
        self.start_mark.clicked.connect(self.picture_asked)
        self.button.generate.connect(self.generate)
        self.button.stop.connect(self.stop)

    def _on_example(self, prompt: str, at_once: bool) -> None:
        self.prompt.set_text(prompt)
        self.prompt.editor.setFocus()
        if at_once:
            self._on_submit()

    def _on_submit(self) -> None:
        if self.button.isEnabled():
            self.generate.emit()


def _column(*parts: QWidget) -> QWidget:
    """Parts under each other that belong together, closer than other controls."""
    group = QWidget()
    column = QVBoxLayout(group)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for part in parts:
        column.addWidget(part)
    return group
