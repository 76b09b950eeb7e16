"""Migration of requests that were written by other versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The value of a field that is missing in a file, which is also left out of digests. It is the default that the field
# had when it was introduced. These values never change, so that defaults can. A field that is not in this table has its
# current default.
ABSENT = {
    "prompt": "", "negative_prompt": "", "style": "", "model": "icons", "seed": 0, "toward": None, "count": 1,
    "batch": 0, "sampler": "dpmpp_2m", "spacing": "karras", "steps": 20, "guidance_scale": 4.0, "temperature": 1.0,
    "knobs": {}, "controls": {}, "image": "", "mask": "", "strength": 0.6, "inverted": False, "branch": None,
    "size": None, "device": "auto", "dtype": "auto", "rules": 1,
}  # fmt: skip
# The values of missing sampler parameters, which are the defaults that they had when they were introduced.
ABSENT_SAMPLER_PARAMS: dict[str, dict[str, float]] = {
    "dpmpp_2m_sde": {"eta": 1.0}, "unipc": {"variant": 2.0}, "ddim": {"eta": 0.0}, "dpmpp_sde": {"eta": 1.0},
    "dpmpp_2s_a": {"eta": 1.0}, "dpmpp_3m_sde": {"eta": 1.0, "curvature": 1.0}, "dpm2_a": {"eta": 1.0},
    "edm": {"churn": 40.0, "churn_above": 0.05, "churn_below": 50.0, "noise_scale": 1.003},
    "restart": {"restarts": 2.0, "restart_at": 0.1, "restart_from": 2.0}, "dpmpp_3m": {"curvature": 1.0},
    "unipc_3": {"variant": 2.0}, "ode_rk45": {"tolerance": 0.0001}, "analytic_ddpm": {"last_noise": 0.0},
    "analytic_ddim": {"last_noise": 0.0}, "pc": {"snr": 0.16}, "pc_ancestral": {"snr": 0.16},
    "ncsn": {"each": 100.0, "step_size": 0.2}, "ncsnv2": {"each": 5.0, "step_size": 0.062},
}  # fmt: skip
# The current names of spacings whose names had another meaning in version 1.
_SPACINGS = {"beta": "beta_0_1"}


def migrate(values: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the fields of a request saved by an earlier version to their current names and values.

    Raises ValueError, TypeError, KeyError or AttributeError for malformed values.
    """
    found = dict(values.items())
    return _rename(found) if found.get("version") == 1 else found


def _rename(values: dict[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if isinstance(spacing := found.get("spacing"), str):
        found["spacing"] = _SPACINGS.get(spacing, spacing)
    branch = found.get("branch")
    if isinstance(branch, dict) and isinstance(branch.get("parent"), dict):
        found["branch"] = branch | {"parent": _rename(branch["parent"])}
    return found
