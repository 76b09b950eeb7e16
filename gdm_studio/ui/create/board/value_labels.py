"""Labels of setting values in grids of images, in the language of the window."""

from __future__ import annotations

from gdm_studio.engine.grids import PROMPT, AxisSetting, Value
from gdm_studio.ui.card_translations import card_text
from gdm_studio.ui.setting_texts import count_of_steps
from gdm_studio.ui.translation import translate, with_decimal_point, within_text


def value_label(kind: AxisSetting, value: Value) -> str:
    """Return the label of a value on an axis of a grid, such as "20 steps", "guidance 2.5" or "Euler"."""
    if kind.name == "steps":
        return count_of_steps(int(value))
    text = kind.value_text(value)
    if kind.options:
        # Style titles come from the model card.
        text = card_text(translate("Setting", text))
    elif kind.name != PROMPT:
        text = with_decimal_point(text)
    if kind.phrase == "{}":
        return text
    # Phrases of parameters keep the capitals of their titles, such as "Corrector SNR".
    title = translate("Setting", kind.title)
    return f"{title if kind.phrase.startswith(kind.title) else within_text(title)} {text}"
