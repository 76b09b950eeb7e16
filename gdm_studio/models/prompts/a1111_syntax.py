"""Parser for the prompt syntax of AUTOMATIC1111's web UI: weights, scheduled text, breaks and adapters.

`(a)` has the weight 1.1, `[a]` the weight 1/1.1, and `(a:1.3)` the weight 1.3. A backslash makes a bracket a literal
character. `[a:b:0.4]` means a for the first 40 % of the steps and then b, and `[a:b:7]` means a for 7 steps. In `[b:7]`
and `[a::7]` the missing text is empty. `[a|b]` alternates between a and b. BREAK starts a new window of tokens.

`<embed:name>` and `embedding:name`, of SwarmUI and ComfyUI, name an embedding.

`a :1.2 AND b` has two parts, whose predictions are added (composable diffusion); see `composed_prompts`. AND within one
part, as in a negative prompt, is read as "and".

`<lora:name:0.8>` adds an adapter. `<lora:name:0.8:0.5>` and `<lora:name:te=0.8:unet=0.5>` have separate weights for the
text encoders and the U-Net. The last mention of an adapter determines its weights. Other tags are ignored. Everything
else is text.

All functions take linear time in the length of the prompt, because prompts come from untrusted files.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gdm_studio.common.errors import BadRequest
from gdm_studio.request.prompts import length_problem

# Weight of text in round brackets.
MORE = 1.1
# Maximum number of characters in all versions of a changing prompt. Each version is encoded and cached for the run.
MOST_TEXT = 200_000
# Maximum depth of nested scheduled parts. Deeper parts are treated as text.
DEEPEST = 32
# Maximum depth of nested brackets that change the weight.
DEEPEST_WEIGHT = 100
# Maximum absolute weight. Larger products could become infinite.
MOST_WEIGHT = 1e9
# Quantifiers are possessive, because backtracking would take quadratic time on a malicious prompt.
DIGITS = r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)"
NUMBER = re.compile(rf"\s*+{DIGITS}\s*+")
# Pattern of a weight after the name of an adapter.
FACTOR = re.compile(r"((?:te|unet)=)?\s*+([+-]?(?:\d++(?:[.,]\d*+)?|[.,]\d++))\s*+")
WEIGHT = re.compile(rf":\s*+({DIGITS})\s*+\)")
# A number before a closing bracket that may have been meant as a weight or as the time of a change.
_LIKE_WEIGHT = re.compile(r"[:：]\s*+([+-]?[\d.,]++%?)\s*+([)\]）])")
_BREAK = re.compile(r"\bBREAK\b")
# The word that separates the parts of A1111's composable diffusion, and the weight that can follow a part.
_AND = re.compile(r"\bAND\b")
_PART_WEIGHT = re.compile(rf":\s*+({DIGITS})$")
# Maximum number of parts of a composed prompt. Each is evaluated separately in every step.
MOST_PARTS = 16
_MENTION = re.compile(r"<(?:lora|lyco):")
_EMBEDDING_TAG = re.compile(r"<embed(?:ding)?:")
_NAMING_TAG = re.compile(rf"{_MENTION.pattern}|{_EMBEDDING_TAG.pattern}")
# ComfyUI's notation for an embedding.
_COMFY_EMBEDDING = re.compile(r"(?<![\w<])embedding:([^\s,:()\[\]{}<>|]++)")
_WEIGHTS_SUFFIX = re.compile(r"\.(?:safetensors|pt|bin|ckpt|gguf)$", re.IGNORECASE)
# The web UI removes all such tags from a prompt, including tags of unknown kinds.
_ANY_TAG = re.compile(r"<\w+:")
_ESCAPED_OR_BRACKET = re.compile(r"\\.|[()\[\]]", re.DOTALL)
# Dividers within square brackets.
_DIVIDERS = re.compile(r"(?<!\\)[:|]")
_PIECES = re.compile(rf"\\[()\[\]\\]|{WEIGHT.pattern}|[()\[\]]|[^()\[\]\\:]++|.", re.DOTALL)


@dataclass(frozen=True)
class Weighted:
    """Part of a prompt whose words have the same attention weight, such as 1.1 for "(text)"."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True)
class Mention:
    """Adapter (such as a LoRA) that a prompt names in a tag, with its weights."""

    name: str
    # Weight in the text encoders.
    text: float = 1.0
    # Weight in the U-Net.
    unet: float = 1.0


