"""Phrases that name a setting with its value, in the language of the window."""

from __future__ import annotations

from typing import Any

from gdm_studio.request.setting import Setting
from gdm_studio.ui.translation import translate, with_decimal_point, within_text


def setting_label(setting: Setting, value: Any) -> str:
    """Return a value with the title of its setting, such as "guidance 2.5"."""
    text = setting.text(value)
    text = with_decimal_point(text) if setting.is_number else translate("Setting", text)
    return f"{within_text(translate('Setting', setting.title))} {text}"


def count_of_steps(count: int) -> str:
    """Return a phrase for a number of steps, such as "20 steps", in the language of the window."""
    return translate("steps", "%n step(s)", "", count)
