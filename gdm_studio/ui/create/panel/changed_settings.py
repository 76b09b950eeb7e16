"""Settings that differ from the model's defaults: their phrases, and chips that show and reset them one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, get_origin

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.maths.guidance_params import GUIDANCE
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.capabilities import PLAIN
from gdm_studio.request.generation_request import SETTINGS, Request, Role
from gdm_studio.studio.model_compatibility import OF_GUIDANCE, drop_unsupported
from gdm_studio.studio.request_draft import LOCK, RequestDraft
from gdm_studio.ui.interpolation_texts import interpolation_text
from gdm_studio.ui.setting_texts import count_of_steps, device_title, setting_label
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import number_text, translate, within_text
from gdm_studio.ui.widgets.chips import Chip, Flow
from gdm_studio.ui.widgets.layouts import stacked

# Names of the settings that are listed. The others are in sight on the panel.
LISTED = tuple(name for name, setting in SETTINGS.items() if Role.IN_SIGHT not in setting.role)
# Space above the chips in logical pixels.
TOP = 6
# Length of a prompt in a chip.
MAX_PROMPT = 24


@dataclass(frozen=True)
class Change:
    """A setting, or one parameter `key` of a setting, that differs from the model's default, with a phrase for it."""

    name: str
    text: str
    key: str = ""


def list_changes(draft: RequestDraft) -> list[Change]:
    """Return the settings in effect that differ from the model's defaults and that the panel does not show elsewhere,
    in the order of the window.
    """
    if draft.card is None:
        return []
    request = draft.request
    # Settings without an effect are equal in both.
    usual = drop_unsupported(replace(request, **{name: draft.default(name) for name in LISTED}), draft.card.accepts)
    if not draft.card.accepts.steps:
        usual = replace(usual, sampler=request.sampler, spacing=request.spacing, knobs=request.knobs)
    return [change for name in LISTED for change in _iter_changes(draft, name, request, usual)]


def reset_change(draft: RequestDraft, change: Change) -> None:
    """Set a changed setting, or one parameter of it, back to the model's default. The seed becomes random again."""
    if change.name == "seed":
        if draft[LOCK] and not draft.is_locked_by_user:
            # A tool such as Live needs a fixed seed.
            draft.roll()
        else:
            draft.change(**{LOCK: False})
            draft.hold_seed(False)
    elif change.key:
        values = dict(draft[change.name])
        params = _params_of(draft, change.name)
        values[change.key] = _default_of(draft, change.name, params[change.key])
        draft.change(**{change.name: values})
    elif change.name == "size":
        draft.change(size=_default_size(draft))
    else:
        draft.change(**{change.name: draft.default(change.name)})


def _iter_changes(draft: RequestDraft, name: str, request: Request, usual: Request) -> Iterator[Change]:
    value, default = getattr(request, name), getattr(usual, name)
    if get_origin(SETTINGS[name].kind) is dict:
        if value == default:
            return
        for key, param in _params_of(draft, name).items():
            number = value.get(key, param.default)
            if number != _default_of(draft, name, param):
                title = within_text(translate("Setting", param.title))
                yield Change(name, f"{title} {number_text(float(number))}", key)
    elif _is_changed(draft, name, value, default):
        yield Change(name, _describe_change(draft, name, value))


def _is_changed(draft: RequestDraft, name: str, value: Any, default: Any) -> bool:
    if name == "seed":
        return bool(draft[LOCK]) or draft.is_seed_given
    if name == "size":
        return value is not None and value != _default_size(draft)
    return bool(value != default)


def _default_size(draft: RequestDraft) -> tuple[int, int] | None:
    sizes = draft.card.sizes() if draft.card is not None else ()
    return draft.default("size") or (sizes[0] if len(sizes) > 1 else None)


def _params_of(draft: RequestDraft, name: str) -> Mapping[str, Param]:
    """Return the parameters that currently have an effect, by name: those of the sampler, of guidance, or the model's
    factors.
    """
    params: Sequence[Param]
    if name == "knobs":
        params = SAMPLERS[draft.request.sampler].params
    elif name == "controls":
        guided = draft.request.guidance_scale != 1
        params = [param for param in GUIDANCE if guided or not param.name.startswith(OF_GUIDANCE)]
    else:
        params = draft.card.accepts.factors if draft.card is not None else ()
    return {param.name: param for param in params}