@dataclass(frozen=True)
class Tag:
    """Tag `<kind:name:weight>` in a prompt, at the characters `start` to `end`. Its name and weights are not parsed
    yet.
    """

    start: int
    end: int
    text: str

    @property
    def name(self) -> str:
        return self.text[1:-1].split(":")[1]

    @property
    def name_end(self) -> int:
        """Position in the prompt of the first character after the tag's name."""
        return self.start + self.text.index(":") + 1 + len(self.name)

    @property
    def weights(self) -> list[str]:
        return self.text[1:-1].split(":")[2:]


@dataclass(frozen=True)
class PromptSegment:
    """Text of a prompt that applies up to and including step `until`, split into token windows at each BREAK."""

    until: int
    windows: tuple[tuple[Weighted, ...], ...]


def parse_prompt(prompt: str, steps: int, *, plain: bool = False) -> list[PromptSegment]:
    """Parse a prompt in AUTOMATIC1111's syntax into segments, one for each range of steps in which its text is
    constant. A prompt that does not change has one segment.

    With `plain`, the prompt has no syntax and is not parsed. Raises BadRequest if it is too long.
    """
    if problem := length_problem(prompt):
        raise BadRequest(problem)
    if plain:
        return [PromptSegment(steps, ((Weighted(prompt),),))]
    parts = _Parser(_join_composed(_remove_tags(prompt))).parse()
    until: dict[int, str] = {}
    for text, group in groupby(range(1, steps + 1), key=lambda step: _text_at_step(parts, step, steps)):
        until[max(group)] = text
    texts = dict.fromkeys(until.values())
    if sum(map(len, texts)) > MOST_TEXT:
        raise BadRequest("The prompt becomes too many long texts from step to step; shorten it or choose fewer steps.")
    found = {text: windows(text) for text in texts}
    return [PromptSegment(step, found[text]) for step, text in until.items()]


def adapters_mentioned(prompt: str) -> list[Mention]:
    """Return the distinct LoRAs and other adapters that a prompt names in tags, in order of their first mention, each
    with the weights from its last mention.

    An invalid weight counts as 1, and named parameters other than the two weights do not count.
    """
    found: dict[str, Mention] = {}
    for tag in adapter_tags(prompt):
        placed = []
        named = {}
        for part in tag.weights:
            factor = FACTOR.fullmatch(part)
            if factor and factor[1]:
                named[factor[1]] = parse_factor(factor[2])
            elif "=" not in part:
                # Other named parameters, such as the weights of blocks in "lbw=ALL", have no effect.
                placed.append(parse_factor(factor[2]) if factor else 1.0)
        text = named.get("te=", placed[0] if placed else 1.0)
        unet = named.get("unet=", placed[1] if len(placed) > 1 else text)
        name = tag.name.strip()
        found[name] = Mention(name, text, unet)
    return list(found.values())


def escape_brackets(text: str) -> str:
    """Escape the brackets in a string, so that they are ordinary characters in a prompt."""
    return re.sub(r"([()\[\]])", r"\\\1", text)


def parse_factor(digits: str) -> float:
    """Return the weight that `FACTOR` found after the name of an adapter. It may have a decimal comma."""
    return _limit_weight(float(digits.replace(",", ".")))


def embeddings_mentioned(prompt: str) -> list[str]:
    """Return the distinct names of embeddings that a prompt marks as such, in the notation of ComfyUI or SwarmUI."""
    return list(dict.fromkeys(name for _, name in embeddings_marked(prompt)))


def embeddings_marked(prompt: str) -> list[tuple[tuple[int, int], str]]:
    """Return (start, end) and the name of each embedding that a prompt marks as such, in the notation of ComfyUI or
    SwarmUI.
    """
    tags = [((tag.start, tag.end), tag.name) for tag in _iter_tags(prompt, _EMBEDDING_TAG, named=True)]
    inside = _find_positions_in_tags(prompt)
    words = (each for each in _COMFY_EMBEDDING.finditer(prompt) if each.start() not in inside)
    found = [*tags, *((each.span(), each[1]) for each in words)]
    return [(span, name) for span, written in found if (name := _extract_embedding_name(written))]


def composed_prompts(prompt: str) -> list[Weighted]:
    """Split a prompt at each AND into the parts of composable diffusion (Liu et al. 2022, arXiv:2206.01714), each with
    its weight.

    As in A1111's web UI, AND separates parts even within brackets, and a number after a colon at the end of a part is
    its weight, which is 1 by default and may be negative. Equal parts are merged, and their weights are added. A prompt
    without AND has one part with weight 1. The tags of adapters do not count as text. Raises BadRequest if there are
    more than MOST_PARTS parts.
    """
    places = joining_words(prompt)
    if not places:
        return [Weighted(prompt)]
    if len(places) >= MOST_PARTS:
        raise BadRequest(f"The prompt has {len(places) + 1} parts between AND; write at most {MOST_PARTS}.")
    found: dict[str, float] = {}
    for start, end in zip([0, *(at + len("AND") for at in places)], [*places, len(prompt)], strict=True):
        text, weight = _split_part_weight(prompt[start:end])
        found[text] = _limit_weight(found.get(text, 0.0) + weight)
    return [Weighted(text, weight) for text, weight in found.items()]


