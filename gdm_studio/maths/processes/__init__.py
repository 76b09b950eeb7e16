"""Forward processes, from an image to noise. To add one, write a function and list it below."""

from collections.abc import Callable

from gdm_studio.maths.processes.cold import blur, fade, mask, pixelate, snow
from gdm_studio.maths.processes.coordinates import (
    straight,
    sub_variance_preserving,
    variance_exploding,
    variance_preserving,
)
from gdm_studio.maths.processes.flow import (
    CURVES,
    flow,
    flow_for_steps,
    flux1_shift,
    flux2_shift,
    ideogram4_shift,
    krea2_shift,
    qwen_image_shift,
    sd3_first,
    timesteps_for,
)
from gdm_studio.maths.processes.non_gaussian import gamma, laplace, mixture
from gdm_studio.maths.processes.process import Law, Process, Sde, shifted, with_zero_terminal_snr
from gdm_studio.maths.processes.ve import edm, ve
from gdm_studio.maths.processes.vp import sub_vp, tabulated, vp, vp_sde

# The processes by their names in model cards. The card also contains the parameters of the function.
PROCESSES: dict[str, Callable[..., Process]] = {
    "edm": edm,
    "vp": vp,
    "tabulated": tabulated,
    "vp_sde": vp_sde,
    "subvp": sub_vp,
    "ve": ve,
    "flow": flow,
    "gamma": gamma,
    "mixture": mixture,
    "laplace": laplace,
    "blur": blur,
    "pixelate": pixelate,
    "mask": mask,
    "fade": fade,
    "snow": snow,
}

__all__ = [
    "CURVES",
    "Law",
    "PROCESSES",
    "Process",
    "Sde",
    "blur",
    "edm",
    "fade",
    "flow",
    "flow_for_steps",
    "flux1_shift",
    "flux2_shift",
    "gamma",
    "ideogram4_shift",
    "laplace",
    "mask",
    "mixture",
    "pixelate",
    "krea2_shift",
    "qwen_image_shift",
    "sd3_first",
    "shifted",
    "snow",
    "straight",
    "sub_variance_preserving",
    "sub_vp",
    "tabulated",
    "timesteps_for",
    "variance_exploding",
    "variance_preserving",
    "ve",
    "vp",
    "vp_sde",
    "with_zero_terminal_snr",
]
