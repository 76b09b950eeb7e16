"""ComfyUI's graphs: from the node that saved the picture back to the sampler that made it, and to its words."""

from gdm_studio.gallery.metadata.comfy.found import Settings
from gdm_studio.gallery.metadata.comfy.settings import settings_in

__all__ = ["Settings", "settings_in"]