def _split_part_weight(part: str) -> tuple[str, float]:
    """Return the text of one part of a composed prompt, with the tags of adapters at its end, and its weight."""
    tags = "".join(tag.text for tag in adapter_tags(part))
    text = (without_adapter_tags(part) if tags else part).strip()
    weight = _PART_WEIGHT.search(text)
    if weight is None:
        return text + tags, 1.0
    return text[: weight.start()].rstrip() + tags, _limit_weight(float(weight[1]))


def joining_words(prompt: str) -> list[int]:
    """Return the positions of each AND of A1111's composable diffusion in a prompt."""
    inside = _find_positions_in_tags(prompt)
    return [found.start() for found in _AND.finditer(prompt) if found.start() not in inside]


def adapter_tags(prompt: str) -> list[Tag]:
    """Return the tags of a prompt that name an adapter, such as `<lora:name:0.8>`, in order."""
    return list(_iter_tags(prompt, _MENTION, named=True))


def without_adapter_tags(prompt: str) -> str:
    """Return a prompt without its adapter tags, with one space between the remaining parts."""
    tags = adapter_tags(prompt)
    if not tags:
        return prompt
    found = prompt[: tags[0].start]
    for tag, end in zip(tags, [*(tag.start for tag in tags[1:]), len(prompt)], strict=True):
        piece = prompt[tag.end : end]
        found += piece if found and not found[-1].isspace() else piece.lstrip()
    return found.strip()


def unusable_parameters(tag: Tag) -> list[str]:
    """Return the parameters of an adapter's tag that have no effect: invalid weights, and named ones that only
    extensions of the web UI know, such as "lbw=ALL".
    """
    return [part for part in tag.weights if not FACTOR.fullmatch(part)]


def unread_weights(prompt: str) -> list[tuple[int, int, str]]:
    """Return the numbers in a prompt that look like weights or times but are read as text, because of a comma, a
    percent sign or a full-width bracket. Each has its start and end, and the text as which it may have been meant.

    Examples are "(red:1,2)", "[a:b:50%]" and "（red:1.2）".
    """
    tags = [*_iter_tags(prompt, _ANY_TAG)]
    starts = [tag.start for tag in tags]
    found = []
    for at in _LIKE_WEIGHT.finditer(prompt):
        number = at[1].rstrip("%").replace(",", ".")
        before = bisect_left(starts, at.start())
        is_in_tag = before > 0 and at.start() < tags[before - 1].end
        if is_in_tag or not NUMBER.fullmatch(number) or (NUMBER.fullmatch(at[1]) and at[2] != "）"):
            continue
        meant = f"{float(number) / 100:g}" if at[1].endswith("%") else number
        found.append((at.start(), at.end(), f":{meant}{')' if at[2] == '）' else at[2]}"))
    return found


def ignored_tags(prompt: str) -> list[Tag]:
    """Return the tags of a prompt that name no adapter or embedding. They are removed from the prompt and have no
    effect.
    """
    return [tag for tag in _iter_tags(prompt, _ANY_TAG) if not (tag.name and _NAMING_TAG.match(tag.text))]


def _iter_tags(text: str, opening: re.Pattern[str], *, named: bool = False) -> Iterator[Tag]:
    """Yield the tags of a prompt: each starts with a match of the pattern `opening` and ends at the next ">". If
    `named` is True, tags without a name are skipped.
    """
    begin = opening.search(text)
    last = -1
    while begin is not None:
        at = begin.end()
        if last < at:
            last = text.find(">", at)
        if last < 0:
            return
        if last > at and not (named and text[at] == ":"):
            at = last + 1
            yield Tag(begin.start(), at, text[begin.start() : at])
        begin = opening.search(text, at)


def _find_positions_in_tags(prompt: str) -> set[int]:
    return {at for tag in _iter_tags(prompt, _ANY_TAG) for at in range(tag.start, tag.end)}


def _remove_tags(text: str) -> str:
    """Return a prompt without its tags, and with only the names of its embeddings."""
    found = []
    done = 0
    for tag in _iter_tags(text, _ANY_TAG):
        found.append(text[done : tag.start])
        found.append(_extract_embedding_name(tag.name) if _EMBEDDING_TAG.match(tag.text) else "")
        done = tag.end
    return _COMFY_EMBEDDING.sub(lambda each: _extract_embedding_name(each[1]), "".join([*found, text[done:]]))


