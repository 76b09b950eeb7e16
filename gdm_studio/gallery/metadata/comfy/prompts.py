"""Search for the prompts of a sampler in a ComfyUI graph, through conditioning nodes, encoders and text nodes.

Prompts that a node generates at run time are not in the file and stay unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gdm_studio.gallery.metadata.comfy.graph import Graph, Link, Node, link

_MAX_DEPTH = 60
_MAX_PROMPTS = 64
_MAX_STEPS = 2000
# Maximum number of characters of all texts found in one search.
_MAX_LETTERS = 2**20
# Inputs of encoders that have a prompt.
_PROMPT_INPUTS = ("text", "text_g", "text_l", "clip_g", "clip_l", "t5xxl", "prompt", "string", "text_prompt")
_TEXT_INPUTS = re.compile(
    r"(text|string|prompt|value|source|input|any|anything|str|part|positive|negative|content|multiline)?_?[a-h0-9]{0,2}$",
    re.IGNORECASE,
)
_JOINING_NODE = re.compile(r"concat|join|append|combine|merge", re.IGNORECASE)
# The input with the result of a wildcard node.
_POPULATED_INPUT = "populated_text"
# Maximum length of a delimiter in characters.
_MAX_DELIMITER = 100
_DELIMITERS = ("delimiter", "separator", "sep", "join_with")
# Kinds of nodes that generate text.
_TEXT_GENERATORS = re.compile(
    r"generat|llm|llama|gpt|gemini|claude|caption|interrogat|tagger|florence|vision|wildcard|random|translat|enhance|"
    r"rewrite|expan|upsampl|ollama|chat|dynamic",
    re.IGNORECASE,
)
# The sides at the first two output slots of a node that passes on both.
_SIDES = ("positive", "negative")
# Inputs of nodes that pass on both sides in one output.
_BUNDLE_INPUTS = re.compile(r"model|pipe|context|ctx|bus", re.IGNORECASE)
# Inputs that a pure text node does not have.
_MODEL_INPUTS = re.compile(r"^(clip|model|image|images|pixels|vae)", re.IGNORECASE)


@dataclass
class Prompts:
    """Positive or negative prompts that a sampler in a ComfyUI graph uses, with the names of the metadata entries that
    contain them.

    `is_complete` is False if some prompts are unknown.
    """

    texts: list[str]
    names: list[str]
    # False if there are further prompts that are not in the file.
    is_complete: bool = True

    @property
    def single(self) -> str | None:
        """The prompt of the sampler if there is exactly one, else None."""
        return self.texts[0] if self.is_complete and len(self.texts) == 1 else None


def find_prompts(graph: Graph, node: Node, side: str) -> Prompts | None:
    """Find the prompts that are connected to the input `side` ("positive" or "negative") of a node in a ComfyUI graph.

    Returns None if the node has no such input.
    """
    walk = _Walk(graph, side)
    start = node.inputs.get(side)
    if start is None:
        return None
    if isinstance(start, str):
        return Prompts([start], [f"{node.kind}.{side}"])
    target = link(start)
    if target is None:
        return None
    found = Prompts([], [])
    for name, text in walk.prompts(target, 0):
        if text is None:
            found.is_complete = False
        elif text not in found.texts and len(found.texts) < _MAX_PROMPTS:
            found.texts.append(text)
            found.names.append(name)
    if len(found.texts) > 1 and "" in found.texts:
        place = found.texts.index("")
        del found.texts[place]
        del found.names[place]
    return found if found.texts or not found.is_complete else None


class _Walk:
    """Search for the prompts of a sampler in a ComfyUI graph. The number of steps is limited, since even a few nodes
    can have exponentially many paths.
    """

    def __init__(self, graph: Graph, side: str) -> None:
        self._graph = graph
        self._side = side
        self._steps = 0
        self._letters = 0

    def prompts(self, target: Link, depth: int) -> Iterator[tuple[str, str | None]]:
        """Yield (entry name, text) for every prompt that reaches the link `target`.

        The text is None if a node generates it at run time.
        """
        self._steps += 1
        node = self._graph.nodes.get(target.node)
        if node is None or depth > _MAX_DEPTH or self._steps > _MAX_STEPS:
            return
        if "zeroout" in node.kind.lower().replace("_", ""):
            yield f"{node.kind}.conditioning", ""
            return
        if isinstance(node.inputs.get(_POPULATED_INPUT), str):
            yield f"{node.kind}.{_POPULATED_INPUT}", self.text(node.inputs[_POPULATED_INPUT], depth)
            return
        encoded = [name for name in _PROMPT_INPUTS if name in node.inputs and not _is_bundle(node, name)]
        if "conditioning_to" in node.links and "conditioning_from" not in node.inputs:
            # The node's own text is only for a part of the image, as in GLIGEN.
            yield from self.prompts(node.links["conditioning_to"], depth + 1)
        elif encoded and any(_is_encoder(name) for name in node.inputs):
            yield self._read_encoder_prompt(node, encoded, depth)
        elif side := self._find_side(node, target.slot):
            yield from self._find_side_prompts(node, side, depth)
        elif "conditioning_to" in node.inputs and "concat" in node.kind.lower():
            yield from self._join_prompt_parts(node, depth)
        else:
            names = [name for name in node.links if re.search("cond|positive|negative", name, re.I)]
            for name in sorted(names or node.links):
                if not _MODEL_INPUTS.match(name):
                    yield from self.prompts(node.links[name], depth + 1)

    def _read_encoder_prompt(self, node: Node, names: list[str], depth: int) -> tuple[str, str | None]:
        """Return (entry name, text) of the prompt that a text encoder node encodes.

        Texts for several encoder networks are joined unless they are equal.
        """
        texts = [self.text(node.inputs[name], depth) for name in names]
        if any(text is None for text in texts):
            return f"{node.kind}.{names[0]}", None
        different = list(dict.fromkeys(text for text in texts if text))
        return f"{node.kind}.{names[0]}", "\n".join(different)

    def _find_side(self, node: Node, slot: int) -> str:
        """Return the side, "positive" or "negative", of the prompt at output `slot` of a ComfyUI node that passes on
        both prompts. Returns "" for a node without such inputs.
        """
        if node.links.keys() >= {"positive", "negative"} and not any(
            _BUNDLE_INPUTS.search(name) for name in node.inputs
        ):
            return _SIDES[slot] if slot in (0, 1) else self._side
        return self._side if self._side in node.inputs else ""

    def _find_side_prompts(self, node: Node, side: str, depth: int) -> Iterator[tuple[str, str | None]]:
        """Yield the prompts from the input `side`, "positive" or "negative", of a ComfyUI node that has both inputs."""
        value = node.inputs[side]
        if isinstance(value, str):
            yield f"{node.kind}.{side}", value
        elif target := link(value):
            passed = self._graph.nodes.get(target.node)
            if passed is not None and _is_text(passed) and not passed.links:
                yield f"{node.kind}.{side}", self.text(value, depth)
            else:
                yield from self.prompts(target, depth + 1)

    def _join_prompt_parts(self, node: Node, depth: int) -> Iterator[tuple[str, str | None]]:
        """Yield the complete prompt from a ComfyUI node that joins parts. Users split a prompt into parts because of
        the text encoder's length limit.
        """
        links = [node.links[name] for name in ("conditioning_to", "conditioning_from") if name in node.links]
        found = [each for each_link in links for each in self.prompts(each_link, depth + 1)]
        texts = [text for _, text in found]
        joined = None if any(text is None for text in texts) else "\n".join(text for text in texts if text)
        yield (found[0][0] if found else node.kind), joined

    def text(self, value: object, depth: int) -> str | None:
        """Return the text at a node's input, following links through text nodes, or None if it is generated at run
        time.
        """
        self._steps += 1
        if isinstance(value, str):
            self._letters += len(value)
            return value if self._letters <= _MAX_LETTERS else None
        target = link(value)
        node = self._graph.nodes.get(target.node) if target else None
        if node is None or depth > _MAX_DEPTH or self._steps > _MAX_STEPS:
            return None
        if isinstance(node.inputs.get(_POPULATED_INPUT), str):
            return self.text(node.inputs[_POPULATED_INPUT], depth)
        if _TEXT_GENERATORS.search(node.kind) or any(_MODEL_INPUTS.match(name) for name in node.links):
            return None
        parts: dict[str, object] = {
            name: each
            for name, each in node.inputs.items()
            if _TEXT_INPUTS.match(name) and (isinstance(each, str) or name in node.links)
        }
        if _JOINING_NODE.search(node.kind) or len(parts) > 1 and node.inputs.get("action") == "append":
            return self._join_texts(node, parts, depth)
        branches = [node.links[name] for name in node.links if name in ("on_true", "on_false")] if not parts else []
        sources: list[object] = list(parts.values()) or [[each.node, each.slot] for each in branches]
        if len(sources) > 1 and self._side in node.inputs:
            sources = [node.inputs[self._side]]
        # Beside a link, a literal text is left over from an earlier run.
        linked = [each for each in sources if link(each)]
        if len(linked) == 1:
            sources = linked
        return self.text(sources[0], depth + 1) if len(sources) == 1 else None

    def _join_texts(self, node: Node, parts: dict[str, object], depth: int) -> str | None:
        tidied = ", " if node.inputs.get("tidy_tags") == "yes" else ""
        delimiters = (node.inputs[name] for name in _DELIMITERS if isinstance(node.inputs.get(name), str))
        delimiter = next(delimiters, tidied)[:_MAX_DELIMITER].replace("\\n", "\n")
        texts = [self.text(parts[name], depth + 1) for name in sorted(parts, key=str.lower)]
        if any(text is None for text in texts):
            return None
        return delimiter.join(text for text in texts if text)


def _is_encoder(name: str) -> bool:
    """Return True if an input with this name connects a ComfyUI node to a text encoder, such as CLIP or T5."""
    return bool(re.search(r"(^|_)clip\d?$|^t5$|text_encoder|^ella", name, re.IGNORECASE))


def _is_bundle(node: Node, name: str) -> bool:
    return isinstance(node.inputs[name], dict) or (isinstance(node.inputs[name], list) and not link(node.inputs[name]))


def _is_text(node: Node) -> bool:
    return any(_TEXT_INPUTS.match(name) and isinstance(value, str) for name, value in node.inputs.items())
