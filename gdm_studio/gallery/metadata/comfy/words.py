"""The prompts of a sampler: through conditioning of all kinds to encoders, and through text nodes to words.

Text that a node makes up when it runs is not in the file, and none is invented for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gdm_studio.gallery.metadata.comfy.graph import Graph, Link, Node, link

_MAX_DEPTH = 60
_MAX_PROMPTS = 64
_MAX_STEPS = 2000
_MAX_LETTERS = 2**20  # of all texts on one walk
_ENCODED = ("text", "text_g", "text_l", "clip_g", "clip_l", "t5xxl", "prompt", "string", "text_prompt")
_TEXTS = re.compile(
    r"(text|string|prompt|value|source|input|any|anything|str|part|positive|negative|content|multiline)?_?[a-h0-9]{0,2}$",
    re.IGNORECASE,
)
_JOINING = re.compile(r"concat|join|append|combine|merge", re.IGNORECASE)
_POPULATED = "populated_text"  # what a node with wildcards came to
_MAX_DELIMITER = 100  # characters
_DELIMITERS = ("delimiter", "separator", "sep", "join_with")
_MAKES_TEXT_UP = re.compile(
    r"generat|llm|llama|gpt|gemini|claude|caption|interrogat|tagger|florence|vision|wildcard|random|translat|enhance|"
    r"rewrite|expan|upsampl|ollama|chat|dynamic",
    re.IGNORECASE,
)
_SIDES = ("positive", "negative")  # in the order in which a node that is handed both hands them on
_BUNDLES = re.compile(r"model|pipe|context|ctx|bus", re.IGNORECASE)  # of a node that hands them on in one
_MACHINES = re.compile(r"^(clip|model|image|images|pixels|vae)", re.IGNORECASE)  # what no mere text node needs


@dataclass
class Words:
    """The prompts that one side of a sampler has; `sure` is False where there is one that the file does not hold."""

    texts: list[str]
    names: list[str]  # of the file's entries they come from
    sure: bool = True

    @property
    def prompt(self) -> str | None:
        """The one prompt there is."""
        return self.texts[0] if self.sure and len(self.texts) == 1 else None


def words(graph: Graph, node: Node, side: str) -> Words | None:
    """What leads to the input `side` ("positive" or "negative") of a node; None where it has no such input."""
    walk = _Walk(graph, side)
    start = node.inputs.get(side)
    if start is None:
        return None
    if isinstance(start, str):
        return Words([start], [f"{node.kind}.{side}"])
    target = link(start)
    if target is None:
        return None
    found = Words([], [])
    for name, text in walk.prompts(target, 0):
        if text is None:
            found.sure = False
        elif text not in found.texts and len(found.texts) < _MAX_PROMPTS:
            found.texts.append(text)
            found.names.append(name)
    if len(found.texts) > 1 and "" in found.texts:
        place = found.texts.index("")
        del found.texts[place], found.names[place]
    return found if found.texts or not found.sure else None


class _Walk:
    """One walk, counted: a graph of a few nodes can have more paths through it than there is time."""

    def __init__(self, graph: Graph, side: str) -> None:
        self._graph, self._side, self._steps, self._letters = graph, side, 0, 0

    def prompts(self, target: Link, depth: int) -> Iterator[tuple[str, str | None]]:
        """(entry, text) of every prompt upstream; the text is None where it is made up at run time."""
        self._steps += 1
        node = self._graph.nodes.get(target.node)
        if node is None or depth > _MAX_DEPTH or self._steps > _MAX_STEPS:
            return
        if "zeroout" in node.kind.lower().replace("_", ""):
            yield f"{node.kind}.conditioning", ""
            return
        if isinstance(node.inputs.get(_POPULATED), str):
            yield f"{node.kind}.{_POPULATED}", self.text(node.inputs[_POPULATED], depth)
            return
        encoded = [name for name in _ENCODED if name in node.inputs and not _is_bundle(node, name)]
        if "conditioning_to" in node.links and "conditioning_from" not in node.inputs:
            yield from self.prompts(node.links["conditioning_to"], depth + 1)  # its own words are of a part: GLIGEN's
        elif encoded and any(_is_encoder(name) for name in node.inputs):
            yield self._encoded(node, encoded, depth)
        elif side := self._side_at(node, target.slot):
            yield from self._sided(node, side, depth)
        elif "conditioning_to" in node.inputs and "concat" in node.kind.lower():
            yield from self._concatenated(node, depth)
        else:
            ways = [name for name in node.links if re.search("cond|positive|negative", name, re.I)] or list(node.links)
            for name in sorted(ways):
                if not _MACHINES.match(name):
                    yield from self.prompts(node.links[name], depth + 1)

    def _encoded(self, node: Node, names: list[str], depth: int) -> tuple[str, str | None]:
        """An encoder's texts, of which several are mostly the same for several networks."""
        texts = [self.text(node.inputs[name], depth) for name in names]
        if any(text is None for text in texts):
            return f"{node.kind}.{names[0]}", None
        different = list(dict.fromkeys(text for text in texts if text))
        return f"{node.kind}.{names[0]}", "\n".join(different)

    def _side_at(self, node: Node, slot: int) -> str:
        """Of a node that both sides go through, the one that leaves it there; "" for another node."""
        if node.links.keys() >= {"positive", "negative"} and not any(_BUNDLES.search(name) for name in node.inputs):
            return _SIDES[slot] if slot in (0, 1) else self._side
        return self._side if self._side in node.inputs else ""

    def _sided(self, node: Node, side: str, depth: int) -> Iterator[tuple[str, str | None]]:
        """A node that both sides go through, or one that holds the words of both."""
        value = node.inputs[side]
        if isinstance(value, str):
            yield f"{node.kind}.{side}", value
        elif target := link(value):
            passed = self._graph.nodes.get(target.node)
            if passed is not None and _is_text(passed) and not passed.links:
                yield f"{node.kind}.{side}", self.text(value, depth)
            else:
                yield from self.prompts(target, depth + 1)

    def _concatenated(self, node: Node, depth: int) -> Iterator[tuple[str, str | None]]:
        """One prompt that is longer than a network takes."""
        ways = [node.links[name] for name in ("conditioning_to", "conditioning_from") if name in node.links]
        found = [each for way in ways for each in self.prompts(way, depth + 1)]
        texts = [text for _, text in found]
        joined = None if any(text is None for text in texts) else "\n".join(text for text in texts if text)
        yield (found[0][0] if found else node.kind), joined

    def text(self, value: object, depth: int) -> str | None:
        """The text that an input comes down to; None where it is made up at run time."""
        self._steps += 1
        if isinstance(value, str):
            self._letters += len(value)
            return value if self._letters <= _MAX_LETTERS else None
        target = link(value)
        node = self._graph.nodes.get(target.node) if target else None
        if node is None or depth > _MAX_DEPTH or self._steps > _MAX_STEPS:
            return None
        if isinstance(node.inputs.get(_POPULATED), str):
            return self.text(node.inputs[_POPULATED], depth)
        if _MAKES_TEXT_UP.search(node.kind) or any(_MACHINES.match(name) for name in node.links):
            return None
        parts: dict[str, object] = {
            name: each
            for name, each in node.inputs.items()
            if _TEXTS.match(name) and (isinstance(each, str) or name in node.links)
        }
        if _JOINING.search(node.kind) or len(parts) > 1 and node.inputs.get("action") == "append":
            return self._joined(node, parts, depth)
        passed = [node.links[name] for name in node.links if name in ("on_true", "on_false")] if not parts else []
        ways: list[object] = list(parts.values()) or [[each.node, each.slot] for each in passed]
        if len(ways) > 1 and self._side in node.inputs:
            ways = [node.inputs[self._side]]
        linked = [each for each in ways if link(each)]
        ways = linked if len(linked) == 1 else ways  # beside a link, a text is the trace of an earlier run
        return self.text(ways[0], depth + 1) if len(ways) == 1 else None

    def _joined(self, node: Node, parts: dict[str, object], depth: int) -> str | None:
        tidied = ", " if node.inputs.get("tidy_tags") == "yes" else ""
        delimiters = (node.inputs[name] for name in _DELIMITERS if isinstance(node.inputs.get(name), str))
        delimiter = next(delimiters, tidied)[:_MAX_DELIMITER].replace("\\n", "\n")
        texts = [self.text(parts[name], depth + 1) for name in sorted(parts, key=str.lower)]
        if any(text is None for text in texts):
            return None
        return delimiter.join(text for text in texts if text)


def _is_encoder(name: str) -> bool:
    """Whether it is a network that an encoder is handed."""
    return bool(re.search(r"(^|_)clip\d?$|^t5$|text_encoder|^ella", name, re.IGNORECASE))


def _is_bundle(node: Node, name: str) -> bool:
    return isinstance(node.inputs[name], dict) or (isinstance(node.inputs[name], list) and not link(node.inputs[name]))


def _is_text(node: Node) -> bool:
    return any(_TEXTS.match(name) and isinstance(value, str) for name, value in node.inputs.items())
