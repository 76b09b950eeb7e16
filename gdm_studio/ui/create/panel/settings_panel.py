"""Settings panel at the left with all generation settings. Less used settings are folded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.capabilities import PLAIN, Capabilities
from gdm_studio.models.model_card import Example, ModelCard
from gdm_studio.request.generation_request import SETTINGS, Request, Role, with_role
from gdm_studio.studio.model_compatibility import Parts
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.generation.generate_button import GenerateButton
from gdm_studio.ui.create.panel import menu_entries
from gdm_studio.ui.create.panel.bound_setting_widgets import bind
from gdm_studio.ui.create.panel.example_prompts_button import Examples
from gdm_studio.ui.create.panel.main_settings import MainSettings
from gdm_studio.ui.create.panel.mode_buttons import ModeButtons
from gdm_studio.ui.create.panel.style_picker import StylePicker
from gdm_studio.ui.create.prompt.prompt_box import PromptBox
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import joined_sentences, number_text, translate
from gdm_studio.ui.widgets import Choice, Collapsible, Combo, ElidedLabel, Labelled, mark_of, side_by_side
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, put_in_tab_order, scroll_to, scrolled, stacked
from gdm_studio.ui.window_actions import PRESETS, START_FROM

if TYPE_CHECKING:
    from gdm_studio.maths.noise_path import NoisePath
    from gdm_studio.ui.create.panel.advanced_settings import More
    from gdm_studio.ui.create.panel.conditioning_inputs import Conditions
    from gdm_studio.ui.create.panel.noise_curve import NoiseCurve
    from gdm_studio.ui.create.panel.region_section import RegionSection
    from gdm_studio.ui.create.panel.start_image_panel import StartPicture
    from gdm_studio.ui.create.panel.subject_list_editor import ThingList
    from gdm_studio.ui.create.steps.status_panel import StatusPanel
    from gdm_studio.ui.widgets import SeedField, Stepper
    from gdm_studio.ui.widgets.slider_row import SliderRow


class _FoldedAttribute:
    """Attribute of `Controls` that belongs to the folded settings. Reading it creates all of them."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, panel: Controls | None, owner: type) -> Any:
        if panel is None:
            return self
        panel.fill()
        return vars(panel)[self._name]


def _fold() -> Any:
    return _FoldedAttribute()