def _extract_embedding_name(written: str) -> str:
    """Return the name of an embedding without the folder and the suffix of its file."""
    return _WEIGHTS_SUFFIX.sub("", written.strip().replace("\\", "/").rpartition("/")[2])


def _join_composed(text: str) -> str:
    """Join the parts of A1111's composable diffusion to one prompt, without their weights."""
    parts = _AND.split(text)
    if len(parts) == 1:
        return text
    return " and ".join(_PART_WEIGHT.sub("", part.rstrip()).strip() for part in parts)


def windows(text: str) -> tuple[tuple[Weighted, ...], ...]:
    """Parse a prompt without scheduled parts: split it into token windows at each BREAK, and convert its brackets to
    attention weights.
    """
    together: list[list[Weighted]] = [[]]
    for each in _parse_weights(text):
        first, *others = _BREAK.split(each.text)
        together[-1].append(Weighted(first.rstrip() if others else first, each.weight))
        for other in others[:-1]:
            together.append([Weighted(other.strip(), each.weight)])
        if others:
            together.append([Weighted(others[-1].lstrip(), each.weight)])
    if len(together) > 1 and not "".join(each.text for each in together[-1]).strip():
        del together[-1]  # a BREAK at the end does not start a window
    return tuple(tuple(_merge_equal(window)) for window in together)


class _Brackets:
    """State of the parser for weights: the stack of open brackets, and the parts read so far with their weights."""

    def __init__(self) -> None:
        self._weighted_texts: list[tuple[list[str], float]] = []
        self._opened: dict[str, list[tuple[int, int | None]]] = {"(": [], "[": []}  # (when, first run that it weighs)
        self._bracket_count = 0
        self._joins_next_text = False  # whether the next text belongs to the last run

    def add(self, text: str) -> None:
        if not self._joins_next_text:
            self._weighted_texts.append(([], 1.0))
            self._joins_next_text = True
        self._weighted_texts[-1][0].append(text)

    def open(self, kind: str) -> None:
        depth = sum(map(len, self._opened.values()))
        self._opened[kind].append((self._bracket_count, len(self._weighted_texts) if depth < DEEPEST_WEIGHT else None))
        self._bracket_count += 1
        self._joins_next_text = False

    def close(self, kind: str, factor: float) -> bool:
        """Close a bracket, and multiply the weights of all parts since its opening by `factor`. Returns False if no
        bracket of this kind is open.
        """
        if not self._opened[kind]:
            return False
        _, first = self._opened[kind].pop()
        self._joins_next_text = False
        for place in range(len(self._weighted_texts) if first is None else first, len(self._weighted_texts)):
            texts, weight = self._weighted_texts[place]
            self._weighted_texts[place] = (
                texts,
                _limit_weight(weight * factor),
            )  # bracket by bracket, because other orders are rounded differently
        return True

    def finish(self) -> list[Weighted]:
        """Close all brackets that are still open, innermost first, and return the parts with their weights."""
        while any(self._opened.values()):
            kind = max(self._opened, key=lambda each: self._opened[each][-1:])
            self.close(kind, MORE if kind == "(" else 1 / MORE)
        return [Weighted("".join(texts), weight) for texts, weight in self._weighted_texts]


def _parse_weights(text: str) -> list[Weighted]:
    """Parse the brackets of a prompt as attention weights, from left to right.

    An unclosed bracket extends to the end of the prompt; an unopened bracket is a literal character.
    """
    found = _Brackets()
    at = 0
    while piece := _PIECES.match(text, at):
        here = piece[0]
        at = piece.end()
        if piece[1] is not None:
            if not found.close("(", float(piece[1])):
                found.add(":")
                at = piece.start() + 1
        elif here in ("(", "["):
            found.open(here)
        elif not (here == ")" and found.close("(", MORE)) and not (here == "]" and found.close("[", 1 / MORE)):
            found.add(here[1] if here[0] == "\\" and len(here) == 2 else here)
    return _merge_equal(found.finish())


def _limit_weight(weight: float) -> float:
    return min(max(weight, -MOST_WEIGHT), MOST_WEIGHT)


def _merge_equal(parts: Sequence[Weighted]) -> list[Weighted]:
    """Merge neighbouring parts of equal weight and remove empty parts. If none remains, the result is a single part
    without text.
    """
    groups = groupby((part for part in parts if part.text), key=lambda part: part.weight)
    return [Weighted("".join(part.text for part in group), weight) for weight, group in groups] or [Weighted("")]


