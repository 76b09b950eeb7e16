"""Reader of ComfyUI graphs. It follows links backwards from the node that saved the image to the sampler and its
prompts.
"""

from gdm_studio.gallery.metadata.comfy.entries import Settings
from gdm_studio.gallery.metadata.comfy.settings import settings_in

__all__ = ["Settings", "settings_in"]
