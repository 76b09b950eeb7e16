"""Descriptions of the tools of the MCP server: arguments, results and annotations."""

from __future__ import annotations

from typing import Any

from gdm_studio.server.request_fields import PROPERTIES

# Maximum number of images of a call of generate_image, and of found images.
MAX_IMAGES = 4
MAX_FOUND = 50

_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}
_TEXTS = {"type": "array", "items": _TEXT}


def _build_schema(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
    }


def _build_annotations(title: str, *, reads_only: bool) -> dict[str, Any]:
    """Return the annotations of a tool. No tool deletes anything or uses the network."""
    only_for_writers = {} if reads_only else {"destructiveHint": False, "idempotentHint": False}
    return {"title": title, "readOnlyHint": reads_only, **only_for_writers, "openWorldHint": False}


_IMAGE_FACTS = {
    "file": _TEXT | {"description": "Path of the image file on this machine"},
    "id": _TEXT,
    "prompt": _TEXT,
    "label": _TEXT,
    "model": _TEXT,
    "seed": _WHOLE,
    "steps": _WHOLE,
    "size": _TEXT | {"description": "Width and height in pixels, such as 512x512"},
}
# An image without settings has neither a seed nor a number of steps.
_ALWAYS = [name for name in _IMAGE_FACTS if name not in ("seed", "steps")]
_IMAGES = {"type": "array", "items": _build_schema(_IMAGE_FACTS, *_ALWAYS)}
_MODEL_FACTS = {
    "name": _TEXT,
    "title": _TEXT,
    "summary": _TEXT,
    "sizes": _TEXTS,
    "steps": _WHOLE | {"description": "Default number of denoising steps"},
    "styles": _TEXTS,
    "labels": _TEXTS | {"description": "Classes that the model draws"},
    "prompt": {"type": "boolean", "description": "Whether the model reads a prompt"},
    "negative_prompt": {"type": "boolean"},
    "denoises_in_steps": {"type": "boolean"},
}

TOOLS: list[dict[str, Any]] = [
    {
        "name": "generate_image",
        "title": "Generate images",
        "description": "Generate images from a prompt on this machine. Returns each image and the path of its file.",
        "inputSchema": _build_schema(PROPERTIES | {"count": PROPERTIES["count"] | {"maximum": MAX_IMAGES}}),
        "outputSchema": _build_schema(
            {
                "images": _IMAGES,
                "left_out": _TEXTS | {"description": "Settings that the model does not support and that were left out"},
            },
            "images",
            "left_out",
        ),
        "annotations": _build_annotations("Generate images", reads_only=False),
    },
    {
        "name": "list_models",
        "title": "List models",
        "description": "List the installed models with their sizes, default steps, styles and classes.",
        "inputSchema": _build_schema({}),
        "outputSchema": _build_schema(
            {"models": {"type": "array", "items": _build_schema(_MODEL_FACTS, *_MODEL_FACTS)}}, "models"
        ),
        "annotations": _build_annotations("List models", reads_only=True),
    },
    {
        "name": "search_images",
        "title": "Search the gallery",
        "description": "Search the gallery for images by their prompts and settings, newest first.",
        "inputSchema": _build_schema(
            {
                "query": _TEXT | {"description": "Words of the prompt, or terms such as model:NAME; all by default"},
                "limit": _WHOLE
                | {"description": "Maximum number of images; 10 by default", "minimum": 1, "maximum": MAX_FOUND},
            }
        ),
        "outputSchema": _build_schema({"images": _IMAGES}, "images"),
        "annotations": _build_annotations("Search the gallery", reads_only=True),
    },
    {
        "name": "show_image",
        "title": "Show an image",
        "description": "Return an image of the gallery by its id from search_images.",
        "inputSchema": _build_schema({"id": _TEXT | {"description": "The id of an image"}}, "id"),
        "outputSchema": _build_schema({"images": _IMAGES}, "images"),
        "annotations": _build_annotations("Show an image", reads_only=True),
    },
]
# Arguments of each tool.
ARGUMENTS: dict[str, dict[str, Any]] = {tool["name"]: tool["inputSchema"]["properties"] for tool in TOOLS}
