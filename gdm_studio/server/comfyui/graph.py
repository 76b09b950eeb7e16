"""Strict reading of ComfyUI's graphs: the nodes in the order in which they run, with checked inputs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from gdm_studio.common.text_safety import shorten
from gdm_studio.gallery.metadata.comfy.graph import link
from gdm_studio.server.comfyui.errors import GraphError, NodeError
from gdm_studio.server.comfyui.values import Generated, Pixels, arrays_in

# Maximum number of nodes of a graph and of inputs of a node.
MAX_NODES = 1024
MAX_INPUTS = 64
# Endings of file names that clients append to the names of models.
_SUFFIXES = (".safetensors", ".ckpt", ".pt", ".gguf")
_NUMBERS = {"INT": int, "FLOAT": float}
# Maximum number of characters of a number as text.
_MAX_DIGITS = 40
# Maximum size of the images and masks of a graph that are in memory at once, in bytes, and maximum number of pixels of
# all that its nodes make together.
MAX_IMAGE_BYTES = 512 * 2**20
MAX_PIXELS = 256 * 2**20
# Maximum number of options that an error lists.
_MAX_LISTED_OPTIONS = 20

Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Input:
    """Input of a kind of node. `kind` is a type of values, such as "INT" or "MODEL", and "COMBO" is one of `options`.

    `names` is the key of names that depend on the installed files, instead of `options`.
    """

    kind: str
    default: Any = None
    low: float | None = None
    high: float | None = None
    options: tuple[str, ...] = ()
    names: str = ""
    is_required: bool = True
    # Further facts for clients.
    facts: Mapping[str, Any] = field(default_factory=dict)
    # True if generated images need not be pixels for the node.
    takes_generated: bool = False

    @property
    def is_widget(self) -> bool:
        """True if the value is a literal, and False for a value that only another node can provide."""
        return self.kind in ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO")

    def listed_options(self, names: Names) -> list[str]:
        return list(names.get(self.names, ())) if self.names else list(self.options)

    def description(self, names: Names) -> list[Any]:
        """Return the description of the input in ComfyUI's format."""
        facts = {"default": self.default, "min": self.low, "max": self.high}
        given = {name: value for name, value in facts.items() if value is not None} | dict(self.facts)
        if self.kind == "COMBO":
            return [self.listed_options(names), given]
        return [self.kind, given] if given else [self.kind]

    def read(self, name: str, value: Any, names: Names) -> Any:
        """Check and convert a literal value as ComfyUI does. Raises NodeError."""
        if isinstance(value, dict) and "__value__" in value:
            value = value["__value__"]
        if self.kind == "COMBO":
            return self._find_option(name, value, self.listed_options(names))
        if self.kind == "STRING":
            if not isinstance(value, str | int | float) or isinstance(value, bool):
                raise _wrong_type(name, value, self.kind)
            return str(value)
        if self.kind == "BOOLEAN":
            if not isinstance(value, bool):
                raise _wrong_type(name, value, self.kind)
            return value
        return self._read_number(name, value)

    def _read_number(self, name: str, value: Any) -> float | int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise _wrong_type(name, value, self.kind)
        try:
            number = _parse_number(value) if isinstance(value, str) else value
            is_usable = math.isfinite(number) and (self.kind == "FLOAT" or number == int(number))
            found = _NUMBERS[self.kind](number)
        except (ValueError, OverflowError) as error:
            raise _wrong_type(name, value, self.kind) from error
        if not is_usable:
            raise _wrong_type(name, value, self.kind)
        for limit, is_beyond, word in (
            (self.low, self.low is not None and found < self.low, "smaller than min"),
            (self.high, self.high is not None and found > self.high, "bigger than max"),
        ):
            if is_beyond:
                kind = f"value_{word.replace(' ', '_')}"
                raise NodeError(f"Value {shorten(found)} {word} of {limit}", input_name=name, kind=kind)
        return found

    def _find_option(self, name: str, value: Any, options: Sequence[str]) -> str:
        if isinstance(value, str):
            plain = value.replace("\\", "/")
            for end in _SUFFIXES:
                plain = plain.removesuffix(end)
            for wanted in (value, plain):
                if wanted in options:
                    return wanted
        listed = (
            ", ".join(options) or "an empty list"
            if len(options) <= _MAX_LISTED_OPTIONS
            else f"(list of length {len(options)})"
        )
        sentence = f"Value not in list: {name}: {shorten(value)!r} not in {listed}"
        raise NodeError(sentence, input_name=name, kind="value_not_in_list")


