"""Prompt readings: the effect of each word of a prompt on the image, determined before generation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class PartState(StrEnum):
    """Predicted effect of a phrase of the prompt on the image: for example, it is drawn or left out.

    LEFT_OUT also marks a count that cannot be drawn and is replaced by `PromptPart.drawn_count`.
    """

    DRAWN = "drawn"
    # The phrase places the objects of a scene, as "on" and "riding" do.
    PLACING = "placing"
    # The start image already shows the phrase, and the mask only gets what is new.
    SHOWN = "shown"
    # The phrase is drawn in some of the styles that a seed may choose.
    IN_SOME_STYLES = "in some styles"
    # The network knows the phrase but has no drawing of it to start from.
    GUESSED = "guessed"
    # The phrase has no effect, or the count is changed.
    LEFT_OUT = "left out"
    # The phrase is left out, and the model has never seen the word.
    UNKNOWN = "unknown"


class NoteKind(StrEnum):
    """Kind of a remark about a whole prompt, such as an unsupported language."""

    EMPTY = "empty"
    # Most words seem to belong to a language that the model does not read.
    LANGUAGE = "language"
    # No drawing matches the words.
    GUESS = "guess"
    # Words in quotation marks, which are not written into the image.
    TEXT = "text"
    # Weights, which are read as words.
    SYNTAX = "syntax"
    # An installed LoRA, which changes the image.
    ADAPTER = "adapter"
    # An installed LoRA for another model, which makes generation impossible.
    FOREIGN_ADAPTER = "foreign adapter"
    # The tag of a LoRA that is not installed, which is read as words.
    UNKNOWN_ADAPTER = "unknown adapter"
    # A word such as "without", which the model does not understand: the words after it affect the image.
    NEGATION = "negation"
    # A word such as "without", after which the words are left out. A drawing may still show the excluded object.
    EXCLUSION = "exclusion"
    # A phrase such as "帽子のない", which excludes an object and is left out.
    EXCLUDED_PHRASE = "excluded phrase"
    # The prompt has more words than the model reads.
    LIMIT = "limit"
    # A request for several pictures, such as "twelve icons", of which the image is one.
    SERIES = "series"


@dataclass(frozen=True)
class PromptPart:
    """Phrase of a prompt, such as an object, a colour or a count, with its predicted effect on the image. `start` and
    `end` are its character positions.
    """

    text: str
    start: int
    end: int
    state: PartState
    # Name of the drawing, if it differs from `text`.
    drawn_as: str = ""
    # True if the model has no drawing of this, and draws the one with the nearest name.
    is_near: bool = False
    # Known words of which these words seem to be a misspelling. For unknown words, this is a suggestion; other words
    # are read as these known words.
    near: str = ""
    # Number of objects that are drawn instead, for a count that cannot be drawn; 1 for a plural that is drawn once.
    drawn_count: int = 0
    # True for a count that is changed or left out.
    is_count: bool = False
    # Prompt that also draws this part, or "" if there is none.
    rewrite: str = ""
    # Id of the style from whose drawing this is drawn, if the requested style has none, or "".
    drawn_from: str = ""
    # True if the drawing has only one colour, unlike those of the requested style.
    is_one_colour: bool = False

    @property
    def is_ignored(self) -> bool:
        """True if the image will not show this phrase as written: it is left out, or a different number of objects is
        drawn.
        """
        return self.state in (PartState.LEFT_OUT, PartState.UNKNOWN)


@dataclass(frozen=True)
class PromptNote:
    """Remark about a whole prompt that is shown to the user. `value` quotes a part of the prompt or is the number of
    words that the model reads.
    """

    kind: NoteKind
    value: str = ""
    # Name that the user may have meant, or "".
    near: str = ""
    # Prompt with the name `near`, or "".
    rewrite: str = ""


@dataclass(frozen=True)
class NearestDrawing:
    """Suggestion for an object that the model cannot draw: the name of a similar object that it can draw, and the
    prompt rewritten with that name.
    """

    name: str
    rewrite: str


@dataclass(frozen=True)
class PromptReading:
    """Prediction, from the model's tokenizer, of how the model will interpret a prompt.

    `parts` are the phrases that name an object, a colour or a count, and all other words except articles and
    prepositions, in order; each states whether the image will show it. `notes` are remarks about the whole prompt, such
    as an unknown language. `nearest` contains drawings to suggest if the model has no drawing of the prompt's object.
    The reading is empty if the prompt is too long or the effect of words on the model is unknown.
    """

    parts: tuple[PromptPart, ...] = ()
    notes: tuple[PromptNote, ...] = ()
    nearest: tuple[NearestDrawing, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Return this prediction as a dictionary for JSON output, with the predicted effect of each phrase of the
        prompt.
        """
        parts = [
            {
                "text": part.text,
                "state": part.state.value,
                "drawn_as": part.drawn_as or None,
                "near": part.near or None,
                "drawn_count": part.drawn_count or None,
                "rewrite": part.rewrite or None,
                "drawn_from": part.drawn_from or None,
                "one_colour": part.is_one_colour or None,
            }
            for part in self.parts
        ]
        notes = [{"kind": note.kind.value, "value": note.value} for note in self.notes]
        return {"parts": parts, "notes": notes, "nearest": [drawing.name for drawing in self.nearest]}

    def summary(self, model: str, style_titles: Mapping[str, str] | None = None) -> str:
        """Return a sentence (without a full stop) that lists how the image will deviate from the prompt and its style,
        or "" if it will not. `model` is the model's name, and `style_titles` are those of its styles by id.
        """
        renamed = [
            f"drawing {part.drawn_as}{', the nearest,' if part.is_near else ''} for “{part.text}”"
            for part in self.parts
            if part.drawn_as
        ]
        renamed += [
            f"reading “{part.text}” as “{part.near}”"
            for part in self.parts
            if part.near and not part.drawn_as and part.state is not PartState.UNKNOWN
        ]
        borrowed = [
            f"drawing “{part.text}” {' '.join(_origin_words(part, style_titles or {}))}"
            for part in self.parts
            if part.drawn_from or part.is_one_colour
        ]
        fewer = [
            f"drawing {part.drawn_count}, not {part.text}" if part.is_count else f"drawing one of “{part.text}”"
            for part in self.parts
            if part.drawn_count
        ]
        ignored = [part for part in self.parts if part.is_ignored and not part.drawn_count]
        out = [part.text for part in ignored if part.state is PartState.LEFT_OUT]
        unknown = [part.text for part in ignored if part.state is PartState.UNKNOWN and not part.near]
        told = [note for note in self.notes if note.kind in _NOTES]
        near = [
            f"did you mean “{part.near}” instead of “{part.text}”?"
            for part in ignored
            if part.near and part.state is PartState.UNKNOWN
        ]
        near += [f"did you mean “{note.near}”?" for note in told if note.near]
        notes = [_NOTES[note.kind].format(model=model, value=note.value) for note in told]
        offered = ", ".join(drawing.name for drawing in self.nearest)
        clauses = [
            *notes,
            *([f"nearest: {offered}"] if offered else []),
            *renamed,
            *borrowed,
            *fewer,
            *([f"left out: {', '.join(out)}"] if out else []),
            *([f"unknown to {model}: {', '.join(unknown)}"] if unknown else []),
            *near,
        ]
        sentence = "; ".join(clauses)
        return sentence[:1].upper() + sentence[1:]


