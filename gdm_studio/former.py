"""Former requests: what files mean that another version of the program wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What a file means that does not name a field, and what digests leave out: the default that each of these fields had
# when it came. It stays as it is, so that a default can change; a field that is not in here means its default.
ABSENT = {
    "prompt": "", "negative_prompt": "", "style": "", "model": "icons", "seed": 0, "toward": None, "count": 1,
    "batch": 0, "sampler": "dpmpp_2m", "spacing": "karras", "steps": 20, "guidance_scale": 4.0, "temperature": 1.0,
    "knobs": {}, "controls": {}, "image": "", "mask": "", "strength": 0.6, "inverted": False, "branch": None,
    "size": None, "device": "auto", "dtype": "auto",
}  # fmt: skip
# The same of the samplers' own knobs.
ABSENT_KNOBS: dict[str, dict[str, float]] = {
    "dpmpp_2m_sde": {"eta": 1.0}, "unipc": {"variant": 2.0}, "ddim": {"eta": 0.0}, "dpmpp_sde": {"eta": 1.0},
    "dpmpp_2s_a": {"eta": 1.0}, "dpmpp_3m_sde": {"eta": 1.0, "curvature": 1.0}, "dpm2_a": {"eta": 1.0},
    "edm": {"churn": 40.0, "churn_above": 0.05, "churn_below": 50.0, "noise_scale": 1.003},
    "restart": {"restarts": 2.0, "restart_at": 0.1, "restart_from": 2.0}, "dpmpp_3m": {"curvature": 1.0},
    "unipc_3": {"variant": 2.0}, "ode_rk45": {"tolerance": 0.0001}, "analytic_ddpm": {"last_noise": 0.0},
    "analytic_ddim": {"last_noise": 0.0}, "pc": {"snr": 0.16}, "pc_ancestral": {"snr": 0.16},
    "ncsn": {"each": 100.0, "step_size": 0.2}, "ncsnv2": {"each": 5.0, "step_size": 0.062},
}  # fmt: skip
_SPACINGS = {"beta": "beta_0_1"}  # names that stood for others before version 2


def up_to_date(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request as its version wrote them, under their names of today.

    Raises ValueError, TypeError, KeyError or AttributeError where they are none.
    """
    found = dict(values.items())
    return _renamed(found) if found.get("version") == 1 else found


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if isinstance(spacing := found.get("spacing"), str):
        found["spacing"] = _SPACINGS.get(spacing, spacing)
    branch = found.get("branch")
    if isinstance(branch, dict) and isinstance(branch.get("parent"), dict):
        found["branch"] = branch | {"parent": _renamed(branch["parent"])}
    return found
