"""The left panel: what makes a picture, in the order in which people reach for it; what few need is folded away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.maths.path import Path
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.accepts import PLAIN, Accepts
from gdm_studio.models.card import Example, ModelCard
from gdm_studio.request import SETTINGS, Request, Role, with_role
from gdm_studio.studio.draft import Draft
from gdm_studio.studio.fitting import Parts
from gdm_studio.ui.actions import START_FROM
from gdm_studio.ui.create.panel import menus
from gdm_studio.ui.create.panel.binding import bind
from gdm_studio.ui.create.panel.calm_row import CalmRow
from gdm_studio.ui.create.panel.conditions import Conditions
from gdm_studio.ui.create.panel.curve import NoiseCurve
from gdm_studio.ui.create.panel.examples import Examples
from gdm_studio.ui.create.panel.modes import Modes
from gdm_studio.ui.create.panel.more import More
from gdm_studio.ui.create.panel.setting_widgets import combo_of, slider_of, stepper_of
from gdm_studio.ui.create.panel.start_picture import StartPicture
from gdm_studio.ui.create.panel.style_picker import StylePicker
from gdm_studio.ui.create.sets.things import Things
from gdm_studio.ui.create.steps.chip import Chip
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import Choice, Combo, Folded, GenerateButton, Labelled, PromptBox, mark_of, side_by_side
from gdm_studio.ui.widgets.layouts import scrolled, stacked
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

WORDS_READ = {"icons": 15}  # of a prompt, by the model's family; rare words take the room of two or three


class Controls(QFrame):
    """The settings of the next pictures.

    Signals: `changed()` any setting, `model_chosen(str)`, `generate()`, `stop()`, `compare()` the scheduler with
    others, `picture_asked()` for one to start from; all by people; and `model_shown(card)`.
    Setters: `set_models(cards, parts)`, `set_model(card)` brings its styles, sizes and defaults,
    `set_devices(choices)`, `set_request(request)`, `set_path(path, first)`, `reset()`. Reader: `request()`.
    """

    changed = Signal()
    model_chosen = Signal(str)
    generate = Signal()
    stop = Signal()
    compare = Signal()
    picture_asked = Signal()
    model_shown = Signal(object)

    def __init__(self, theme: Theme, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self.setProperty("role", "panel")
        self.setFixedWidth(SPACE.controls_width)
        self._theme = theme
        self._parts: Parts = {}
        self._make_first(theme)
        self._make_numbers(theme)
        self.more = More(theme, draft)
        self.negative, self.batch, self.device_box = self.more.negative, self.more.batch, self.more.device_box
        self._lay_out()
        self._bind()
        self._connect()
        self.set_request(draft.request)

    # data in and out

    def request(self) -> Request:
        """The settings as they stand."""
        return self.draft.request

    def set_request(self, request: Request) -> None:
        """Shows the settings of `request` but its model; a style, size or device not offered is left as it is."""
        self.spacing_box.set_choices(menus.spacing_choices(self.draft.card, request.spacing))
        card = self.draft.card
        if request.size is not None and card is not None and card.makes(request.size):
            self.offer_size(request.size)
        self.draft.take(replace(request, model=self.draft["model"], branch=None, **self._kept_beside(request)))
        self._show_parts()
        self._show_scheduler()
        self._show_what_counts()

    def _kept_beside(self, request: Request) -> dict[str, Any]:
        """What stays as it is, there being no such choice as `request` has."""
        boxes = {"style": self.style_box, "device": self.device_box}
        kept = {name: self.draft[name] for name, box in boxes.items() if not box.offers(getattr(request, name))}
        card, size = self.draft.card, request.size
        offered = card is not None and len(card.sizes()) > 1 and size is not None and card.makes(size)
        return kept if offered else kept | {"size": self.draft["size"]}

    def offer_size(self, size: tuple[int, int]) -> None:
        """Chooses a size that the model makes, whether it is one of its own or not."""
        if (card := self.draft.card) is not None:
            self.more.set_sizes((*dict.fromkeys((*card.sizes(), size)),))
            self.draft.put(size=size if self.more.size_box.count() > 1 else None)

    def set_models(self, cards: list[ModelCard], parts: Parts | None = None) -> None:
        """The models to choose from, and the parts of others that some of them take: names, by the setting."""
        self._parts = parts or {}
        self.model_box.set_choices(menus.model_choices(cards))
        self._model_field.setVisible(len(cards) > 1)

    def set_model(self, card: ModelCard) -> None:
        """Turns to a model: its styles, its sizes, its defaults as the defaults and as the values."""
        for name in (card.fast_of, card.name):  # of the two, the one that is to be chosen from
            self.model_box.set_choice(name)
        for prompt in (self.prompt, self.negative):
            prompt.set_limit(WORDS_READ.get(card.family, 0))
            prompt.set_reader(card.about_words)
        self.things.set_reader(card.about_words)
        self.style_box.set_styles(card)
        self._style_field.setVisible(bool(card.styles))
        self.examples.set_card(card)
        self.more.set_sizes(card.sizes())
        self.sampler_box.set_choices(menus.scheduler_choices(card))
        self.spacing_box.set_choices(menus.spacing_choices(card))
        self._show_accepted(card.accepts)
        self.draft.turn_to(card)
        self._show_parts()
        self.start.show_start()
        self._show_defaults()
        self.model_shown.emit(card)

    def _show_accepted(self, accepts: Accepts) -> None:
        """What the model is asked; the rest goes out of sight and stays as it is for one that asks for it."""
        self.prompt.setVisible(bool(accepts.prompt) and self.things.isHidden())
        self.modes.set.setVisible(bool(accepts.prompt))  # of things that are named
        self.more.set_negative(accepts.negative)
        self.more.set_grammar(accepts.prompt not in ("", PLAIN))
        self.more.set_words(bool(accepts.prompt))
        self.guidance.setVisible(accepts.guidance)
        self.row.set_steps(accepts.steps)
        self._way.setVisible(accepts.steps)
        self.conditions.set_accepts(accepts)
        self.start_mark.setEnabled(accepts.picture)

    def _show_parts(self) -> None:
        """The VAEs and refiners that the model takes."""
        takes = {"vae": self._accepts.vae, "refiner": self._accepts.refiner}
        names = {name: list(found) for name, found in self._parts.items() if takes[name]}
        self.more.set_parts(names, own_vae=not self._accepts.needs_vae)

    def show_set(self, on: bool) -> None:
        """A list of things in the place of the prompt, or the prompt again."""
        if on and self.prompt.isVisible():
            self.things.setFixedHeight(self.prompt.height())  # so that nothing below moves
        self.prompt.setVisible(not on and bool(self._accepts.prompt))
        self.start.setEnabled(not on)
        self.things.setVisible(on)
        self.count.setEnabled(not on)
        self.modes.show_set(on)

    def set_devices(self, choices: list[Choice]) -> None:
        """The devices to choose from."""
        self.more.set_devices(choices)
        self.draft.put(device=self.device_box.choice())

    def set_path(self, path: Path, first: int = 0) -> None:
        """The points of noise that a run with these settings visits, from number `first` on."""
        self.curve.set_path(path, first)

    def reset(self) -> None:
        """Back to the model's defaults, and nothing set in what is folded away but the device; by people."""
        self.draft.put(
            negative_prompt="", grammar="auto", dtype="auto", factors={}, toward=None, batch=0, attention=False
        )
        self.draft.reset()
        self._show_defaults()
        self.changed.emit()

    def roll_seed(self) -> None:
        """Another seed, for the next run; by people."""
        self.draft.roll()
        self.changed.emit()

    def _show_defaults(self) -> None:
        """What the draft has gone back to, where the widget is not bound to it, or another list of choices lost it."""
        self.style_box.set_choice(self.draft["style"])
        self.sampler_box.set_choice(self.draft["sampler"])
        self.spacing_box.set_choice(self.draft["spacing"])
        self._show_scheduler()

    def parts(self) -> list[tuple[str, QWidget]]:
        """Every setting that there is now by its title, with what takes the keys."""
        rows = [*self.rows.values(), *self.conditions.rows(), *self.start.rows(), *self.more.rows()]
        first = [*self.conditions.boxes(), self.style_box, self.model_box]
        boxes = [*first, self.sampler_box, self.spacing_box, *self.more.boxes()]
        numbers = [self.seed.edit, self.count.edit, self.batch.edit, *(row.edit for row in rows)]
        texts = [self.prompt.editor] if self.negative.isHidden() else [self.prompt.editor, self.negative.editor]
        found = [*texts, *boxes, *numbers]
        there = [part for part in found if part.isVisibleTo(self) or self._fold_of(part) is not None]
        return [(part.accessibleName(), part) for part in there if part.isEnabled()]

    def reach(self, part: QWidget) -> None:
        """Brings a setting into sight, out of what is folded away, and lets the keys go to it."""
        if (fold := self._fold_of(part)) is not None:
            fold.set_open(True)
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)
        QTimer.singleShot(0, part, lambda: self._scroll.ensureWidgetVisible(part))  # once it has its place

    def show_top(self) -> None:
        """The model and what stands below it, after another page has set them."""
        self._scroll.verticalScrollBar().setValue(0)

    def show_what_is_set(self) -> None:
        """Opens what is folded away where something in it is not as the model begins."""
        if self.more.is_set:
            self.more.set_open(True)

    def _fold_of(self, part: QWidget) -> Folded | None:
        folds = (self.row, self.more, *self.conditions.groups.values())
        return next((fold for fold in folds if fold.isAncestorOf(part)), None)

    # what follows from what

    @property
    def _accepts(self) -> Accepts:
        return self.draft.card.accepts if self.draft.card else Accepts()

    def _show_scheduler(self) -> None:
        """The scheduler's own knobs, and what goes with it."""
        for name, row in self.rows.items():
            row.set_default(self.draft.default(name))
        spec = SAMPLERS[self.draft["sampler"]]
        self.more.set_knobs(spec.knobs)
        self.more.knobs.set_values(self.draft["knobs"])
        tips = [SETTINGS["temperature"].summary, spec.temperature]
        self.temperature.setToolTip(" ".join(filter(None, tips)))
        self._show_what_counts()

    def _show_what_counts(self) -> None:
        """What means nothing with these settings goes out of sight; what is out of proportion is said."""
        self.more.set_guided(self.draft.request.guidance_scale != 1)
        self.more.show_summary()
        self.row.show_steps_hint()

    def _on_model(self, name: str) -> None:
        card = self.draft.card
        shown = card and (card.name if self.model_box.offers(card.name) else card.fast_of)
        if name != shown:  # else it is chosen already
            self.model_chosen.emit(name)

    def _on_sampler(self) -> None:
        self._show_scheduler()
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
        self.count = stepper_of(theme, SETTINGS["count"], unit=("picture", "pictures"))
        self.row = CalmRow(theme, self.draft)
        self.seed, self.sampler_box = self.row.seed, self.row.sampler_box
        self.spacing_box = combo_of(theme, SETTINGS["spacing"])
        self.spacing_box.set_choices(menus.spacing_choices(None))
        self.conditions = Conditions(theme, self.draft)
        self.start = StartPicture(theme, self.draft)
        self.start_mark = mark_of(theme, START_FROM.does(self.picture_asked.emit), size=14, side=20)

    def _make_numbers(self, theme: Theme) -> None:
        self.steps, self.temperature = self.row.steps, self.row.temperature
        first = {"steps": self.steps, "temperature": self.temperature}
        panel = with_role(SETTINGS, Role.PANEL)
        self.rows = {each.name: first.get(each.name) or slider_of(theme, each) for each in panel}
        self.guidance = self.rows["guidance_scale"]
        self.curve = NoiseCurve(theme)

    def _lay_out(self) -> None:
        page = QWidget()
        self.prompt.add_mark(self.examples)
        self.prompt.add_mark(self.start_mark)
        self.things.hide()
        self._style_field = Labelled("Style", self.style_box)
        self._model_field = Labelled("Model", self.model_box)
        self._fold_away()
        stacked(
            self.prompt, self.things, self.conditions, self.start,
            side_by_side(self._style_field, self._model_field, shares=(3, 2)),
            _column(self.button, side_by_side(self.modes.fast, self.count), spacing=SPACE.gap), self.row, self.more,
            ..., on=page, margins=(SPACE.edge, 17, SPACE.edge, SPACE.edge), spacing=14,
        )
        self._scroll = scroll = scrolled(page)
        self._scroll_bar = OverlayScrollBar(scroll)
        for editor in (self.prompt.editor, self.negative.editor):
            scroll.verticalScrollBar().valueChanged.connect(editor.close_list)  # which would stay where it was
        # as wide as the panel, whatever is written on it: else one long word pushes the ends of all rows out of sight
        page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # where it comes and goes, nothing that could be under the mouse moves
        foot = stacked(self.chip, margins=(SPACE.edge, SPACE.small, SPACE.edge, SPACE.edge))
        stacked((scroll, 1), foot, on=self, spacing=0)

    def _fold_away(self) -> None:
        """What few people need at first, before what is in the fold by itself."""
        finer = [row for row in self.rows.values() if row not in (self.steps, self.temperature)]
        spacing = Labelled(SETTINGS["spacing"].title, self.spacing_box)
        self._way = _column(spacing, self.curve, spacing=SPACE.small)
        ways = side_by_side(self.modes.live, self.modes.set)
        self.more.add(ways, _column(*finer), self._way, at=0)

    def _bind(self) -> None:
        for name, row in self.rows.items():
            bind(self.draft, name, row)
        bind(self.draft, "prompt", self.prompt)
        bind(self.draft, "style", self.style_box)
        bind(self.draft, "count", self.count)
        bind(self.draft, "spacing", self.spacing_box)

    def _connect(self) -> None:
        self.prompt.changed.connect(self.changed)
        for prompt in (self.prompt, self.negative):
            prompt.submitted.connect(self._on_submit)
        for box in (self.style_box, self.spacing_box):
            box.chosen.connect(self.changed)
        for row in (self.steps, self.guidance):
            row.changed.connect(self._show_what_counts)
        for row in self.rows.values():
            row.changed.connect(self.changed)
        for part in (self.row, self.count, self.more, self.start, self.conditions):
            part.changed.connect(self.changed)
        self.row.rolled.connect(self.roll_seed)
        self.modes.changed.connect(lambda: self.more.set_ways(self.modes.words()))
        self.examples.picked.connect(self._on_example)
        self.things.submitted.connect(self._on_submit)
        self.things.leave.clicked.connect(lambda: self.modes.set_toggled.emit(False))
        self.sampler_box.chosen.connect(self._on_sampler)
        self.model_box.chosen.connect(self._on_model)
        self.row.compare.clicked.connect(self.compare)
        self.button.generate.connect(self.generate)
        self.button.stop.connect(self.stop)

    def set_example(self, example: Example) -> None:
        """The prompt, style and seed of the picture that the model shows of it."""
        style = example.style or self.draft.default("style")
        self.draft.change(prompt=example.prompt, style=style, seed=example.seed)  # the seed as one that people typed

    def _on_example(self, example: Example, at_once: bool) -> None:
        self.set_example(example)
        self.changed.emit()
        self.prompt.editor.setFocus()
        if at_once:
            self._on_submit()

    def _on_submit(self) -> None:
        if self.button.isEnabled():
            self.generate.emit()


def _column(*parts: QWidget, spacing: int = 6) -> QWidget:
    """Parts under each other as one, which goes out of sight as one."""
    group = QWidget()
    stacked(*parts, on=group, spacing=spacing)
    return group