class Controls(QFrame):
    """Panel in which the user edits the settings of the next generation request. Less used settings are folded.

    The folded settings are created by `fill`, or when one of them is first read. The first paint needs none of them.
    Until then, the draft alone has their values.

    Signals when the user acts: `changed()` for any setting, `model_chosen(str)`, `generate()`, `stop()`, `compare()` to
    compare schedulers, `picture_asked()` to choose a start image, and `presets_asked()` to open the presets.
    `model_shown(card)` is emitted after every change of the model, and `subjects_changed()` some time after the list of
    an image set was edited, shown or hidden.
    """

    changed = Signal()
    model_chosen = Signal(str)
    generate = Signal()
    stop = Signal()
    compare = Signal()
    picture_asked = Signal()
    presets_asked = Signal()
    model_shown = Signal(object)
    subjects_changed = Signal()

    seed: SeedField = _fold()
    count: Stepper = _fold()
    steps: SliderRow = _fold()
    temperature: SliderRow = _fold()
    guidance: SliderRow = _fold()
    # Sliders by the names of their settings.
    rows: dict[str, SliderRow] = _fold()
    sampler_box: Combo = _fold()
    spacing_box: Combo = _fold()
    curve: NoiseCurve = _fold()
    conditions: Conditions = _fold()
    regions: RegionSection = _fold()
    start: StartPicture = _fold()
    more: More = _fold()
    negative: PromptBox = _fold()
    batch: Stepper = _fold()
    device_box: Combo = _fold()

    def __init__(self, theme: Theme, request_draft: RequestDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.request_draft = request_draft
        self.setProperty("role", "panel")
        self.setMinimumWidth(SPACE.controls_width)
        self._theme = theme
        self._find_parts: Callable[[ModelCard], Parts] = lambda card: {}
        # {setting: value of the last image, in place of which the model's own was set}
        self._offered_values: dict[str, float] = {}
        self._devices = [Choice("auto", translate("More", "Automatic"))]
        # Creates the folded settings in steps of a few milliseconds.
        self._fill_steps = self._fill()
        self._is_filled = False
        self._after_filling: list[Callable[[], object]] = []
        self._create_main_widgets(theme)
        self._lay_out()
        self._bind()
        self._connect()
        self.set_request(request_draft.request)

    @cached_property
    def things(self) -> ThingList:
        """Editor for the subjects of an image set, created when it is first needed."""
        from gdm_studio.ui.create.panel.subject_list_editor import ThingList

        things = ThingList(self._theme)
        things.hide()
        self._rows.insertWidget(1, things)
        put_in_tab_order(things, after=self.prompt)
        for part in (self._scroll.viewport(), self._column):
            part.installEventFilter(self)
        things.submitted.connect(self.submit)
        things.rested.connect(self.subjects_changed)
        things.leave.clicked.connect(lambda: self.modes.set_toggled.emit(False))
        return things

    @cached_property
    def status(self) -> StatusPanel:
        """Panel at the foot about a branch or a paused run, created when it is first needed."""
        from gdm_studio.ui.create.steps.status_panel import StatusPanel

        status = StatusPanel(self._theme)
        self._footer.addWidget(status)
        put_in_tab_order(status, after=self._scroll)
        return status

    def fill(self) -> None:
        """Create the folded settings, unless they exist."""
        for _ in self._fill_steps:
            pass

    def fill_in_steps(self) -> Iterator[None]:
        """Create the folded settings, unless they exist, in steps of a few milliseconds."""
        yield from self._fill_steps

    @property
    def is_filled(self) -> bool:
        """True if the folded settings exist."""
        return self._is_filled

    def when_filled(self, callback: Callable[[], object]) -> None:
        """Call `callback` once the folded settings exist, which may be now."""
        if self._is_filled:
            callback()
        else:
            self._after_filling.append(callback)

    def complete(self) -> None:
        """Show the changed settings, load the sample images of the styles, and prepare the popups, after the first
        paint.
        """
        self.more.begin()
        self.main_settings.begin()
        for menu in (self.style_box, self.examples):
            assert menu.popup is not None

    # Data in and out

    def request(self) -> Request:
        """Return the generation request described by the panel's current settings."""
        return self.request_draft.request

    def set_request(self, request: Request) -> None:
        """Apply all settings of `request` to the panel, except the model and the branch.

        Styles, devices and sizes that the menus do not offer are ignored.
        """
        self._offered_values = {}
        card = self.request_draft.card
        if self._is_filled:
            self.spacing_box.set_choices(menu_entries.spacing_choices(card, request.spacing))
        if request.size is not None and card is not None and card.can_generate(request.size, request.tile):
            self.offer_size(request.size)
        self.request_draft.take(
            replace(request, model=self.request_draft["model"], branch=None, **self._unavailable_settings(request))
        )
        if self._is_filled:
            self._show_parts()
            self._show_scheduler()
            self._show_effective_settings()
        elif self._needs_folded():
            self.fill()

    def _needs_folded(self) -> bool:
        """Return True if one of the folded settings is visible: the start image or the class label."""
        return bool(self.request_draft["image"] or self._accepts.labels)

    def _unavailable_settings(self, request: Request) -> dict[str, Any]:
        """Return the settings among style, device and size for which the menus do not offer the value in `request`,
        with the panel's current values.

        These settings stay unchanged when the request is applied.
        """
        unavailable = {}
        if not self.style_box.offers(request.style):
            unavailable["style"] = self.request_draft["style"]
        if request.device not in (choice.id for choice in self._devices):
            unavailable["device"] = self.request_draft["device"]
        card, size = self.request_draft.card, request.size
        is_made = card is not None and size is not None and card.can_generate(size, request.tile)
        if card is not None and is_made and (len(card.sizes()) > 1 or size not in card.sizes()):
            return unavailable
        return unavailable | {"size": self.request_draft["size"]}

    def offer_size(self, size: tuple[int, int]) -> None:
        """Select an image size (width, height) that the model can generate, adding it to the menu if necessary."""
        card = self.request_draft.card
        if card is not None:
            if self._is_filled:
                self.more.offer_size(size)
            is_choice = len(menu_entries.image_sizes(card, self.request_draft["tile"], size)) > 1
            self.request_draft.put(size=size if is_choice else None)

    def set_models(self, cards: list[ModelCard], parts: Callable[[ModelCard], Parts] | None = None) -> None:
        """Fill the model menu with these models.

        `parts` returns the VAEs, refiners and upscalers that can be used with a model, by setting name.
        """
        self._find_parts = parts or self._find_parts
        self.model_box.set_choices(menu_entries.model_choices(cards))
        self._model_field.setVisible(len(cards) > 1)

    def set_model(self, card: ModelCard) -> None:
        """Adapt the settings panel to a model: show its styles, sizes, menus and examples, and apply its default
        settings.
        """
        # The menu contains only one of the two names. Setting the other name has no effect.
        for name in (card.fast_of, card.name):
            self.model_box.set_choice(name)
        # The menu leaves out a fast version, which is used in place of the selected model.
        self.model_box.show_text("" if self.model_box.offers(card.name) else card.title or card.name)
        self._offered_values = {}
        self.style_box.set_styles(card)
        self._style_field.setVisible(bool(card.styles))
        self.examples.set_card(card)
        if self._is_filled:
            self.more.set_card(card)
            self.sampler_box.set_choices(menu_entries.scheduler_choices(card))
            self.spacing_box.set_choices(menu_entries.spacing_choices(card))
            self._show_accepted_folded(card.accepts)
        else:
            sizes, size = menu_entries.image_sizes(card, self.request_draft["tile"]), self.request_draft["size"]
            self.request_draft.put(size=None if len(sizes) < 2 else size if size in sizes else sizes[0])
        self._show_accepted(card.accepts)
        self._show_borrowed(card)
        self.request_draft.turn_to(card)
        if self._is_filled:
            self._show_parts()
            self.start.show_start()
        elif self._needs_folded():
            self.fill()
        self._show_defaults()
        self.model_shown.emit(card)

    def _show_accepted(self, accepts: Capabilities) -> None:
        """Show the inputs that the model accepts, such as the prompt, and hide the others, which retain their
        values.
        """
        self.prompt.setVisible(bool(accepts.prompt) and not self._edits_set)
        # A set is a list of subjects, so it needs a model that reads prompts. The button also ends set mode.
        self.modes.set.setVisible(bool(accepts.prompt) or self._edits_set)
        self.main_settings.set_steps(accepts.steps)
        self.start_mark.setEnabled(accepts.picture)
        self.modes.set_can_sketch(accepts.picture)

    def _show_accepted_folded(self, accepts: Capabilities) -> None:
        """Show those of the folded settings that the model accepts, and hide the others."""
        self.more.set_negative(accepts.negative)
        self.more.set_grammar(accepts.prompt not in ("", PLAIN))
        self.more.set_attention_available(bool(accepts.prompt))
        self.guidance.setVisible(accepts.guidance)
        self.rows["cache_interval"].setVisible(accepts.caches_features)
        self._path_section.setVisible(accepts.steps)
        self.conditions.set_accepts(accepts)
        self.regions.set_accepts(accepts)

    def _show_borrowed(self, card: ModelCard) -> None:
        """Show the files from which the model takes text encoders and a VAE that its own files lack."""
        borrowed = card.borrowed_parts()
        if not borrowed:
            self.borrowed.setText("")
            self.borrowed.hint = ""
            self.borrowed.hide()
            return
        from gdm_studio.models.files.weight_file_names import name_of

        files = ", ".join(dict.fromkeys(name_of(part.path) for part in borrowed))
        self.borrowed.setText(self.tr("With parts of {files}").format(files=files))
        self.borrowed.hint = "\n".join(f"{part.title}: {part.file}" for part in borrowed)
        self.borrowed.show()

    def _show_parts(self) -> None:
        """Fill the menus of VAEs, refiners and upscalers with those that work with the selected model."""
        takes = {"vae": self._accepts.vae, "refiner": self._accepts.refiner}
        parts = self._find_parts(self.request_draft.card) if self.request_draft.card else {}
        names = {name: list(each) for name, each in parts.items() if takes.get(name)}
        self.more.set_parts(names, own_vae=not self._accepts.needs_vae)
        self.conditions.set_upscalers(parts.get("upscaler", ()) if self._accepts.second_pass else ())

    def show_set_editor(self, on: bool) -> None:
        """Replace the prompt with the editor for the subjects of an image set, or show the prompt again."""
        if on and self.prompt.isVisible():
            # A short list has the prompt's height, so that nothing below it moves.
            self.things.set_least_height(self.prompt.height())
        self._edits_set = on
        self.prompt.setVisible(not on and bool(self._accepts.prompt))
        self.start.set_unused(by_set=on)
        self.things.setVisible(on)
        self.count.setEnabled(not on)
        # A set has one picture for each thing, and chooses the size of its batches.
        self.main_settings.set_ignored(*(("count", "batch") if on else ()))
        self.modes.show_set(on)
        self.modes.set.setVisible(on or bool(self._accepts.prompt))
        self._show_hint("temperature")
        self.subjects_changed.emit()

    def picture_count(self) -> int:
        """Return the number of images that Generate makes: those that a set lacks while its list is shown."""
        return self.count_set() if self._edits_set else self.request_draft.request.count

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the keyboard focus to the panel after a click beside all fields. Letters that are typed next were
        probably meant for a field, and are no commands for the picture.
        """
        super().mousePressEvent(event)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self._edits_set:
            self._keep_generate_in_view()
        return super().eventFilter(watched, event)

    def _keep_generate_in_view(self) -> None:
        """Limit the height of the list of subjects, so that the Generate button below it is in view."""
        self._rows.activate()
        foot = self.button.mapTo(self._column, QPoint(0, self.button.height())).y()
        others = foot - self.things.height()
        self.things.set_most_height(self._scroll.viewport().height() - others - SPACE.small)

    def set_devices(self, choices: list[Choice]) -> None:
        """Fill the device menu with these devices. The next request uses the device that is then selected."""
        self._devices = choices
        if self._is_filled:
            self.more.set_devices(choices)
        if self.request_draft["device"] not in (choice.id for choice in choices):
            self.request_draft.put(device=choices[0].id)

    def set_path(self, path: NoisePath, first: int = 0) -> None:
        """Plot the noise levels of a run with the current settings. Levels before index `first` of `path` are marked as
        skipped.
        """
        self.curve.set_path(path, first)

    def reset(self) -> None:
        """Reset all generation settings except the device to the model's defaults, and the style to that of the first
        start. Emit `changed`.
        """
        self.request_draft.put(
            negative_prompt="", grammar="auto", dtype="auto", factors={}, toward=None, batch=0, attention=False
        )
        self.request_draft.reset()
        if (card := self.request_draft.card) is not None and card.examples:
            self.request_draft.put(style=self._style_of(card.examples[0]))
        self._show_defaults()
        self.changed.emit()

    def roll_seed(self) -> None:
        """Choose a random seed for the next image and emit `changed`."""
        self.request_draft.roll()
        self.changed.emit()

    def _show_defaults(self) -> None:
        """Select the style, sampler and spacing of the next request again in their menus, whose entries have just been
        replaced.
        """
        self.style_box.set_choice(self.request_draft["style"])
        if self._is_filled:
            self.sampler_box.set_choice(self.request_draft["sampler"])
            self.spacing_box.set_choice(self.request_draft["spacing"])
            self._show_scheduler()

    def parts(self) -> list[tuple[str, QWidget]]:
        """Return (title, input widget) for every setting that the user can change, including those in folded sections.

        The command palette uses them to find settings by title.
        """
        rows = [*self.rows.values(), *self.conditions.rows(), *self.start.rows(), *self.more.rows()]
        first = [*self.conditions.boxes(), self.style_box, self.model_box]
        boxes = [*first, self.sampler_box, self.spacing_box, *self.more.boxes()]
        numbers = [self.seed.edit, self.count.edit, self.batch.edit, *(row.edit for row in rows)]
        texts = [self.prompt.editor] if self.negative.isHidden() else [self.prompt.editor, self.negative.editor]
        widgets = [*texts, *boxes, *numbers]
        return [(part.accessibleName(), part) for part in widgets if self._is_offered(part) and part.isEnabled()]

    def follow_action(self, undo: Callable[[], object]) -> None:
        """Remember an action of the window in both prompts, see `PromptEditor.follow_action`."""
        for box in (self.prompt, self.negative) if self._is_filled else (self.prompt,):
            box.editor.follow_action(undo)

    def focus_setting(self, part: QWidget) -> None:
        """Move the keyboard focus to a setting's widget, unfolding its sections and scrolling to it."""
        for section in self._sections_of(part):
            section.set_open(True)
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)
        scroll_to(part)

    def show_top(self) -> None:
        """Scroll the settings panel to the top, so that a model selected on another page is visible."""
        self._scroll.verticalScrollBar().setValue(0)

    def unfold_changed(self) -> None:
        """Unfold the advanced settings if any of them differs from its default."""
        if self.more.is_changed:
            self.more.set_open(True)

    def _sections_of(self, part: QWidget) -> list[Collapsible]:
        """Return the sections that contain a setting's widget, the outer one first."""
        sections = (self.main_settings, self.more, self.regions, *self.conditions.groups.values())
        return [section for section in sections if section.isAncestorOf(part)]

    def _is_offered(self, part: QWidget) -> bool:
        """Return True if a setting's widget is visible as soon as its sections are unfolded."""
        folded = [section.body for section in self._sections_of(part)]
        around: QWidget | None = part
        while around is not None and around is not self:
            if around.isHidden() and around not in folded:
                return False
            around = around.parentWidget()
        return True

    # Dependencies between settings

    @property
    def _accepts(self) -> Capabilities:
        return self.request_draft.card.accepts if self.request_draft.card else Capabilities()

    def _show_scheduler(self) -> None:
        """Show the selected sampler's parameters, default values and tooltip."""
        for name, row in self.rows.items():
            row.set_default(self.request_draft.default(name))
        spec = SAMPLERS[self.request_draft["sampler"]]
        self.more.set_params(spec.params)
        self.more.knobs.set_values(self.request_draft["knobs"])
        tips = [translate("Setting", tip) for tip in (SETTINGS["temperature"].summary, spec.temperature) if tip]
        self.temperature.setToolTip(joined_sentences(tips))
        self._show_effective_settings()

    def _show_effective_settings(self) -> None:
        """Show the settings that have an effect at present and hide the others, such as guidance parameters while
        guidance is off.

        Hints and summaries are updated too.
        """
        self.more.set_guided(self.request_draft.request.guidance_scale != 1)
        self.more.show_summary()
        for name in self.rows:
            self._show_hint(name)

    def offer_values(self, values: Mapping[str, float]) -> None:
        """Offer the values that an image had, such as {"guidance_scale": 7.0}, beside the model's own values, which
        were set instead. The offers end when other settings are applied or another model is chosen.
        """
        self._offered_values = dict(values)
        for section in {section for name in values for section in self._sections_of(self.rows[name])}:
            section.set_open(True)
        self._show_effective_settings()

    def _show_hint(self, name: str) -> None:
        """Show a hint below a slider if its value is outside the range in which the model is good, or if the last image
        had another value. A button in the hint sets the model's own value or that of the image.
        """
        draft = self.request_draft
        value, own, sampler = draft[name], draft.default(name), draft["sampler"]
        hint = "" if value == own else menu_entries.range_hint(draft.card, name, value, sampler)
        offered = self._offered_values.get(name)
        if hint:
            short = menu_entries.short_range_hint(draft.card, name, value, sampler)
            self.rows[name].set_hint(hint, own, short=short)
        elif offered is not None and offered != value:
            text = self.tr("the picture had {value}")
            self.rows[name].set_hint(text.format(value=number_text(float(offered))), offered)
        elif self._edits_set and name == "temperature" and (used := self.temperature_of_set(draft.request)) != value:
            self.rows[name].set_hint(
                self.tr("{value} in a new set").format(value=number_text(used)), short=number_text(used)
            )
        else:
            self.rows[name].set_hint("")

    def _on_model(self, name: str) -> None:
        card = self.request_draft.card
        selected_name = card and (card.name if self.model_box.offers(card.name) else card.fast_of)
        if name != selected_name:
            self.model_chosen.emit(name)
        elif card is not None and name != card.name:
            # The user has selected the full model in place of its fast version. Selecting the current model again must
            # not reload it.
            self.modes.fast_toggled.emit(False)

    def _on_sampler(self) -> None:
        self._show_scheduler()
        self.changed.emit()

    # Construction

    def _create_main_widgets(self, theme: Theme) -> None:
        self.prompt = PromptBox(theme, title=translate("Setting", SETTINGS["prompt"].title))
        self.examples = Examples(theme)
        # True while the subjects of an image set are edited instead of the prompt.
        self._edits_set = False
        # Returns the number of images that Generate makes for the list of a set.
        self.count_set: Callable[[], int] = lambda: len(self.things.things())
        # Returns the temperature of the first images of a set with given settings.
        self.temperature_of_set: Callable[[Request], float] = lambda settings: settings.temperature
        self.style_box = StylePicker(theme)
        self.model_box = Combo(
            theme,
            name=translate("Setting", SETTINGS["model"].title),
            tooltip=self.tr("The model that generates the picture; the Models page tells more"),
        )
        self.button = GenerateButton(theme)
        self.modes = ModeButtons(theme, self)
        self.main_settings = MainSettings(theme, self.request_draft, self.modes.fast)
        self.start_mark = mark_of(theme, START_FROM.bind(self.picture_asked.emit), size=14, side=20)
        self.presets_mark = mark_of(theme, PRESETS.bind(self.presets_asked.emit), size=14, side=20)

    def _fill(self) -> Iterator[None]:
        """Create the folded settings in steps of a few milliseconds, and show the draft's values in them."""
        from gdm_studio.ui.create.panel.advanced_settings import More
        from gdm_studio.ui.create.panel.bound_setting_widgets import combo_of, slider_of, stepper_of
        from gdm_studio.ui.create.panel.conditioning_inputs import Conditions
        from gdm_studio.ui.create.panel.noise_curve import NoiseCurve
        from gdm_studio.ui.create.panel.region_section import RegionSection
        from gdm_studio.ui.create.panel.start_image_panel import StartPicture

        # A widget without a parent would be a window of its own while it is shown.
        theme, draft, body = self._theme, self.request_draft, self.main_settings.body
        self.count = stepper_of(theme, SETTINGS["count"])
        self.count.set_unit(_unit_of_pictures)
        self.main_settings.fill(self.count)
        yield
        self.seed = self.main_settings.seed
        self.sampler_box = self.main_settings.sampler_box
        self.steps = self.main_settings.steps
        self.temperature = self.main_settings.temperature
        first = {"steps": self.steps, "temperature": self.temperature}
        panel = with_role(SETTINGS, Role.PANEL)
        self.rows = {each.name: first.get(each.name) or slider_of(theme, each) for each in panel}
        self.guidance = self.rows["guidance_scale"]
        self.curve = NoiseCurve(theme)
        yield
        self.spacing_box = combo_of(theme, SETTINGS["spacing"])
        self.conditions = Conditions(theme, draft, body)
        yield
        self.regions = RegionSection(theme, draft, body)
        self.start = StartPicture(theme, draft, body)
        yield
        self.more = More(theme, draft, body)
        self.negative = self.more.negative
        self.batch = self.more.batch
        self.device_box = self.more.device_box
        yield
        self._lay_out_folded()
        yield
        self._bind_folded()
        self._connect_folded()
        self._is_filled = True
        self._show_folded()
        for act in self._after_filling:
            act()
        self._after_filling = []

    def _show_folded(self) -> None:
        """Show the model and the draft in the folded settings, which have just been created."""
        draft = self.request_draft
        card, size = draft.card, draft["size"]
        self.more.set_devices(self._devices)
        if card is not None:
            self.more.set_card(card)
            if size is not None:
                self.offer_size(size)
            self._show_accepted_folded(card.accepts)
            self.sampler_box.set_choices(menu_entries.scheduler_choices(card))
        self._show_parts()
        self._show_defaults()

    def _lay_out(self) -> None:
        self._column = page = QWidget()
        for part in (self.examples, self.presets_mark, self.start_mark):
            self.prompt.add_mark(part)
        self._style_field = Labelled(translate("Setting", SETTINGS["style"].title), self.style_box)
        self._model_field = Labelled(translate("Setting", SETTINGS["model"].title), self.model_box)
        self.borrowed = ElidedLabel(role="muted")
        self.borrowed.hide()
        self._model_row = side_by_side(self._style_field, self._model_field, shares=(3, 2))
        self._rows = stacked(
            self.prompt,
            self._model_row,
            self.borrowed,
            _stack_in_column(
                self.button, side_by_side(self.modes.live, self.modes.sketch, self.modes.set), spacing=SPACE.gap
            ),
            self.main_settings,
            ...,
            on=page,
            margins=(SPACE.edge, 17, SPACE.edge, SPACE.edge),
            spacing=13,
        )
        self._scroll = scroll = scrolled(page)
        self._scroll_bar = OverlayScrollBar(scroll)
        # An open completion list would not scroll with its editor.
        scroll.verticalScrollBar().valueChanged.connect(self.prompt.editor.close_list)
        # The page always has the panel's width. Otherwise one long word would push the right ends of all rows out of
        # sight.
        page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # The status is at the foot of the panel, so that nothing under the mouse moves when it appears.
        self._footer = foot = stacked(margins=(SPACE.edge, SPACE.small, SPACE.edge, SPACE.edge))
        stacked((scroll, 1), foot, on=self, spacing=0)
        self.main_settings.toggled.connect(self._show_marks)
        self._show_marks(False)

    def _lay_out_folded(self) -> None:
        """Fill the section More, and in it the section of the advanced settings, such as guidance and spacing."""
        finer = [row for row in self.rows.values() if row not in (self.steps, self.temperature)]
        spacing = Labelled(translate("Setting", SETTINGS["spacing"].title), self.spacing_box)
        self._path_section = _stack_in_column(spacing, self.curve, spacing=SPACE.small)
        self.more.add(_stack_in_column(*finer), self._path_section, at=0)
        self.main_settings.add(self.conditions, self.regions, self.more)
        put_in_tab_order(self.main_settings.body, after=self.main_settings.head)
        before: QWidget = self.prompt
        for part in (self.conditions.label_field, self.start):
            self._rows.insertWidget(self._rows.indexOf(self._model_row), part)
            put_in_tab_order(part, after=before)
            before = part

    def _show_marks(self, is_open: bool) -> None:
        """Show the buttons beside the prompt while the section More is unfolded. Their keys always work."""
        for part in (self.presets_mark, self.start_mark):
            part.setVisible(is_open)
        self.examples.set_offered(is_open)

    def _bind(self) -> None:
        bind(self.request_draft, "prompt", self.prompt)
        bind(self.request_draft, "style", self.style_box)

    def _bind_folded(self) -> None:
        draft = self.request_draft
        for name in ("style", "temperature"):
            draft.listen(name, lambda _: self._show_hint("temperature"))
        self.spacing_box.set_choices(menu_entries.spacing_choices(draft.card, draft["spacing"]))
        for name, row in self.rows.items():
            bind(draft, name, row)
        bind(draft, "count", self.count)
        bind(draft, "spacing", self.spacing_box)

    def _connect(self) -> None:
        self.prompt.changed.connect(self.changed)
        self.prompt.submitted.connect(self.submit)
        self.style_box.chosen.connect(self.changed)
        self.main_settings.changed.connect(self.changed)
        self.main_settings.needed.connect(self.fill)
        self.examples.picked.connect(self._on_example)
        self.model_box.chosen.connect(self._on_model)
        self.button.generate.connect(self.generate)
        self.button.stop.connect(self.stop)

    def _connect_folded(self) -> None:
        self._scroll.verticalScrollBar().valueChanged.connect(self.negative.editor.close_list)
        self.negative.submitted.connect(self.submit)
        self.spacing_box.chosen.connect(self.changed)
        for row in (self.steps, self.temperature, self.guidance, self.rows["cache_interval"]):
            row.changed.connect(self._show_effective_settings)
        for row in self.rows.values():
            row.changed.connect(self.changed)
        for part in (self.count, self.more, self.start, self.conditions, self.regions):
            part.changed.connect(self.changed)
        self.main_settings.rolled.connect(self.roll_seed)
        self.sampler_box.chosen.connect(self._on_sampler)
        self.main_settings.compare.clicked.connect(self.compare)

    def set_example(self, example: Example) -> None:
        """Apply the prompt, style and seed of an example that comes with the model."""
        # With `change`, the seed counts as typed by the user.
        self.request_draft.change(prompt=example.prompt, style=self._style_of(example), seed=example.seed)

    def _style_of(self, example: Example) -> str:
        return example.style or str(self.request_draft.default("style"))

    def _on_example(self, example: Example, at_once: bool) -> None:
        self.set_example(example)
        self.changed.emit()
        self.prompt.editor.setFocus()
        if at_once and self.button.isEnabled():
            self.generate.emit()

    def submit(self) -> None:
        """Carry out the action that the Generate button shows, after its keys were pressed."""
        if not self.button.isEnabled():
            return
        if self.button.continues_with_changes:
            self.button.resume.emit()
        else:
            self.generate.emit()


def _unit_of_pictures(count: int) -> str:
    """Return the word "picture" or its plural, depending on `count`, in the user's language."""
    return translate("Controls", "%n picture(s)", "", count).replace(str(count), "").strip()


def _stack_in_column(*parts: QWidget, spacing: int = 6) -> QWidget:
    """Stack widgets vertically in a new parent widget, which allows them to be hidden together."""
    group = QWidget()
    stacked(*parts, on=group, spacing=spacing)
    return group
