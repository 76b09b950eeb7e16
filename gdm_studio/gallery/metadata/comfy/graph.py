"""A graph of nodes as ComfyUI runs it, and ways to walk it upstream that end, whatever it looks like."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

MAX_NODES = 4000
_MAX_INPUTS = 200
_MAX_NAME = 200  # characters of a node's kind and of an input's name
_MAX_STEPS = 200_000  # over links, on all walks through one graph
_MAX_HOPS = 40  # through nodes that only pass a value on

# What a node is told or handed beside the picture that goes through it.
_NOT_PICTURES = re.compile(
    r"model|clip|vae|positive|negative|cond|control|guider|noise|sampler|sigmas|style|lora|mask|prompt|(?<!con)text|seed",
    re.IGNORECASE,
)
_PICTURES = re.compile(r"latent|samples|image|pixels", re.IGNORECASE)
_WORDS = re.compile(r"positive|negative|cond", re.IGNORECASE)
_VALUES = ("value", "Value", "seed", "int", "float", "number", "string", "text", "INT", "FLOAT", "STRING", "boolean")
_PASSING = ("", "any", "anything", "source", "input", "value", "*", "any_input", "data")


@dataclass(frozen=True)
class Node:
    id: str
    kind: str
    inputs: Mapping[str, Any]  # literals, and links to the outputs of other nodes

    @cached_property
    def links(self) -> dict[str, Link]:
        """The inputs that are links; of a switch only the branch that is chosen."""
        found = {name: each for name, value in self.inputs.items() if (each := link(value))}
        chosen = _chosen(self.inputs)
        return {name: each for name, each in found.items() if not chosen or name not in _BRANCHES or name == chosen}


@dataclass(frozen=True)
class Link:
    node: str
    slot: int


class Graph:
    """What it can be asked is bounded in all, not in each question: past that it has no more nodes."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self._left = _MAX_STEPS

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Graph | None:
        """The nodes of an API graph; None where the object is none, or too large to be honest."""
        nodes = {
            str(name): Node(str(name), kind[:_MAX_NAME], _named(inputs))
            for name, node in list(data.items())[: MAX_NODES + 1]
            if isinstance(node, dict)
            and isinstance(kind := node.get("class_type"), str)
            and isinstance(inputs := node.get("inputs"), dict)
        }
        return cls(nodes)._switched() if 0 < len(nodes) <= MAX_NODES else None

    def upstream(self, starts: Iterable[Link], through: Callable[[str], bool]) -> Iterator[Node]:
        """Nodes from nearest to farthest, each once, by inputs whose names `through` lets pass."""
        queue, seen = deque(each.node for each in starts), set[str]()
        while queue:
            name = queue.popleft()
            if name in seen or (node := self.nodes.get(name)) is None:
                continue
            seen.add(name)
            yield node
            self._left -= len(node.links) + 1
            if self._left < 0:
                return
            queue.extend(each.node for way, each in node.links.items() if through(way))

    def value(self, node: Node, names: Iterable[str], through: Callable[[str], bool]) -> tuple[str, Any] | None:
        """(its name in the file, a value) under the first of `names` at `node` or at the nearest node upstream."""
        wanted = tuple(names)
        for each in self.upstream([Link(node.id, 0)], through):
            for name in wanted:
                if name in each.inputs and (value := self.literal(each.inputs[name], name)) is not None:
                    return f"{each.kind}.{name}", value
        return None

    def literal(self, value: Any, name: str) -> Any:
        """What an input comes down to: itself, or what is handed on to it; None where that is computed."""
        for _ in range(_MAX_HOPS):
            target = link(value)
            if target is None:
                return None if isinstance(value, list) else value.get("content") if isinstance(value, dict) else value
            node = self.nodes.get(target.node)
            if node is None:
                return None
            held = [node.inputs[key] for key in (name, *_VALUES) if key in node.inputs]
            passed = [node.inputs[key] for key in node.links if key in _PASSING or key in _BRANCHES]
            value = next(iter(held or passed), None)
            if value is None:
                return None
        return None

    def _switched(self) -> Graph:
        """With the conditions of switches in place of the links to them."""
        switches = {name: node for name, node in self.nodes.items() if link(node.inputs.get("switch"))}
        decided = {
            name: Node(name, node.kind, {**node.inputs, "switch": self.literal(node.inputs["switch"], "value")})
            for name, node in switches.items()
        }
        return Graph({**self.nodes, **decided})


def link(value: Any) -> Link | None:
    """The link that an input is; None for a literal."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int) and isinstance(value[1], int):
        return Link(str(value[0]), value[1])
    return None


@lru_cache(4096)
def towards_pictures(name: str) -> bool:
    """Whether an input of this name can be the picture itself, as pixels, as latents, or in a bundle."""
    return bool(_PICTURES.search(name)) or not _NOT_PICTURES.search(name)


@lru_cache(4096)
def towards_words(name: str) -> bool:
    """Whether what a sampler is told to draw could come from there."""
    return bool(_WORDS.search(name))


@lru_cache(4096)
def towards_settings(name: str) -> bool:
    """Whether what a sampler does could come from there: neither from the picture nor from words or weights."""
    return not _PICTURES.search(name) and not _WORDS.search(name) and not re.search(r"model|clip|vae|mask", name, re.I)


@lru_cache(4096)
def towards_weights(name: str) -> bool:
    """Whether a model could come from there."""
    return not _PICTURES.search(name) and not _WORDS.search(name) and not re.search("vae|upscale|control", name, re.I)


def anywhere(name: str) -> bool:
    return True


def _named(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in list(inputs.items())[:_MAX_INPUTS] if len(name) <= _MAX_NAME}


_BRANCHES = ("on_true", "on_false")


def _chosen(inputs: Mapping[str, Any]) -> str:
    """The branch that a switch takes, where it says so."""
    switch = inputs.get("switch")
    return "" if not isinstance(switch, bool) else "on_true" if switch else "on_false"