def _parse_number(text: str) -> float | int:
    """Parse a number. A whole number, such as a seed, retains all its digits. Raises ValueError."""
    if len(text) > _MAX_DIGITS:
        raise ValueError("too long")
    try:
        return int(text)
    except ValueError:
        return float(text)


def _wrong_type(name: str, value: Any, kind: str) -> NodeError:
    sentence = f"Failed to convert an input value to a {kind} value: {name}, {shorten(value)}"
    return NodeError(sentence, input_name=name, kind="invalid_input_type")


@dataclass(frozen=True)
class NodeKind:
    """Kind of node that graphs may contain. `outputs` are the types and the names of its outputs, and `read` makes
    their values from those of the inputs.
    """

    name: str
    title: str
    category: str
    inputs: Mapping[str, Input]
    outputs: tuple[tuple[str, str], ...]
    read: Callable[..., tuple[Any, ...]]
    is_output: bool = False
    # Inputs that ComfyUI's window writes and that have no effect in ComfyUI, too.
    ignored: Collection[str] = ()
    description: str = ""

    def facts(self, names: Names) -> dict[str, Any]:
        """Return the description of the node in the format of ComfyUI's /object_info."""
        groups: dict[str, dict[str, Any]] = {"required": {}}
        for name, each in self.inputs.items():
            groups.setdefault("required" if each.is_required else "optional", {})[name] = each.description(names)
        return {
            "input": groups,
            "input_order": {group: list(inputs) for group, inputs in groups.items()},
            "is_input_list": False,
            "output": [kind for kind, _ in self.outputs],
            "output_is_list": [False] * len(self.outputs),
            "output_name": [name for _, name in self.outputs],
            "name": self.name,
            "display_name": self.title,
            "description": self.description,
            "python_module": "nodes",
            "category": self.category,
            "output_node": self.is_output,
            "has_intermediate_output": False,
            "search_aliases": [],
        }


@dataclass(frozen=True)
class Node:
    """Node of a graph. `links` are the inputs that come from other nodes, as (id, number of the output)."""

    id: str
    kind: NodeKind
    inputs: Mapping[str, Any]
    links: Mapping[str, tuple[str, int]]


class Needed(NamedTuple):
    """Images that must be generated for a node, which come from the output `slot` of `node`. Their pixels are needed
    unless all nodes show them as they are.
    """

    images: Generated
    needs_pixels: bool
    node: str
    slot: int


class _Values:
    """Values of the nodes of a graph that later nodes need."""

    def __init__(self, order: Sequence[Node]) -> None:
        self.values: dict[str, tuple[Any, ...]] = {}
        # Pixels of generated images, by the output that they come from.
        self.pixels: dict[tuple[str, int], Pixels] = {}
        # Number of the nodes' inputs that are still to be read, by the nodes that they come from.
        self._uses = Counter(source for node in order for source, _ in node.links.values())
        self._changed_inputs = {
            node.links[name]
            for node in order
            for name, each in node.kind.inputs.items()
            if name in node.links and not each.takes_generated
        }
        self._generated_pixels = 0

    def needs_pixels(self, source: str, slot: int) -> bool:
        """Return True if a node changes the images of an output."""
        return (source, slot) in self._changed_inputs

    def add(self, node: str, values: tuple[Any, ...]) -> str:
        """Add the values of a node. Returns a sentence if they are too large, or ""."""
        known = self._collect_arrays()
        if self._uses[node]:
            self.values[node] = values
        new = {id(each): each for value in values for each in arrays_in(value) if id(each) not in known}
        self._generated_pixels += sum(each.shape[0] * each.shape[1] for each in new.values())
        if sum(each.nbytes for each in (known | new).values()) > MAX_IMAGE_BYTES:
            return f"The images of a graph can have at most {MAX_IMAGE_BYTES // 2**20} MiB together."
        if self._generated_pixels > MAX_PIXELS:
            return f"The nodes of a graph can make at most {MAX_PIXELS // 2**20} Mi pixels together."
        return ""

    def free_inputs_of(self, node: Node) -> None:
        for source, _ in node.links.values():
            self._uses[source] -= 1
            if not self._uses[source]:
                self.values.pop(source, None)
                for key in [key for key in self.pixels if key[0] == source]:
                    del self.pixels[key]

    def _collect_arrays(self) -> dict[int, np.ndarray]:
        """Return all images and masks in memory. Several values may refer to the same."""
        values = [each for found in self.values.values() for each in found]
        return {id(each): each for value in (*values, *self.pixels.values()) for each in arrays_in(value)}