@dataclass(frozen=True)
class _Scheduled:
    """Part of a prompt that is replaced by another one after a number of steps, as in `[a:b:0.4]`."""

    before: _Parts
    after: _Parts
    when: str


@dataclass(frozen=True)
class _Alternation:
    """Alternatives in a prompt that the steps use in turn, as in `[a|b]`."""

    options: tuple[_Parts, ...]


_Parts = tuple["str | _Scheduled | _Alternation", ...]


def _text_at_step(parts: _Parts, step: int, steps: int) -> str:
    """Return the prompt's text at one step (counted from 1) of `steps`, resolving scheduled and alternating parts."""
    found = []
    for part in parts:
        if isinstance(part, _Scheduled):
            share = float(part.when) * (steps if "." in part.when else 1)
            last = int(min(max(share, 0), steps))  # `share` may be infinite
            part = _text_at_step(part.before if step <= last else part.after, step, steps)
        elif isinstance(part, _Alternation):
            part = _text_at_step(part.options[(step - 1) % len(part.options)], step, steps)
        found.append(part)
    return "".join(found)


class _Parser:
    """Parser for the parts of a prompt in square brackets that change with the step: scheduled and alternating parts.

    Its methods take a range of the prompt: the whole prompt, or the content of square brackets. A range contains both
    or neither of a pair of square brackets. Round brackets are paired only within the range.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._square_brackets = bracket_pairs(text, "[", "]")
        self._round_brackets = bracket_pairs(text, "(", ")")
        dividing = (at.start() for at in _DIVIDERS.finditer(text))
        self._marks = sorted([*self._square_brackets, *self._round_brackets, *dividing])

    def parse(self) -> _Parts:
        """Return the whole prompt as a sequence of constant strings, scheduled parts and alternations."""
        return self._parse(0, len(self._text), 0)

    def _parse(self, first: int, last: int, depth: int) -> _Parts:
        if depth == DEEPEST:
            return (self._text[first:last],)
        found: list[str | _Scheduled | _Alternation] = []
        done = first
        place = bisect_left(self._marks, first)
        while place < len(self._marks) and (begin := self._marks[place]) < last:
            end = self._square_brackets.get(begin)
            if end is None:
                place += 1
                continue
            found.append(self._text[done:begin])
            found += self._parse_brackets(begin + 1, end, depth + 1)
            done = end + 1
            place = bisect_left(self._marks, end, lo=place)
        return (*found, self._text[done:last])

    def _parse_brackets(self, first: int, last: int, depth: int) -> _Parts:
        """Parse the content of square brackets as a scheduled part, an alternation, or else a part of lower weight."""
        colons, bars = self._find_dividers(first, last)
        if len(colons) in (1, 2) and NUMBER.fullmatch(self._text, colons[-1] + 1, last):
            middle = colons[0] if len(colons) == 2 else first
            before = self._parse(first, middle, depth)
            after = self._parse(middle + (len(colons) == 2), colons[-1], depth)
            return (_Scheduled(before, after, self._text[colons[-1] + 1 : last].strip()),)
        if bars:
            ranges = zip([first - 1, *bars], [*bars, last], strict=True)
            return (_Alternation(tuple(self._parse(begin + 1, end, depth) for begin, end in ranges)),)
        return ("[", *self._parse(first, last, depth), "]")

    def _find_dividers(self, first: int, last: int) -> tuple[list[int], list[int]]:
        """Return two lists with the positions of ":" and of "|" between the indices `first` and `last` of the prompt.
        Characters inside nested brackets are skipped.
        """
        found: dict[str, list[int]] = {":": [], "|": []}
        hidden = first - 1  # the last position inside brackets so far
        for place in range(bisect_left(self._marks, first), len(self._marks)):
            at = self._marks[place]
            if at >= last:
                break
            if (end := self._square_brackets.get(at, self._round_brackets.get(at))) is not None:
                hidden = max(hidden, end) if end < last else hidden
            elif at > hidden:
                found[self._text[at]].append(at)
        return found[":"], found["|"]


def bracket_pairs(text: str, opening: str, closing: str) -> dict[int, int]:
    """Return a mapping from the position of each opening bracket to that of its closing bracket. A bracket after a
    backslash is a literal character.
    """
    opened: list[int] = []
    found: dict[int, int] = {}
    for mark in _ESCAPED_OR_BRACKET.finditer(text):
        if mark[0] == opening:
            opened.append(mark.start())
        elif mark[0] == closing and opened:
            found[opened.pop()] = mark.start()
    return found
