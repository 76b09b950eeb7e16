"""Combo boxes for the options of a model: VAE, refiner, few-step distillation and prediction type."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.few_step_models import FEW_STEPS, NONE, SUMMARY, few_step_kind_in
from gdm_studio.models.installed.missing_parts import is_vae_of
from gdm_studio.models.installed.model_options import PREDICTIONS, YES_NO, Choices
from gdm_studio.models.installed.model_table import ModelTableRow, can_be_few_step, suitable_vaes
from gdm_studio.models.model_card import ModelCard
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate, within_text
from gdm_studio.ui.widgets import Choice, Combo, wrapped
from gdm_studio.ui.widgets.labels import Labelled
from gdm_studio.ui.widgets.layouts import stacked

OWN = QT_TRANSLATE_NOOP("ModelChoices", "As in its file ({value})")


class ModelChoices(QWidget):
    """Combo boxes for choosing a model's options, such as its VAE. The keys of `boxes` are field names of `Choices`."""

    # The name of a choice and its new value.
    chosen = Signal(str, str)

    def __init__(self, theme: Theme, line: ModelTableRow, lines: Sequence[ModelTableRow], current: Choices) -> None:
        super().__init__()
        self.boxes: dict[str, Combo] = {}
        self._column = stacked(on=self, spacing=SPACE.gap)
        accepts = line.card.accepts if line.card is not None else None
        if accepts is not None and accepts.vae:
            found = suitable_vaes(line.card, lines) if line.card is not None else []
            own = self.tr("Its own")
            tooltip = self.tr("Decodes latents into pictures, instead of its own VAE")
            if accepts.needs_vae:
                own = self.tr("None: choose one")
                tooltip = self.tr("Decodes latents into pictures; this model has no VAE of its own")
            if beside := next((each.name for each in lines if is_vae_of(each.path, line.path)), ""):
                own = self.tr("Beside its file ({value})").format(value=beside)
            self._add(theme, "vae", self.tr("VAE"), tooltip, found, current.vae, own=own)
        if accepts is not None and accepts.refiner:
            found = [each.name for each in lines if each.card is not None and each.card.accepts.refines]
            tooltip = self.tr("The model that computes the last steps")
            self._add(theme, "refiner", self.tr("Refiner"), tooltip, found, current.refiner)
        if can_be_few_step(line):
            self._add_few_steps(theme, line, current.few_steps)
        if len(line.variants) > 1:
            tooltip = self.tr("The LoRA for few steps that the button Fast turns on")
            self._add(theme, "fast", self.tr("Fast by"), tooltip, line.variants, current.fast, own=self.tr("Automatic"))
        if line.card is not None and line.card.accepts.predictions:
            self._add_prediction(theme, line.card, current)

    def _add(
        self, theme: Theme, part: str, title: str, tooltip: str, found: Sequence[str], current: str, own: str = ""
    ) -> None:
        own = own or self.tr("None")
        names = list(dict.fromkeys([*found, *([current] if current else [])]))
        self._show(theme, part, title, tooltip, [Choice("", own), *(Choice(each, each) for each in names)], current)

    def _add_few_steps(self, theme: Theme, line: ModelTableRow, current: str) -> None:
        own = line.card.few_steps if line.card is not None else ""
        titles = {kind: translate("FewSteps", few.title) for kind, few in FEW_STEPS.items()}
        summary = translate("FewSteps", SUMMARY)
        kinds = [
            Choice(kind, titles[kind], summary.format(steps=few.settings["steps"], paper=few.paper))
            for kind, few in FEW_STEPS.items()
        ]
        default = self.tr("Its file does not say")
        if own in FEW_STEPS:
            default = self.tr(OWN).format(value=titles[own])
        choices = [Choice("", default), Choice(NONE, self.tr("Not distilled")), *kinds]
        tooltip = self.tr("How it was distilled, if it was")
        self._show(theme, "few_steps", self.tr("Few-step distillation"), tooltip, choices, current)
        if not current and not own and (named := few_step_kind_in(line.name)):
            hint = self.tr("Its name suggests {kind}. Choose it only if that is true.")
            self._column.addWidget(wrapped(hint.format(kind=titles[named])))

    def _add_prediction(self, theme: Theme, card: ModelCard, current: Choices) -> None:
        from_file = card.stated_values
        default = self.tr(OWN).format(value=from_file["prediction"])
        kinds = [Choice("", default), *(Choice(kind, kind) for kind in PREDICTIONS)]
        tooltip = self.tr("The output of its network; a wrong choice turns every picture into noise")
        self._show(theme, "prediction", self.tr("Predicts"), tooltip, kinds, current.prediction)
        # The values are "yes" and "no".
        titles = dict(zip(YES_NO, (self.tr("Yes"), self.tr("No")), strict=True))
        default = self.tr(OWN).format(value=within_text(titles[YES_NO[not from_file["zero_snr"]]]))
        answers = [Choice("", default), *(Choice(each, title) for each, title in titles.items())]
        tooltip = self.tr("Whether its last noise level is pure noise; for models that predict v")
        self._show(theme, "zero_snr", self.tr("Zero terminal SNR"), tooltip, answers, current.zero_snr)

    def _show(self, theme: Theme, part: str, title: str, tooltip: str, choices: list[Choice], current: str) -> None:
        box = self.boxes[part] = Combo(theme, name=title, tooltip=tooltip)
        box.set_choices(choices)
        box.set_choice(current)
        box.chosen.connect(lambda value: self.chosen.emit(part, value))
        self._column.addWidget(Labelled(title, box))
