"""Graph of ComfyUI nodes, with bounded searches that follow its links backwards."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

MAX_NODES = 4000
_MAX_INPUTS = 200
# Maximum length of the kind of a node and of the name of an input.
_MAX_NAME = 200
# Maximum number of links followed in all searches through one graph.
_MAX_STEPS = 200_000
# Maximum number of consecutive nodes that only pass on a value.
_MAX_HOPS = 40

# Names of inputs other than the image.
_NOT_PICTURES = re.compile(
    r"model|clip|vae|positive|negative|cond|control|guider|noise|sampler|sigmas|style|lora|mask|prompt|(?<!con)text|seed",
    re.IGNORECASE,
)
_PICTURES = re.compile(r"latent|samples|image|pixels", re.IGNORECASE)
_CONDITIONING_INPUT = re.compile(r"positive|negative|cond", re.IGNORECASE)
# Inputs of nodes that have a single value.
_VALUE_INPUTS = (
    "value",
    "Value",
    "seed",
    "int",
    "float",
    "number",
    "string",
    "text",
    "INT",
    "FLOAT",
    "STRING",
    "boolean",
)
# Inputs of nodes that pass on any value.
_PASSED_INPUTS = ("", "any", "anything", "source", "input", "value", "*", "any_input", "data")

# Inputs of switches.
_BRANCHES = ("on_true", "on_false")


@dataclass(frozen=True)
class Node:
    """A node of a ComfyUI graph. Its inputs are literal values or links to the outputs of other nodes."""

    id: str
    kind: str
    inputs: Mapping[str, Any]

    @cached_property
    def links(self) -> dict[str, Link]:
        """The inputs of the node that are links to other nodes. For a switch node, only the links of the selected
        branch are returned.
        """
        found = {name: each for name, value in self.inputs.items() if (each := link(value))}
        chosen = _find_selected_input(self.inputs)
        return {name: each for name, each in found.items() if not chosen or name not in _BRANCHES or name == chosen}


@dataclass(frozen=True)
class Link:
    """A link from a node's input in a ComfyUI graph to the output `slot` of the node `node`."""

    node: str
    slot: int


class Graph:
    """Graph of the ComfyUI nodes that generated an image. The total number of nodes that its searches visit is limited;
    beyond the limit, searches end early.
    """

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self._steps_left = _MAX_STEPS

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Graph | None:
        """Parse the ComfyUI graph in an image file (in ComfyUI's API format).

        Returns None if it is not a graph or implausibly large.
        """
        nodes = {
            str(name): Node(str(name), kind[:_MAX_NAME], _limit_inputs(inputs))
            for name, node in list(data.items())[: MAX_NODES + 1]
            if isinstance(node, dict)
            and isinstance(kind := node.get("class_type"), str)
            and isinstance(inputs := node.get("inputs"), dict)
        }
        return cls(nodes)._resolve_switches() if 0 < len(nodes) <= MAX_NODES else None

    def upstream(self, starts: Iterable[Link], through: Callable[[str], bool]) -> Iterator[Node]:
        """Yield the nodes from which the links `starts` come, directly or indirectly. Each node occurs once, the
        nearest first.

        Only inputs accepted by `through` are followed.
        """
        queue = deque(each.node for each in starts)
        seen: set[str] = set()
        while queue:
            node_id = queue.popleft()
            if node_id in seen or (node := self.nodes.get(node_id)) is None:
                continue
            seen.add(node_id)
            yield node
            self._steps_left -= len(node.links) + 1
            if self._steps_left < 0:
                return
            queue.extend(each.node for name, each in node.links.items() if through(name))

    def value(self, node: Node, names: Iterable[str], through: Callable[[str], bool]) -> tuple[str, Any] | None:
        """Find the value of a setting, such as a seed: the first input with one of the given names in `node` or the
        nearest upstream node. Returns (entry name, value), or None if there is none.
        """
        wanted = tuple(names)
        for each in self.upstream([Link(node.id, 0)], through):
            for name in wanted:
                if name in each.inputs and (value := self.literal(each.inputs[name], name)) is not None:
                    return f"{each.kind}.{name}", value
        return None

    def literal(self, value: Any, name: str) -> Any:
        """Return the literal value of a node's input. Links are followed through nodes that pass a value on unchanged.

        Returns None if the value is computed at run time.
        """
        for _ in range(_MAX_HOPS):
            target = link(value)
            if target is None:
                return None if isinstance(value, list) else value.get("content") if isinstance(value, dict) else value
            node = self.nodes.get(target.node)
            if node is None:
                return None
            own = [node.inputs[key] for key in (name, *_VALUE_INPUTS) if key in node.inputs]
            passed = [node.inputs[key] for key in node.links if key in _PASSED_INPUTS or key in _BRANCHES]
            value = next(iter(own or passed), None)
            if value is None:
                return None
        return None

    def _resolve_switches(self) -> Graph:
        """Return the graph with the conditions of its switch nodes evaluated where known, so that searches follow only
        the selected branches.
        """
        switches = {name: node for name, node in self.nodes.items() if link(node.inputs.get("switch"))}
        decided = {
            name: Node(name, node.kind, {**node.inputs, "switch": self.literal(node.inputs["switch"], "value")})
            for name, node in switches.items()
        }
        return Graph({**self.nodes, **decided})


def link(value: Any) -> Link | None:
    """Convert an input of a ComfyUI node to a Link to another node, or return None if it is a literal value."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int) and isinstance(value[1], int):
        return Link(str(value[0]), value[1])
    return None


@lru_cache(4096)
def towards_pictures(name: str) -> bool:
    """Return True if a node's input with this name can carry the image, as pixels, latents or a bundle that includes
    them.
    """
    return bool(_PICTURES.search(name)) or not _NOT_PICTURES.search(name)


@lru_cache(4096)
def towards_conditioning(name: str) -> bool:
    """Return True if a node's input with this name can carry conditioning, such as an encoded prompt."""
    return bool(_CONDITIONING_INPUT.search(name))


@lru_cache(4096)
def towards_settings(name: str) -> bool:
    """Return True if a node's input with this name can carry sampler settings, but not the image, conditioning or a
    model.
    """
    return (
        not _PICTURES.search(name)
        and not _CONDITIONING_INPUT.search(name)
        and not re.search(r"model|clip|vae|mask", name, re.I)
    )


@lru_cache(4096)
def towards_weights(name: str) -> bool:
    """Return True if a node's input with this name can carry a model or its LoRAs."""
    return (
        not _PICTURES.search(name)
        and not _CONDITIONING_INPUT.search(name)
        and not re.search("vae|upscale|control", name, re.I)
    )


def follow_all_links(name: str) -> bool:
    """Return True for every name of a node's input, so that `Graph.upstream` follows all links."""
    return True


def _limit_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in list(inputs.items())[:_MAX_INPUTS] if len(name) <= _MAX_NAME}


def _find_selected_input(inputs: Mapping[str, Any]) -> str:
    """Return the name of the input that a switch node in a ComfyUI graph selects, or "" if it is unknown."""
    switch = inputs.get("switch")
    if not isinstance(switch, bool):
        return ""
    return "on_true" if switch else "on_false"
