"""Conversion of ComfyUI's editor format ("workflow") to the executed graph, for files that have only the workflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gdm_studio.gallery.metadata.comfy.graph import MAX_NODES
from gdm_studio.gallery.metadata.comfy.widgets import read_widget_values

# Values of the `mode` of a node.
_MODE_MUTED = 2
_MODE_BYPASSED = 4
# Node ids in a subgraph that represent the inputs and outputs of the surrounding node.
_SUBGRAPH_INPUT = -10
_SUBGRAPH_OUTPUT = -20
# Steps into and out of subgraphs along one link, and nesting of subgraphs.
_MAX_HOPS = 40
_MAX_DEPTH = 8
_MAX_SLOTS = 200

# (id of a node, slot)
Way = tuple[Any, int]
Drawn = Mapping[str, Any]


@dataclass(frozen=True)
class _Drawing:
    """Nodes and links of a ComfyUI graph or subgraph as the editor saves them."""

    nodes: Mapping[Any, Drawn]
    # {link: (node, slot) of its origin}
    wires: Mapping[Any, Way]
    # {output slot of the node around a subgraph: origin of its value}
    outputs: Mapping[int, Way]
    # Names of the input slots of the node around a subgraph.
    names: list[str]
    # {name: SetNode nodes that set it}, for links without a wire.
    setters: Mapping[str, list[Any]]


@dataclass(frozen=True)
class _Sheet:
    """A ComfyUI graph in the editor's format: the top-level graph, or a subgraph together with the node that contains
    it.
    """

    drawing: _Drawing
    # Prefix for the ids of the nodes in this graph.
    prefix: str = ""
    holder: Drawn = field(default_factory=dict)
    outside: _Sheet | None = None


def graph_of_workflow(drawn: Drawn) -> dict[str, Any]:
    """Convert a ComfyUI graph from the editor's format to the API format.

    Muted nodes are left out, and bypassed nodes become reroutes.
    """
    listed = drawn.get("definitions")
    within = listed.get("subgraphs") if isinstance(listed, dict) else None
    definitions = {
        each["id"]: _parse_drawing(each) for each in _filter_objects(within) if isinstance(each.get("id"), str)
    }
    return _Flattener(definitions).run(_Sheet(_parse_drawing(drawn)))


class _Flattener:
    """Converter of ComfyUI graphs with subgraphs, which replaces each subgraph node by the nodes of the subgraph."""

    def __init__(self, definitions: Mapping[str, _Drawing]) -> None:
        self._definitions = definitions
        self._sheets: dict[str, _Sheet] = {}
        self._nodes_left = MAX_NODES

    def run(self, sheet: _Sheet) -> dict[str, Any]:
        """Return a graph with all its subgraphs in ComfyUI's API format, or {} if it has too many nodes."""
        graph: dict[str, Any] = {}
        sheets = [sheet]
        while sheets and self._nodes_left > 0:
            sheet = sheets.pop()
            for at, node in sheet.drawing.nodes.items():
                self._nodes_left -= 1
                if node.get("mode", 0) == _MODE_MUTED:
                    continue
                if inner := self._enter_subgraph(sheet, at):
                    sheets.append(inner)
                else:
                    graph[f"{sheet.prefix}{at}"] = self._convert_node(sheet, node)
        return graph if self._nodes_left > 0 else {}

    def _enter_subgraph(self, sheet: _Sheet, at: Any) -> _Sheet | None:
        """Return the subgraph inside a node of the graph `sheet`, or None if the node has no subgraph."""
        node = sheet.drawing.nodes.get(at, {})
        found = self._definitions.get(str(node.get("type")))
        if found is None or node.get("mode", 0) == _MODE_BYPASSED or sheet.prefix.count(":") >= _MAX_DEPTH:
            return None
        prefix = f"{sheet.prefix}{at}:"
        if prefix not in self._sheets:
            self._sheets[prefix] = _Sheet(found, prefix, node, sheet)
        return self._sheets[prefix]

    def _convert_node(self, sheet: _Sheet, node: Drawn) -> dict[str, Any]:
        slots = _list_slots(node)
        inputs = {} if node.get("mode") == _MODE_BYPASSED else read_widget_values(node, slots)
        for slot in slots:
            wire = slot.get("link")
            if isinstance(wire, int | str) and wire in sheet.drawing.wires:
                inputs[str(slot.get("name"))] = self._follow_link(sheet, sheet.drawing.wires[wire])
        if (
            node.get("type") == "GetNode"
            and len(givers := sheet.drawing.setters.get(_find_variable_name(node), [])) == 1
        ):
            inputs = {"": [f"{sheet.prefix}{givers[0]}", 0]}
        return {
            "class_type": "Reroute" if node.get("mode") == _MODE_BYPASSED else str(node.get("type")),
            "inputs": inputs,
        }

    def _follow_link(self, sheet: _Sheet, way: Way) -> Any:
        """Follow a link through subgraphs and reroute nodes to its source. Returns a constant value, a link to the node
        that computes the value, or None if the chain is too long.
        """
        for _ in range(_MAX_HOPS):
            outside = sheet.outside
            at, slot = way
            if at == _SUBGRAPH_INPUT and outside is not None:
                wire, value = _find_outer_input(sheet, slot)
                if wire not in outside.drawing.wires:
                    return value
                sheet = outside
                way = outside.drawing.wires[wire]
            elif inner := self._enter_subgraph(sheet, at):
                if slot not in inner.drawing.outputs:
                    return None
                sheet = inner
                way = inner.drawing.outputs[slot]
            else:
                return [f"{sheet.prefix}{at}", slot]
        return None


