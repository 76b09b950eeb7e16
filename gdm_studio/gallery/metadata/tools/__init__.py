"""Supported tools, in the order in which their readers are tried.

To add a tool, write a module and add it to TOOLS.
"""

from gdm_studio.gallery.metadata.tools import (
    a1111_webui,
    ai_runner,
    civitai,
    comfyui,
    draw_things,
    easy_diffusion,
    fooocus,
    gdm_studio_record,
    hugging_face,
    invokeai,
    midjourney,
    novelai,
    ruined_fooocus,
    stability_matrix,
    swarmui,
    tensorart,
)
from gdm_studio.gallery.metadata.tools.base import Tool

TOOLS: tuple[Tool, ...] = (
    gdm_studio_record.TOOL,
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
    # Must come after the tools that extend the A1111 text.
    a1111_webui.TOOL,
    # Must come after the tools that store a ComfyUI graph beside their own settings.
    comfyui.TOOL,
    ai_runner.TOOL,
    # Must come last, because it takes any text for a prompt.
    a1111_webui.SPARSE,
)

__all__ = ["TOOLS", "Tool"]
