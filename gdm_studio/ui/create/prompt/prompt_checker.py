"""Detection of likely mistakes in prompts with AUTOMATIC1111's weights and adapter tags."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.unicode_names import comparable_name
from gdm_studio.models.prompts.a1111_syntax import (
    adapter_tags,
    embeddings_marked,
    ignored_tags,
    joining_words,
    unread_weights,
    unusable_parameters,
)
from gdm_studio.request import wildcard_files
from gdm_studio.request.prompt_templates import unclosed_braces, wildcards_in
from gdm_studio.request.setting import similar_names
from gdm_studio.ui.create.prompt.adapter_names import AdapterNames, NamedAddition
from gdm_studio.ui.translation import error_text, translate

# Maximum length of a name that a message quotes in full, in characters.
MAX_QUOTED = 60
# Maximum number of reported names. Finding the most similar known name is slow.
MAX_NAMES = 100
_INCOMPLETE = re.compile(r"<(?:lora|lyco):[^<>\n]{0,80}")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Mistake:
    """Likely mistake in the part of a prompt from `start` to `end`, with a long and a short explanation for the user.

    `correction` is the text that may have been meant, labelled `label`, or "" if there is none.
    """

    start: int
    end: int
    sentence: str
    label: str = ""
    correction: str = ""


def find_mistakes(text: str, names: AdapterNames) -> list[Mistake]:
    """Find likely mistakes in a prompt, such as unclosed brackets or unknown LoRA names, in text order.

    At most MAX_NAMES mistakes each are reported for adapters and for embeddings.
    """
    if not names.has_grammar:
        return sorted(islice(_find_adapter_mistakes(text, names), MAX_NAMES), key=lambda mistake: mistake.start)
    tags = [(tag.start, tag.end) for tag in (*adapter_tags(text), *ignored_tags(text))]
    inside = {at for first, last in tags for at in range(first, last)}
    all_mistakes = [
        *_find_bracket_mistakes(text, inside),
        *islice(_find_weight_mistakes(text), MAX_NAMES),
        *islice(_find_adapter_mistakes(text, names), MAX_NAMES),
        *islice(_find_embedding_mistakes(text, names, inside), MAX_NAMES),
    ]
    return sorted(all_mistakes, key=lambda mistake: mistake.start)


def find_template_mistakes(template: str) -> list[Mistake]:
    """Find variants in a prompt template that are never closed, and wildcards whose files are missing or unusable, in
    text order.
    """
    all_mistakes = [_unclosed_mistake("{", place) for place in unclosed_braces(template)]
    for place, name in islice(wildcards_in(template), MAX_NAMES):
        try:
            wildcard_files.lines(name)
        except BadRequest as error:
            wildcard = f"__{name}__"
            label = translate("Mistakes", "{wildcard} cannot be used").format(wildcard=_shorten(wildcard))
            all_mistakes.append(Mistake(place, place + len(wildcard), error_text(error), label))
    return sorted(all_mistakes, key=lambda mistake: mistake.start)


def _find_bracket_mistakes(text: str, inside: Collection[int]) -> Iterator[Mistake]:
    opened: dict[str, list[int]] = {"(": [], "[": []}
    at = 0
    unopened = translate("Mistakes", "“{mark}” closes no bracket; remove it, or write “\\{mark}” for the character.")
    while at < len(text):
        mark = text[at]
        if mark == "\\":
            at += 1
        elif at not in inside and mark in opened:
            opened[mark].append(at)
        elif at not in inside and mark in ")]":
            kind = "(" if mark == ")" else "["
            if opened[kind]:
                opened[kind].pop()
            else:
                label = translate("Mistakes", "“{mark}” closes no bracket").format(mark=mark)
                yield Mistake(at, at + 1, unopened.format(mark=mark), label)
        at += 1
    for mark, places in opened.items():
        yield from (_unclosed_mistake(mark, place) for place in places)


def _unclosed_mistake(mark: str, index: int) -> Mistake:
    """Return the mistake of a bracket that is opened at `index` and never closed."""
    sentence = translate(
        "Mistakes", "“{mark}” is never closed; add “{closing}”, or write “\\{mark}” for the character."
    )
    label = translate("Mistakes", "“{mark}” is never closed").format(mark=mark)
    return Mistake(index, index + 1, sentence.format(mark=mark, closing=_CLOSING[mark]), label)


def _find_weight_mistakes(text: str) -> Iterator[Mistake]:
    for start, end, correction in unread_weights(text):
        sentence = translate("Mistakes", "“{weight}” is read as text; a weight is written like (word:1.2).")
        written = _shorten(text[start:end])
        yield Mistake(start, end, sentence.format(weight=written), correction, correction)


def _find_adapter_mistakes(text: str, names: AdapterNames) -> Iterator[Mistake]:
    complete = set()
    for tag in adapter_tags(text):
        complete.add(tag.start)
        name = tag.name.strip()
        span = tag.start, tag.end
        addition = names.adapter(name)
        if addition is None:
            sentence = translate("Mistakes", "There is no LoRA called “{name}”{suggestion}.")
            nearest = _find_nearest_name(name, names.adapters)
            sentence = sentence.format(name=_shorten(name), suggestion=_suggest_name(nearest))
            weights = "".join(f":{weight}" for weight in tag.weights)
            correction = f"<lora:{nearest}{weights}>" if nearest else ""
            label = nearest or translate("Mistakes", "No LoRA “{name}”").format(name=_shorten(name))
            yield Mistake(*span, sentence, label, correction)
        elif not names.suits(addition):
            label = translate("Mistakes", "{name} is for {base}").format(name=_shorten(name), base=addition.base)
            yield Mistake(*span, _unsuitable_reason(addition, names), label)
        elif named := next((part for part in unusable_parameters(tag) if "=" in part), None):
            sentence = translate("Mistakes", "“{parameter}” has no effect here; only the weights of {name} count.")
            sentence = sentence.format(parameter=_shorten(named), name=_shorten(name))
            label = translate("Mistakes", "“{parameter}” has no effect").format(parameter=_shorten(named))
            yield Mistake(*span, sentence, label)
        elif invalid := next(iter(unusable_parameters(tag)), None):
            sentence = translate("Mistakes", "“{weight}” is not a number, so {name} has the weight 1.")
            label = translate("Mistakes", "“{weight}” is not a number").format(weight=_shorten(invalid))
            yield Mistake(*span, sentence.format(weight=_shorten(invalid), name=_shorten(name)), label)
    for tag in ignored_tags(text) if names.has_grammar else ():
        sentence = translate("Mistakes", "{tag} names no LoRA and is ignored.")
        label = translate("Mistakes", "{tag} is ignored").format(tag=_shorten(tag.text))
        yield Mistake(tag.start, tag.end, sentence.format(tag=_shorten(tag.text)), label)
    for at in _INCOMPLETE.finditer(text):
        if at.start() not in complete:
            sentence = translate("Mistakes", "Write a LoRA as <lora:name:1>; this is read as words.")
            yield Mistake(*at.span(), sentence, translate("Mistakes", "Incomplete LoRA"))


def _find_joining_words(text: str) -> Iterator[Mistake]:
    for at in joining_words(text):
        sentence = translate("Mistakes", "In a negative prompt, AND joins the texts; its parts have no weights.")
        yield Mistake(at, at + len("AND"), sentence, translate("Mistakes", "AND is read as “and”"))


def find_negative_mistakes(text: str, names: AdapterNames) -> list[Mistake]:
    """Find likely mistakes in a negative prompt, in which LoRAs have no effect, in text order."""
    all_mistakes = find_mistakes(text, names)
    if names.has_grammar:
        all_mistakes += islice(_find_joining_words(text), 1)
    reported = {each.start for each in all_mistakes}
    sentence = translate("Mistakes", "LoRAs have no effect in the negative prompt; write {tag} into the prompt.")
    label = translate("Mistakes", "{tag} has no effect here")
    tags = [tag for tag in adapter_tags(text) if tag.start not in reported][:MAX_NAMES]
    values = [(tag, _shorten(tag.text)) for tag in tags]
    all_mistakes += [Mistake(tag.start, tag.end, sentence.format(tag=of), label.format(tag=of)) for tag, of in values]
    return sorted(all_mistakes, key=lambda mistake: mistake.start)


def _find_embedding_mistakes(text: str, names: AdapterNames, inside: Collection[int]) -> Iterator[Mistake]:
    for span, name in embeddings_marked(text):
        if comparable_name(name) in names.words:
            continue
        nearest = _find_nearest_name(name, names.words)
        sentence = translate("Mistakes", "There is no embedding called “{name}”{suggestion}.").format(
            name=_shorten(name), suggestion=_suggest_name(nearest)
        )
        label = nearest or translate("Mistakes", "No embedding “{name}”").format(name=_shorten(name))
        yield Mistake(*span, sentence, label, nearest)
    unsuitable = [addition for addition in names.words.values() if not names.suits(addition)]
    for addition in unsuitable:
        for at in re.finditer(rf"(?<!\w){re.escape(addition.name)}(?!\w)", text, re.IGNORECASE):
            if at.start() not in inside:
                sentence = translate("Mistakes", "{name} is for {base} and read as a word; this model is {model_base}.")
                label = translate("Mistakes", "{name} is for {base}").format(name=at[0], base=addition.base)
                yield Mistake(*at.span(), _insert_bases(sentence, addition, names), label)


def _unsuitable_reason(addition: NamedAddition, names: AdapterNames) -> str:
    return _insert_bases(translate("Mistakes", "{name} is for {base}, this model is {model_base}."), addition, names)


def _insert_bases(sentence: str, addition: NamedAddition, names: AdapterNames) -> str:
    return sentence.format(name=_shorten(addition.name), base=addition.base, model_base=names.base)


def _find_nearest_name(name: str, among: Mapping[str, NamedAddition]) -> str:
    """Return the name of the installed adapter or embedding that is nearest to `name` in spelling. Returns "" if none
    is similar enough.
    """
    similar = similar_names(name, among)
    return among[similar[0]].name if similar else ""


def _suggest_name(nearest: str) -> str:
    if not nearest:
        return translate("Mistakes", "; put its file into the models folder")
    return translate("Mistakes", "; there is “{name}”").format(name=_shorten(nearest))


def _shorten(name: str) -> str:
    return name if len(name) <= MAX_QUOTED else f"{name[: MAX_QUOTED - 1]}…"
