"""The tools whose files are read, first match wins. To add one: a file here and its name in the list."""

from gdm_studio.gallery.metadata.tools import (
    ai_runner,
    civitai,
    comfyui,
    draw_things,
    easy_diffusion,
    fooocus,
    hugging_face,
    invokeai,
    midjourney,
    novelai,
    ours,
    ruined_fooocus,
    stability_matrix,
    swarmui,
    tensorart,
    webui,
)
from gdm_studio.gallery.metadata.tools.base import Tool

TOOLS: tuple[Tool, ...] = (
    ours.TOOL,
    invokeai.TOOL,
    novelai.TOOL,
    swarmui.TOOL,
    ruined_fooocus.TOOL,
    fooocus.TOOL,
    stability_matrix.TOOL,
    tensorart.TOOL,
    draw_things.TOOL,
    easy_diffusion.TOOL,
    civitai.TOOL,
    hugging_face.TOOL,
    midjourney.TOOL,
    webui.TOOL,  # after those that add something to its text
    comfyui.TOOL,  # after those that keep its graph beside settings of their own
    ai_runner.TOOL,
)

__all__ = ["TOOLS", "Tool"]
