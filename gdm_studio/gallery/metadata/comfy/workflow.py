"""The graph as it was drawn, for files that lack the one that was run: links by number, graphs within nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gdm_studio.gallery.metadata.comfy.graph import MAX_NODES
from gdm_studio.gallery.metadata.comfy.widgets import widgets

_MUTED, _BYPASSED = 2, 4
_INSIDE, _OUTSIDE = -10, -20  # what stands in a graph within a node for what it is handed and hands on
_MAX_HOPS = 40  # into such nodes and out again
_MAX_DEPTH = 8
_MAX_SLOTS = 200

Way = tuple[Any, int]  # (a node's id, slot)
Drawn = Mapping[str, Any]


@dataclass(frozen=True)
class _Drawing:
    nodes: Mapping[Any, Drawn]
    wires: Mapping[Any, Way]  # link -> where it begins
    handed_on: Mapping[int, Way]  # of one within a node: slot of that node -> what leaves it there
    names: list[str]  # of the slots by which that node is handed things
    called: Mapping[str, list[Any]]  # name -> nodes that give it to something, for links without a wire


@dataclass(frozen=True)
class _Sheet:
    """A drawing in its place: the whole one, or one within a node of another."""

    drawing: _Drawing
    prefix: str = ""  # of its nodes' ids
    holder: Drawn = field(default_factory=dict)
    outside: _Sheet | None = None


def graph_of_workflow(drawn: Drawn) -> dict[str, Any]:
    """The same as an API graph; muted nodes are left out, bypassed ones hand on what they are handed."""
    listed = drawn.get("definitions")
    within = listed.get("subgraphs") if isinstance(listed, dict) else None
    definitions = {each["id"]: _drawing(each) for each in _objects(within) if isinstance(each.get("id"), str)}
    return _Flattener(definitions).run(_Sheet(_drawing(drawn)))


class _Flattener:
    def __init__(self, definitions: Mapping[str, _Drawing]) -> None:
        self._definitions = definitions
        self._sheets: dict[str, _Sheet] = {}
        self._left = MAX_NODES

    def run(self, sheet: _Sheet) -> dict[str, Any]:
        graph: dict[str, Any] = {}
        sheets = [sheet]
        while sheets and self._left > 0:
            sheet = sheets.pop()
            for at, node in sheet.drawing.nodes.items():
                self._left -= 1
                if node.get("mode", 0) == _MUTED:
                    continue
                if inner := self._inside(sheet, at):
                    sheets.append(inner)
                else:
                    graph[f"{sheet.prefix}{at}"] = self._node(sheet, node)
        return graph if self._left > 0 else {}

    def _inside(self, sheet: _Sheet, at: Any) -> _Sheet | None:
        """What is drawn within a node; None for a plain one."""
        node = sheet.drawing.nodes.get(at, {})
        found = self._definitions.get(str(node.get("type")))
        if found is None or node.get("mode", 0) == _BYPASSED or sheet.prefix.count(":") >= _MAX_DEPTH:
            return None
        prefix = f"{sheet.prefix}{at}:"
        if prefix not in self._sheets:
            self._sheets[prefix] = _Sheet(found, prefix, node, sheet)
        return self._sheets[prefix]

    def _node(self, sheet: _Sheet, node: Drawn) -> dict[str, Any]:
        slots = _slots(node)
        inputs = {} if node.get("mode") == _BYPASSED else widgets(node, slots)
        for slot in slots:
            wire = slot.get("link")
            if isinstance(wire, int | str) and wire in sheet.drawing.wires:
                inputs[str(slot.get("name"))] = self._source(sheet, sheet.drawing.wires[wire])
        if node.get("type") == "GetNode" and len(givers := sheet.drawing.called.get(_name(node), [])) == 1:
            inputs = {"": [f"{sheet.prefix}{givers[0]}", 0]}
        return {"class_type": "Reroute" if node.get("mode") == _BYPASSED else str(node.get("type")), "inputs": inputs}

    def _source(self, sheet: _Sheet, way: Way) -> Any:
        """A link to the node that a wire really comes from, or the value that it brings; None where it has no end."""
        for _ in range(_MAX_HOPS):
            outside, (at, slot) = sheet.outside, way
            if at == _INSIDE and outside is not None:
                wire, value = _handed(sheet, slot)
                if wire not in outside.drawing.wires:
                    return value
                sheet, way = outside, outside.drawing.wires[wire]
            elif inner := self._inside(sheet, at):
                if slot not in inner.drawing.handed_on:
                    return None
                sheet, way = inner, inner.drawing.handed_on[slot]
            else:
                return [f"{sheet.prefix}{at}", slot]
        return None


def _handed(sheet: _Sheet, slot: int) -> tuple[Any, Any]:
    """(link, value) that the node around a sheet is handed by its slot of this number there."""
    names, slots = sheet.drawing.names, _slots(sheet.holder)
    name = names[slot] if 0 <= slot < len(names) else None
    wire = next((each.get("link") for each in slots if each.get("name") == name), None)
    value = widgets(sheet.holder, slots).get(str(name))
    return wire if isinstance(wire, int | str) else None, value if isinstance(value, str | int | float) else None


def _drawing(drawn: Drawn) -> _Drawing:
    listed = drawn.get("links")
    links = [_wire(each) for each in listed[: 4 * MAX_NODES]] if isinstance(listed, list) else []
    nodes = {
        each.get("id"): each
        for each in _objects(drawn.get("nodes"))[: MAX_NODES + 1]
        if isinstance(each.get("id"), int | str)
    }
    called: dict[str, list[Any]] = {}
    for at, node in nodes.items():
        if node.get("type") == "SetNode":
            called.setdefault(_name(node), []).append(at)
    return _Drawing(
        nodes=nodes,
        wires={number: way for number, way, _ in filter(None, links)},
        handed_on={to[1]: way for _, way, to in filter(None, links) if to[0] == _OUTSIDE},
        names=[str(each.get("name")) for each in _slots(drawn)],
        called=called,
    )


def _wire(each: Any) -> tuple[Any, Way, Way] | None:
    """(number, where it begins, where it ends) of a link, which is a list or an object."""
    if isinstance(each, dict):
        each = [each.get(name) for name in ("id", "origin_id", "origin_slot", "target_id", "target_slot")]
    if not isinstance(each, list) or len(each) < 5 or not isinstance(each[2], int) or not isinstance(each[4], int):
        return None
    if not all(isinstance(part, int | str) for part in (each[0], each[1], each[3])):
        return None
    return each[0], (each[1], each[2]), (each[3], each[4])


def _name(node: Drawn) -> str:
    """What a node without wires calls what it gives or gets."""
    values = node.get("widgets_values")
    return values[0] if isinstance(values, list) and values and isinstance(values[0], str) else ""


def _slots(drawn: Drawn) -> list[Any]:
    return _objects(drawn.get("inputs"))[:_MAX_SLOTS]


def _objects(listed: Any) -> list[Any]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
