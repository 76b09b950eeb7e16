"""Phrases that name a setting or its value, such as a device, in the language of the window."""

from __future__ import annotations

from typing import Any

from gdm_studio.common import remote_device
from gdm_studio.request.setting import Setting
from gdm_studio.ui.translation import translate, with_decimal_point, within_text

# Device name that stands for all devices. It equals the one in engine.devices, which cannot be imported here.
ALL = "all"


def setting_label(setting: Setting, value: Any) -> str:
    """Return a value with the title of its setting, such as "guidance 2.5"."""
    text = setting.text(value)
    text = with_decimal_point(text) if setting.is_number else translate("Setting", text)
    return f"{within_text(translate('Setting', setting.title))} {text}"


def value_text(setting: Setting, text: str) -> str:
    """Return the text of a setting's value in the language of the window: with its decimal point, and with translated
    titles of choices.
    """
    if setting.kind is bool:
        return translate("Setting", "yes") if text == "yes" else translate("Setting", "no")
    if setting.is_number or setting.contains_numbers:
        text = with_decimal_point(text)
    return translate("Setting", text) if setting.choices else text


def count_of_steps(count: int) -> str:
    """Return a phrase for a number of steps, such as "20 steps", in the language of the window."""
    return translate("steps", "%n step(s)", "", count)


def device_title(name: str) -> str:
    """Return a compute device's title, such as "CUDA 1" for "cuda:1" or "gpubox · CUDA 1" for "ssh:gpubox/cuda:1".

    `name` may also be a comma-separated list of devices.
    """
    if name == ALL:
        return translate("Settings", "All devices")
    if "," in name:
        return " + ".join(map(device_title, name.split(",")))
    if name == remote_device.CLUSTER:
        return translate("Settings", "Cluster")
    if remote_device.is_ssh(name):
        host, _, device = name.removeprefix(remote_device.PREFIX).partition("/")
        return f"{host} · {device_title(device)}" if device else host
    kind, _, number = name.partition(":")
    title = kind.upper()
    return f"{title} {number}" if number and number != "0" else title