def _default_of(draft: RequestDraft, name: str, param: Param) -> float:
    """Return the default of one parameter: the model's, unless another sampler than the model's is selected."""
    if name == "knobs" and draft["sampler"] != draft.default("sampler"):
        return param.default
    return float(draft.default(name).get(param.name, param.default))


def _describe_change(draft: RequestDraft, name: str, value: Any) -> str:
    """Return a short phrase for a changed setting, such as "30 steps", "Heun" or "guidance 5"."""
    setting = SETTINGS[name]
    if name == "steps":
        return count_of_steps(value)
    if name == "count":
        return translate("Controls", "%n picture(s)", "", value)
    if name == "batch":
        return translate("More", "{count} at once").format(count=value)
    if name == "negative_prompt":
        return translate("More", "without “{prompt}”").format(prompt=value)
    if name == "attention":
        return translate("More", "words")
    if name == "grammar" and value == PLAIN:
        return translate("More", "plain words")
    if name == "toward":
        return interpolation_text(value, draft.request.prompt)
    if name == "hints":
        return translate("More", "%n control picture(s)", "", len(value))
    if name == "regions":
        return translate("RegionSection", "%n region(s)", "", len(value))
    if name == "region_mode":
        # "Attention" alone could also be the recording of word maps.
        return setting_label(setting, value)
    if name == "size":
        return "{} × {}".format(*value)
    if name == "device":
        return device_title(value)
    if name == "region_mode":
        return setting_label(setting, value)
    if setting.words == "{}" and not setting.choices:
        # The name of a file, such as a VAE.
        return f"{translate('Setting', setting.title)} {value or translate('More', 'None')}"
    return translate("Setting", setting.text(value)) if setting.choices else setting_label(setting, value)


class ChangedSettings(QWidget):
    """Row of chips for the settings that differ from the model's defaults, hidden if there are none. Tab visits them
    after the widget `head`.

    Signal: `cleared(Change)` when the user removes a chip.
    """

    cleared = Signal(object)

    def __init__(self, theme: Theme, head: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header = head
        self._theme = theme
        self._changes: list[Change] = []
        self.chips: list[Chip] = []
        self._flow = Flow(gap=6)
        stacked(TOP, self._flow, on=self, spacing=0)
        self.hide()

    def show_changes(self, changes: Collection[Change]) -> None:
        """Show a chip for each of the given changes. Existing chips are reused and thereby keep the keyboard focus."""
        shown = dict(zip(self._changes, self.chips, strict=True))
        self._changes = list(changes)
        had_focus = any(chip.hasFocus() for chip in self.chips)
        self.chips = [shown.get(change) or self._create_chip(change) for change in self._changes]
        self._flow.set_widgets(self.chips)
        for before, chip in pairwise((self._header, *self.chips)):
            self.setTabOrder(before, chip)
        self.setVisible(bool(self.chips))
        if had_focus and self.chips and not any(chip.hasFocus() for chip in self.chips):
            self.chips[0].setFocus()
        self.updateGeometry()

    def _create_chip(self, change: Change) -> Chip:
        tooltip = translate("ChangedSettings", "{setting}: back to the model's default").format(setting=change.text)
        if change.name == "seed":
            tooltip = translate("ChangedSettings", "Draw each picture with another seed again")
        elif change.name == "model":
            # A set or a draft may have selected it without the user.
            tooltip = translate(
                "ChangedSettings",
                "Sets and drafts use this faster version of the model, with few steps. Click to use the full model.",
            )
        chip = Chip(self._theme, _shorten_prompt(change.text), tooltip=tooltip)
        chip.setAccessibleName(plain(change.text))
        chip.setAccessibleDescription(plain(tooltip))
        chip.removed.connect(lambda: self.cleared.emit(change))
        return chip


def _shorten_prompt(text: str) -> str:
    return text if len(text) <= 2 * MAX_PROMPT else f"{text[:MAX_PROMPT].rstrip()} …"
