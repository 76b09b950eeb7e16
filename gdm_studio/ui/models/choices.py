"""What people choose for a model once and for all: its VAE, its refiner, its few-step kind, what it predicts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.models.card import ModelCard
from gdm_studio.models.choices import PREDICTIONS, YES_NO, Choices
from gdm_studio.models.few_steps import FEW_STEPS, NONE, named_in
from gdm_studio.models.held import Held
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import Choice, Combo, wrapped
from gdm_studio.ui.widgets.labels import Labelled
from gdm_studio.ui.widgets.layouts import stacked

OWN = "As its file has it ({})"


class ModelChoices(QWidget):
    """Signals: `chosen(str, str)`, what of it and what, by people. `boxes`: the lists, by what they are of."""

    chosen = Signal(str, str)

    def __init__(self, theme: Theme, line: Held, lines: Sequence[Held], now: Choices) -> None:
        super().__init__()
        self.boxes: dict[str, Combo] = {}
        self._column = stacked(on=self, spacing=SPACE.gap)
        accepts = line.card.accepts if line.card is not None else None
        if accepts is not None and accepts.vae:
            found = [each.name for each in lines if each.family == "VAE"]
            own, tooltip = "Its own", "What turns latents into pictures, in place of its own"
            if accepts.needs_vae:
                own, tooltip = "None: choose one", "What turns latents into pictures; this one has none of its own"
            self._add(theme, "vae", "VAE", tooltip, found, now.vae, own=own)
        if accepts is not None and accepts.refiner:
            found = [each.name for each in lines if each.card is not None and each.card.accepts.refines]
            self._add(theme, "refiner", "Refiner", "The model that makes the last steps", found, now.refiner)
        if accepts is None or accepts.vae:
            self._add_few_steps(theme, line, now.few_steps)
        if len(line.variants) > 1:
            tooltip = "Which of the LoRAs for few steps the button Fast turns on"
            self._add(theme, "fast", "Fast by", tooltip, line.variants, now.fast, own="Automatic")
        if line.card is not None and line.card.accepts.vae:
            self._add_prediction(theme, line.card, now)

    def _add(
        self, theme: Theme, part: str, title: str, tooltip: str, found: Sequence[str], now: str, own: str = "None"
    ) -> None:
        names = list(dict.fromkeys([*found, *([now] if now else [])]))
        self._show(theme, part, title, tooltip, [Choice("", own), *(Choice(each, each) for each in names)], now)

    def _add_few_steps(self, theme: Theme, line: Held, now: str) -> None:
        own = line.card.few_steps if line.card is not None else ""
        kinds = [Choice(kind, few.title, few.summary) for kind, few in FEW_STEPS.items()]
        said = OWN.format(FEW_STEPS[own].title) if own in FEW_STEPS else "Its file does not say"
        choices = [Choice("", said), Choice(NONE, "Not distilled"), *kinds]
        self._show(theme, "few_steps", "Draws in few steps", "How it was distilled, if it was", choices, now)
        if not now and not own and (named := named_in(line.name)):
            title = FEW_STEPS[named].title
            hint = f"Its name says {title}. A name proves nothing: choose it if it is so."
            self._column.addWidget(wrapped(hint))

    def _add_prediction(self, theme: Theme, card: ModelCard, now: Choices) -> None:
        told = {"prediction": card.prediction, "zero_snr": card.has_zero_snr} | card.told
        kinds = [Choice("", OWN.format(told["prediction"])), *(Choice(kind, kind) for kind in PREDICTIONS)]
        tooltip = "What its network answers with; another choice makes noise of every picture"
        self._show(theme, "prediction", "Predicts", tooltip, kinds, now.prediction)
        own = YES_NO[not told["zero_snr"]]
        answers = [Choice("", OWN.format(own)), *(Choice(each, each.capitalize()) for each in YES_NO)]
        tooltip = "Whether its last noise level is noise alone; for models that predict v"
        self._show(theme, "zero_snr", "Zero terminal SNR", tooltip, answers, now.zero_snr)

    def _show(self, theme: Theme, part: str, title: str, tooltip: str, choices: list[Choice], now: str) -> None:
        box = self.boxes[part] = Combo(theme, name=title, tooltip=tooltip)
        box.set_choices(choices)
        box.set_choice(now)
        box.chosen.connect(lambda value: self.chosen.emit(part, value))
        self._column.addWidget(Labelled(title, box))