class Graph:
    """Graph of known nodes. Only nodes that an output node needs are run."""

    def __init__(self, nodes: Mapping[str, Node], targets: Collection[str] | None = None) -> None:
        self.nodes = nodes
        self.outputs = [
            name for name, node in nodes.items() if node.kind.is_output and (targets is None or name in targets)
        ]
        if not self.outputs:
            raise GraphError("prompt_no_outputs", "Prompt has no outputs")

    @classmethod
    def parse(cls, data: Any, kinds: Mapping[str, NodeKind], targets: Collection[str] | None = None) -> Graph:
        """Parse a graph in ComfyUI's API format. `targets` are the ids of the output nodes that the client wants, or
        None for all. Raises GraphError.
        """
        if not isinstance(data, dict) or not data:
            raise GraphError("no_prompt", "No prompt provided")
        if len(data) > MAX_NODES:
            raise GraphError("too_many_nodes", f"A graph can have at most {MAX_NODES} nodes.")
        nodes: dict[str, Node] = {}
        errors: dict[str, Any] = {}
        for name, value in data.items():
            kind_name = value.get("class_type") if isinstance(value, dict) else None
            inputs = value.get("inputs", {}) if isinstance(value, dict) else None
            kind = kinds.get(kind_name) if isinstance(kind_name, str) else None
            if kind is None:
                sentence = f"This server has no node {shorten(kind_name)!r}; remove it from the graph."
                errors[name] = _create_error_entry(NodeError(sentence, kind="missing_node_type"), kind_name)
            elif not isinstance(inputs, dict) or len(inputs) > MAX_INPUTS:
                errors[name] = _create_error_entry(
                    NodeError(f"inputs must be an object of at most {MAX_INPUTS} inputs."), kind_name
                )
            else:
                links = {each: (target.node, target.slot) for each, v in inputs.items() if (target := link(v))}
                nodes[name] = Node(name, kind, inputs, links)
        if errors:
            first = next(iter(errors.values()))["errors"][0]
            raise GraphError(first["type"], first["message"], errors)
        return cls(nodes, targets)

    def in_order(self) -> list[Node]:
        """Return the nodes that the outputs need, each after those that it needs. Raises GraphError for a cycle."""
        found: dict[str, Node] = {}
        for output in self.outputs:
            # Nodes on the way from the output, each with the links that have not been followed yet.
            way: dict[str, Iterator[str]] = {output: self._iter_sources(output)}
            while way:
                name = next(reversed(way))
                source = next(way[name], None)
                if source is None:
                    way.pop(name)
                    found.setdefault(name, self.nodes[name])
                elif source in way:
                    circle = [*way][[*way].index(source) :]
                    error = NodeError(f"Dependency cycle detected: {' -> '.join(circle)}", kind="dependency_cycle")
                    errors = {
                        each: _create_error_entry(error, self.nodes[each].kind.name, self.outputs) for each in circle
                    }
                    raise GraphError("prompt_outputs_failed_validation", str(error), errors)
                elif source in self.nodes and source not in found:
                    way[source] = self._iter_sources(source)
        return list(found.values())

    def _iter_sources(self, name: str) -> Iterator[str]:
        return (source for source, _ in self.nodes[name].links.values())

    def run(self, names: Names, context: Any) -> Generator[Needed, Pixels | None, list[Any]]:
        """Read the nodes that the outputs need, and return the values of the output nodes. Each node's `read` gets the
        context, the id of the node, and its inputs. Yields the images that must be generated, and receives their
        pixels if a node needs them.

        Values are freed after the last node that needs them. Raises GraphError with the errors of all nodes.
        """
        order = self.in_order()
        memory = _Values(order)
        errors: dict[str, list[NodeError]] = {}
        found_outputs: dict[str, tuple[Any, ...]] = {}
        for node in order:
            inputs, found, is_readable = self._read_inputs(node, memory.values, names)
            if not found and is_readable:
                yield from self._generate_inputs(node, inputs, memory)
                try:
                    values = node.kind.read(context, node.id, **inputs)
                except NodeError as error:
                    found = [error]
                else:
                    if node.kind.is_output:
                        found_outputs[node.id] = values
                    if excess := memory.add(node.id, values):
                        self.fail({node.id: [NodeError(excess)]})
            inputs.clear()
            memory.free_inputs_of(node)
            for each in found:
                errors.setdefault(each.node or node.id, []).append(each)
        if errors:
            self.fail(errors)
        return [value for name in self.outputs for value in found_outputs[name]]

    def _generate_inputs(
        self, node: Node, inputs: dict[str, Any], memory: _Values
    ) -> Generator[Needed, Pixels | None, None]:
        """Yield the inputs of a node that must be generated, and replace them by their pixels."""
        for name, value in inputs.items():
            if isinstance(value, Generated):
                needed = Needed(value, memory.needs_pixels(*node.links[name]), *node.links[name])
                pixels = memory.pixels.get((needed.node, needed.slot))
                if pixels is None:
                    pixels = yield needed
                    if pixels is not None:
                        memory.pixels[needed.node, needed.slot] = pixels
                if not node.kind.inputs[name].takes_generated:
                    assert pixels is not None
                    inputs[name] = pixels

    def fail(self, errors: Mapping[str, Sequence[NodeError]]) -> None:
        """Raise the GraphError that has these errors of nodes."""
        entries = {
            name: _create_error_entries([error.facts for error in found], self.nodes[name].kind.name, self.outputs)
            for name, found in errors.items()
        }
        flat = [(self.nodes[name].kind.name, name, error) for name, found in errors.items() for error in found]
        sentences = [f"{kind} {name}: {error}" for kind, name, error in flat]
        raise GraphError("prompt_outputs_failed_validation", shorten("; ".join(sentences), 2000), entries)

    def _read_inputs(
        self, node: Node, values: Mapping[str, tuple[Any, ...]], names: Names
    ) -> tuple[dict[str, Any], list[NodeError], bool]:
        """Return the inputs of a node, the errors in them, and False if a node that it needs has errors."""
        kind = node.kind
        inputs: dict[str, Any] = {}
        errors: list[NodeError] = []
        is_readable = True
        for name in node.inputs.keys() - kind.inputs.keys() - set(kind.ignored):
            sentence = f"{kind.name} has no input {shorten(name)!r} on this server; leave it out."
            errors.append(NodeError(sentence, input_name=shorten(name), kind="unknown_input"))
        for name, each in kind.inputs.items():
            if name not in node.inputs or (node.inputs[name] is None and not each.is_required):
                if each.is_required:
                    sentence = f"Required input is missing: {name}"
                    errors.append(NodeError(sentence, input_name=name, kind="required_input_missing"))
                else:
                    inputs[name] = each.default
                continue
            try:
                if name in node.links:
                    source, slot = node.links[name]
                    self._check_link(name, each, source, slot)
                    if source in values:
                        value = values[source][slot]
                        inputs[name] = each.read(name, value, names) if each.is_widget else value
                    else:
                        is_readable = False
                elif isinstance(node.inputs[name], list) or not each.is_widget:
                    sentence = f"Bad linked input, must be a length-2 list of [node_id, slot_index]: {name}"
                    raise NodeError(sentence, input_name=name, kind="bad_linked_input")
                else:
                    inputs[name] = each.read(name, node.inputs[name], names)
            except NodeError as error:
                errors.append(error)
        return inputs, errors, is_readable

    def _check_link(self, name: str, given_input: Input, source: str, slot: int) -> None:
        outputs = self.nodes[source].kind.outputs if source in self.nodes else ()
        if not 0 <= slot < len(outputs):
            sentence = f"There is no output {slot} of a node {shorten(source)!r} for {name}."
            raise NodeError(sentence, input_name=name, kind="bad_linked_input")
        kind = outputs[slot][0]
        if kind != given_input.kind and (kind, given_input.kind) not in (("INT", "FLOAT"), ("STRING", "COMBO")):
            sentence = (
                f"Return type mismatch between linked nodes: {name}, received {kind} instead of {given_input.kind}"
            )
            raise NodeError(sentence, input_name=name, kind="return_type_mismatch")


def _create_error_entry(error: NodeError, kind: Any, outputs: Collection[str] = ()) -> dict[str, Any]:
    return _create_error_entries([error.facts], kind, outputs)


def _create_error_entries(errors: list[dict[str, Any]], kind: Any, outputs: Collection[str]) -> dict[str, Any]:
    return {"errors": errors, "dependent_outputs": list(outputs), "class_type": shorten(kind)}
