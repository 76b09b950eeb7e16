"""Errors of graphs, in the form in which ComfyUI's clients expect them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten

# The kind of an error about a value or a combination of nodes that ComfyUI would accept.
UNSUPPORTED = "custom_validation_failed"
# Maximum number of characters of a text in an error.
_MAX_TEXT = 300


class NodeError(Exception):
    """Error about one node of a graph. `kind` is ComfyUI's name for it, and `input_name` the input that causes it, or
    "". `node` is the id of the node if it is another one than the node that is read.
    """

    def __init__(self, sentence: str, *, input_name: str = "", kind: str = UNSUPPORTED, node: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind
        self.input_name = input_name
        self.node = node

    @property
    def facts(self) -> dict[str, Any]:
        """The error as JSON for a client."""
        names = {"input_name": self.input_name} if self.input_name else {}
        return {
            "type": self.kind,
            "message": shorten(str(self), _MAX_TEXT),
            "details": self.input_name,
            "extra_info": names,
        }


class GraphError(BadRequest):
    """Error about a graph that cannot become a request, with the errors of its nodes by their ids."""

    def __init__(self, kind: str, sentence: str, node_errors: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.node_errors = dict(node_errors or {})


def error_body(kind: str, sentence: str, node_errors: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return an error as JSON in the form of ComfyUI's /prompt."""
    error = {"type": kind, "message": sentence, "details": sentence, "extra_info": {}}
    return {"error": error, "node_errors": dict(node_errors or {})}