def _origin_words(part: PromptPart, style_titles: Mapping[str, str]) -> Iterator[str]:
    if part.is_one_colour:
        yield "in one colour"
    if part.drawn_from:
        yield f"from {style_titles.get(part.drawn_from, part.drawn_from)}"


_NOTES = {
    NoteKind.EMPTY: "the prompt names nothing to draw: {model} draws something random",
    NoteKind.LANGUAGE: "{model} does not know this language",
    NoteKind.GUESS: "{model} has no drawing of this and guesses",
    NoteKind.TEXT: "{model} writes no text: “{value}”",
    NoteKind.SYNTAX: "{model} knows no weights",
    NoteKind.FOREIGN_ADAPTER: "the LoRA {value} is for another model",
    NoteKind.UNKNOWN_ADAPTER: "there is no LoRA called “{value}”",
    NoteKind.NEGATION: "{model} does not understand “{value}”: use the negative prompt",
    NoteKind.EXCLUSION: "{model} ignores the words after “{value}”",
    NoteKind.EXCLUDED_PHRASE: "{model} leaves out “{value}”",
    NoteKind.LIMIT: "only the first {value} words are read",
    NoteKind.SERIES: "“{value}” is read as one picture: name the thing of each one in a prompt of its own",
}


class PromptReader(Protocol):
    """Predictor of how a model interprets a prompt. It uses the same code that conditions the model."""

    def read(self, prompt: str, style: str = "", *, is_icon: bool = False, shown: str = "") -> PromptReading:
        """Predict how the model interprets a prompt in the given style, also as that of an icon of a set. If the style
        is "", the seed selects one. `shown` is the prompt of the start image around a mask.
        """
        ...