def _find_outer_input(sheet: _Sheet, slot: int) -> tuple[Any, Any]:
    """Return (link number, constant value) of input `slot` of the ComfyUI node that contains this subgraph. Either can
    be None.
    """
    names = sheet.drawing.names
    slots = _list_slots(sheet.holder)
    name = names[slot] if 0 <= slot < len(names) else None
    wire = next((each.get("link") for each in slots if each.get("name") == name), None)
    value = read_widget_values(sheet.holder, slots).get(str(name))
    return wire if isinstance(wire, int | str) else None, value if isinstance(value, str | int | float) else None


def _parse_drawing(drawn: Drawn) -> _Drawing:
    listed = drawn.get("links")
    links = [_parse_link(each) for each in listed[: 4 * MAX_NODES]] if isinstance(listed, list) else []
    nodes = {
        each.get("id"): each
        for each in _filter_objects(drawn.get("nodes"))[: MAX_NODES + 1]
        if isinstance(each.get("id"), int | str)
    }
    setters: dict[str, list[Any]] = {}
    for at, node in nodes.items():
        if node.get("type") == "SetNode":
            setters.setdefault(_find_variable_name(node), []).append(at)
    return _Drawing(
        nodes=nodes,
        wires={number: way for number, way, _ in filter(None, links)},
        outputs={to[1]: way for _, way, to in filter(None, links) if to[0] == _SUBGRAPH_OUTPUT},
        names=[str(each.get("name")) for each in _list_slots(drawn)],
        setters=setters,
    )


def _parse_link(each: Any) -> tuple[Any, Way, Way] | None:
    """Parse a link in ComfyUI's editor format into (number, origin, target), or return None if it is malformed.

    Files store a link as a list or as an object.
    """
    if isinstance(each, dict):
        each = [each.get(name) for name in ("id", "origin_id", "origin_slot", "target_id", "target_slot")]
    if not isinstance(each, list) or len(each) < 5 or not isinstance(each[2], int) or not isinstance(each[4], int):
        return None
    if not all(isinstance(part, int | str) for part in (each[0], each[1], each[3])):
        return None
    return each[0], (each[1], each[2]), (each[3], each[4])


def _find_variable_name(node: Drawn) -> str:
    """Return the variable name that a SetNode sets or a GetNode reads in a ComfyUI graph."""
    values = node.get("widgets_values")
    return values[0] if isinstance(values, list) and values and isinstance(values[0], str) else ""


def _list_slots(drawn: Drawn) -> list[Any]:
    return _filter_objects(drawn.get("inputs"))[:_MAX_SLOTS]


def _filter_objects(listed: Any) -> list[Any]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
