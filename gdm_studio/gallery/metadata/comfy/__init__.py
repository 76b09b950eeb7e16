"""Reader of ComfyUI graphs, which follows the links from the node that saved the image back to sampler and prompts."""

from gdm_studio.gallery.metadata.comfy.entries import Settings
from gdm_studio.gallery.metadata.comfy.settings import settings_in

__all__ = ["Settings", "settings_in"]
