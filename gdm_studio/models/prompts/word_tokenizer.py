"""Tokenization of prompts into a style token, followed by word pieces."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tokenizers import PreTokenizedString, models, normalizers, pre_tokenizers
from tokenizers import Tokenizer as FastTokenizer

from gdm_studio.models.prompts.object_kinds import EYES, HEAD, NECK, ObjectKinds
from gdm_studio.models.prompts.relations import Arrangement, Relation, find_arrangement, find_kind
from gdm_studio.models.prompts.subjects import Match, SubjectFinder
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS, HYPHEN, JOINING, NUMBERS, SEPARATORS, STOP_WORDS, VERBS
from gdm_studio.models.prompts.word_meanings import MEANINGS, PARTS
from gdm_studio.networks.icons.special_tokens import ANY_STYLE, FIRST_STYLE, FIRST_WORD, PADDING

UNKNOWN = "[UNK]"
NORMALIZER = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
SPLITTER = pre_tokenizers.BertPreTokenizer()
# Text that the splitter only splits at spaces, like most names of drawings, of which there are thousands.
_PLAIN_TEXT = re.compile("[a-z0-9 ]*")
# Variation selectors and skin tones.
MODIFIERS = dict.fromkeys([0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])
# Drawings of people from head to foot, in scenes. Those of children do not exist; they are drawn small.
WHOLE_BODIES = {
    "man": "man standing", "boy": "man standing", "woman": "woman standing", "girl": "woman standing",
    "person": "person standing", "child": "person standing",
}  # fmt: skip
# Adjectives that are derived from parts of a body: "a blue-eyed cat".
OF_BODIES = frozenset(("eyed", "haired", "headed", "legged", "nosed", "tailed", "winged"))
# Participles whose object is drawn too: "a horse-riding knight".
SHOWING_OBJECTS = frozenset(("carrying", "eating", "holding", "riding", "wearing"))
# Text between neighbouring emoji.
AND = " and "


class Word(str):
    """Word of a translated prompt, with its index among the words and its character range in the original prompt."""

    place: int
    start: int
    end: int

    def __new__(cls, text: str, index: int, start: int, end: int) -> Word:
        word = super().__new__(cls, text)
        word.place = index
        word.start = start
        word.end = end
        return word


# Plurals that are names of other drawings, which show several people ("women with bunny ears") or the sky at night.
_SINGULARS = {"women": "woman", "men": "man", "children": "child", "people": "person", "stars": "star"}


def _remove_adjectives(words: Sequence[Word]) -> list[Word]:
    """Remove adjectives that are a word, a hyphen and a participle before another word, as in "a fire-breathing dragon"
    and "a blue-eyed cat". Colours of the whole thing ("a red-painted boat"), and what it rides or holds, remain.
    """
    found: list[Word] = []
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        is_before_word = following.isalpha() and following not in STOP_WORDS
        if is_before_word and len(found) > 1 and _is_adjective(found[-2], found[-1], word):
            del found[-2:]
        else:
            found.append(word)
    return found


def _is_adjective(first: Word, hyphen: Word, last: Word) -> bool:
    """Return True if three words are an adjective that ends with a participle, such as "fire-breathing", without
    spaces.
    """
    is_joined = hyphen == HYPHEN and first.end == hyphen.start and hyphen.end == last.start
    if not is_joined or not first.isalpha() or first in STOP_WORDS:
        return False
    is_participle = len(last) > len("bed") + 1 and last.endswith(("ing", "ed")) and last not in SHOWING_OBJECTS
    return last in OF_BODIES or is_participle and first not in COLOUR_WORDS


def _replace_counted_plurals(words: Sequence[Word], find_counted: Callable[[str], str]) -> list[Word]:
    """Replace some plurals after a number by the singular, since "two women" are drawn as a woman twice. Those after
    "of" are counted by another word, as in "two pairs of glasses".
    """
    found: list[Word] = []
    is_counted = is_part = False
    for word in words:
        is_counted = word in NUMBERS or is_counted and word not in SEPARATORS | JOINING
        is_part = word not in NUMBERS and (is_part or word == "of")
        singular = _SINGULARS.get(word) or ("" if is_part else find_counted(word)) if is_counted else ""
        found.append(Word(singular, word.place, word.start, word.end) if singular else word)
    return found


@dataclass(frozen=True)
class Subject:
    """Object that a prompt requests, with its memorised training image ("drawing") if there is one.

    `row` are the token ids of the drawing's name, with the style if the drawing exists in it. `colour` is the single
    colour requested for the object, or "" for none or several, which no drawing has. `words` are the words of the
    drawing's name and of its name in the prompt. `related` are the token ids, without a style, of the names of other
    drawings of such an object.

    `drawing` is the name of the drawing, or "" if none is known by these words. `used` are the prompt words that
    determined the drawing and its colours. `named` are the words that form the name. `is_near` is True if they name no
    drawing, and the one with the nearest name was taken.
    """

    row: tuple[int, ...]
    colour: str = ""
    words: frozenset[str] = field(default=frozenset(), compare=False)
    related: tuple[tuple[int, ...], ...] = field(default=(), compare=False)
    drawing: str = field(default="", compare=False)
    used: tuple[Word, ...] = field(default=(), compare=False)
    named: tuple[Word, ...] = field(default=(), compare=False)
    is_near: bool = field(default=False, compare=False)


class Lexicon:
    """Table that replaces a prompt's emoji and unknown words with words that occur in the training captions.

    Emoji become their names, and unknown words become known objects. `emoji` maps an emoji (one or more characters) to
    words. `things` maps the name of an object to the words that it replaces. Raises TypeError or AttributeError for
    invalid tables.
    """

    def __init__(self, emoji: Mapping[str, str], things: Mapping[str, Sequence[str]]) -> None:
        self.emoji = dict(emoji)
        self.things = {thing: list(words) for thing, words in things.items()}
        texts = (*self.emoji.values(), *(word for words in self.things.values() for word in words))
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("emoji and words are not all text")
        self._longest_emoji = max(map(len, self.emoji), default=0)
        self._first_characters = {char[:1] for char in self.emoji}
        self._object_of = {word: thing for thing, words in self.things.items() for word in words}

    def without(self, words: Collection[str]) -> Lexicon:
        """Return a copy of the table that does not replace the given words, in singular or plural."""
        kept = {
            thing: [word for word in read if word not in words and f"{word}s" not in words]
            for thing, read in self.things.items()
        }
        return Lexicon(self.emoji, kept)

    def with_plurals(self, names: Collection[str]) -> Lexicon:
        """Return a copy of the table with the names of drawings for emoji whose names differ from those only by
        plurals ("face with tear of joy").
        """
        named = {_to_singular(name.split()): name for name in names}
        emoji = {}
        for char, name in self.emoji.items():
            words = words_of(name)
            emoji[char] = name if " ".join(words) in names else named.get(_to_singular(words), name)
        return Lexicon(emoji, self.things)

    def translate(self, prompt: str) -> str:
        """Replace the emoji and unknown words of a prompt with known words, and return the new prompt."""
        named = "".join(f" {part} " if is_emoji else part for part, is_emoji in self.split_emoji(prompt))
        if not self._object_of:
            return named
        return " ".join(self.thing(word) or word for word in words_of(named))

    def read(self, prompt: str) -> list[Word]:
        """Translate a prompt and return its words and punctuation marks, each with its position in the original
        prompt.
        """
        found: list[Word] = []
        for part, is_emoji, start, end in self._iter_located_parts(prompt):
            for word, first, last in _locate_words(part):
                span = (start, max(end, start + 1)) if is_emoji or part is AND else (start + first, start + last)
                translated = words_of(thing) if (thing := self.thing(word)) else [word]
                found += [Word(each, len(found) + place, *span) for place, each in enumerate(translated)]
        if len(plain := plain_emoji(prompt)) == len(prompt):
            return found
        kept = [at for at, mark in enumerate(prompt) if ord(mark) not in MODIFIERS]
        assert len(kept) == len(plain)
        return [Word(word, word.place, kept[word.start], kept[word.end - 1] + 1) for word in found]

    @property
    def read_words(self) -> frozenset[str]:
        """Set of the words that are replaced with a known object."""
        return frozenset(self._object_of)

    def thing(self, word: str) -> str:
        """Return the known object with which a word or its singular is replaced, or "" if the word is not replaced.

        `word` must come from `words_of`. Verbs are not replaced ("a man rides a horse").
        """
        if word in VERBS:
            return ""
        return self._object_of.get(word) or self._object_of.get(word.removesuffix("s"), "")

    def split_emoji(self, prompt: str) -> Iterator[tuple[str, bool]]:
        """Split a prompt into plain text and emoji, in order: (text, False) for text, or (name, True) for an emoji.

        The longest possible emoji is matched.
        """
        for text, is_emoji, _, _ in self._iter_located_parts(prompt):
            yield text, is_emoji

    def _iter_located_parts(self, prompt: str) -> Iterator[tuple[str, bool, int, int]]:
        """Split a prompt like `parts`, and also yield the range (start, end) of each part. Emoji modifiers are removed
        first. Neighbouring emoji are several objects, with an "and" between them.
        """
        prompt = plain_emoji(prompt)
        if self._first_characters.isdisjoint(prompt):
            yield prompt, False, 0, len(prompt)
            return
        begin = 0
        at = 0
        while at < len(prompt):
            sizes = range(min(self._longest_emoji, len(prompt) - at), 0, -1)
            size = next((size for size in sizes if prompt[at : at + size] in self.emoji), 0)
            if size:
                is_next = begin > 0 and not prompt[begin:at].strip()
                yield AND if is_next else prompt[begin:at], False, begin, at
                yield self.emoji[prompt[at : at + size]], True, at, at + size
                begin = at + size
            at += size or 1
        yield prompt[begin:], False, begin, len(prompt)


class Tokenizer:
    """Tokenizer of the built-in model: it converts a prompt to word pieces (WordPiece, Wu et al. 2016), preceded by a
    token for the style. It also reads emoji.

    `vocab` lists the word pieces in the order of the word table. Pieces that continue a word start with `##`. `emoji`
    and `lexicon` are the tables of `Lexicon`, and `names` are those of `SubjectFinder`. Raises ValueError for too many
    styles and TypeError for invalid tables.
    """

    def __init__(
        self,
        vocab: Sequence[str],
        styles: Sequence[str],
        length: int,
        emoji: Mapping[str, str],
        lexicon: Mapping[str, Sequence[str]] | None = None,
        names: Mapping[str, int | Mapping[str, int]] | None = None,
    ) -> None:
        if len(styles) > FIRST_WORD - FIRST_STYLE:
            raise ValueError(f"at most {FIRST_WORD - FIRST_STYLE} styles fit, got {len(styles)}")
        self.vocab = list(vocab)
        self.length = length
        self.styles = {name: FIRST_STYLE + index for index, name in enumerate(styles)}
        self.text_lexicon = Lexicon(emoji, lexicon or {})
        self.emoji = self.text_lexicon.emoji
        self.lexicon = self.text_lexicon.things
        self.names = SubjectFinder(names or {})
        # True if relations such as "on" place several objects in an image.
        self.reads_relations = False
        # The kinds of objects, by which nouns without an article are read, or None for older requests.
        self.kinds: ObjectKinds | None = None
        ids = {piece: FIRST_WORD + index for index, piece in enumerate(vocab)}
        # `encode` drops unknown pieces.
        ids[UNKNOWN] = PADDING
        self.pieces = FastTokenizer(models.WordPiece(ids, unk_token=UNKNOWN))
        self.pieces.normalizer = NORMALIZER
        self.pieces.pre_tokenizer = SPLITTER

    def encode(self, prompt: str, style: str | None = None) -> list[int]:
        """Convert a prompt to `length` token ids: the style's token, the word pieces, and padding.

        Words with unknown pieces are dropped. Without a style, the first token is ANY_STYLE. Raises KeyError for a
        style that is not in the vocabulary.
        """
        first = ANY_STYLE if style is None else self.styles[style]
        pieces = self.pieces.encode(self.text_lexicon.translate(prompt)).ids
        words = [piece for piece in pieces if piece >= FIRST_WORD][: self.length - 1]
        return [first, *words] + [PADDING] * (self.length - 1 - len(words))

    def limited_to(self, has_drawing: Callable[[Sequence[int]], bool]) -> Tokenizer:
        """Return a tokenizer that recognises only the names of training images that the model has memorised.

        `has_drawing` receives the token ids of a drawing's name.
        """
        limited = copy.copy(self)
        limited.names = self.names.limited_to(lambda drawing: has_drawing(self.encode(drawing)[1:]))
        return limited

    def with_drawings(self, drawings: Mapping[str, str]) -> Tokenizer:
        """Return a tokenizer with additional names, given as a mapping from names to training images or silhouettes. An
        image mapped from its own name exists in every style; others must be known already.
        """
        extended = copy.copy(self)
        extended.text_lexicon = self.text_lexicon.without(drawings).with_plurals(self.names.styles_of)
        extended.emoji = extended.text_lexicon.emoji
        extended.lexicon = extended.text_lexicon.things
        # The words of a prompt are translated before names are searched in them.
        translated = {extended.text_lexicon.translate(name).strip(): drawing for name, drawing in drawings.items()}
        own = {drawing for name, drawing in drawings.items() if name == drawing}
        extended.names = self.names.with_drawings(translated, own, (1 << len(self.styles)) - 1)
        return extended

    def with_relations(self, kinds: ObjectKinds | None = None) -> Tokenizer:
        """Return a tokenizer that reads the relations between the objects of a prompt, for newer requests. With the
        `kinds` of objects, it also reads what a person or an animal is with if the noun has no article: "cat with hat".
        """
        found = copy.copy(self)
        found.reads_relations = True
        found.kinds = kinds
        return found

    def with_nearest(self) -> Tokenizer:
        """Return a tokenizer that takes the drawing with the nearest name if a prompt names none, see
        `SubjectFinder.find_nearest`.
        """
        found = copy.copy(self)
        found.names = self.names.with_nearest()
        return found

    def with_meanings(self) -> Tokenizer:
        """Return a tokenizer that reads the `MEANINGS` of words, see `SubjectFinder.with_meanings`."""
        found = copy.copy(self)
        found.names = self.names.with_meanings(MEANINGS, PARTS)
        return found

    def with_sentences(self) -> Tokenizer:
        """Return a tokenizer that reads prompts as sentences, see `SubjectFinder.with_sentences`."""
        found = copy.copy(self)
        found.names = self.names.with_sentences()
        return found

    def with_rare_things(self) -> Tokenizer:
        """Return a tokenizer that reads rarely drawn things in scenes, see `SubjectFinder.with_rare_things`."""
        found = copy.copy(self)
        found.names = self.names.with_rare_things()
        return found

    def for_icons(self, sources: Mapping[str, Sequence[str]] | None = None) -> Tokenizer:
        """Return a tokenizer that reads the names of a set's icons, see `SubjectFinder.for_icons`."""
        found = copy.copy(self)
        numbers = {style: token - FIRST_STYLE for style, token in self.styles.items()}
        found.names = self.names.for_icons(
            {
                number: [numbers[each] for each in (sources or {}).get(style, (style,)) if each in numbers]
                for style, number in numbers.items()
            }
            if sources is not None
            else None
        )
        return found

    def arrangement(self, prompt: str, style: str | None = None) -> Arrangement | None:
        """Return the objects of a prompt with the relations between them, or None if it has no relations or they are
        not read.
        """
        if not self.reads_relations:
            return None
        number = None if style is None else self.styles[style] - FIRST_STYLE
        words = self.names.wanted_words(self._find_words_of_objects(prompt))
        return find_arrangement(self.names, words, number, self.kinds)

    def subjects(self, prompt: str, style: str | None = None) -> list[Subject]:
        """Return the objects that a prompt requests, usually only one.

        If it names no known object, and no name is near, the whole prompt is returned as one subject, and an empty
        prompt if it only excludes objects ("no cats"). The objects of an `arrangement` have its order.
        """
        return [subject for _, subject in self._read_objects(prompt, style)]

    def find_new_objects(self, prompt: str, shown: str) -> list[Sequence[str]]:
        """Return the words of each object that a prompt requests and the prompt `shown` does not, or [] if these are
        all of its objects or none.
        """
        known = self.subjects(shown)
        objects = self._read_objects(prompt, None)
        new: list[Sequence[str]] = []
        for words, subject in objects:
            same = next((each for each in known if _is_same(subject, each)), None)
            if same is None:
                new.append(words)
            else:
                known.remove(same)
        return new if len(new) < len(objects) else []

    def _read_objects(self, prompt: str, style: str | None) -> list[tuple[Sequence[str], Subject]]:
        """Return the objects that a prompt requests, each with its words, see `subjects`."""
        number = None if style is None else self.styles[style] - FIRST_STYLE
        if arrangement := self.arrangement(prompt, style):
            return [
                (words, self._create_placed_subject(words, self._find_worn(arrangement, place, number), style))
                for place, words in enumerate(arrangement.phrases)
            ]
        parts = self.names.split_into_objects(self._find_words_of_objects(prompt), number)
        named = [(part, match) for part in parts if (match := self.names.match(part, number)).name]
        if named:
            return [(part, self._create_subject(part, match, style)) for part, match in named]
        near = [(part, match) for part in parts if (match := self.names.find_nearest(part)).name]
        if near:
            return [(part, replace(self._create_subject(part, match, style), is_near=True)) for part, match in near]
        return [((), Subject(tuple(self.encode(prompt if parts else "", style))))]

    def excludes_all(self, prompt: str) -> bool:
        """Return True if a prompt names only objects that it excludes, as "no cats" does."""
        return not self.names.split_into_objects(self._find_words_of_objects(prompt))

    def _find_words_of_objects(self, prompt: str) -> list[Word]:
        """Return the words of a prompt in which objects are sought: without hyphens in names, and with counted objects
        in the singular. Newer requests are read without adjectives such as "fire-breathing".
        """
        read = self.text_lexicon.read(prompt)
        read = _remove_adjectives(read) if self.names.reads_phrases else read
        if self.names.reads_sentences:
            # The mark at the end of a sentence is no part of its last name.
            while read and read[-1] in (".", "!", "?"):
                read.pop()
        hyphens = self.names.inner_hyphens(read)
        return _replace_counted_plurals(
            [word for at, word in enumerate(read) if at not in hyphens], self.names.find_counted
        )

    def _find_worn(self, arrangement: Arrangement, place: int, style: int | None) -> set[str]:
        """Return the places of the body at which an object of a scene wears others: the head, for older requests."""
        worn = arrangement.objects_of(place, Relation.WEARING)
        if self.kinds is None:
            return {HEAD} if worn else set()
        return {find_kind(self.names, self.kinds, arrangement.phrases[at], style).role for at in worn}

    def _create_placed_subject(self, words: Sequence[str], worn: Collection[str], style: str | None) -> Subject:
        """Create an object of a scene. People are drawn from head to foot and animals are not only faces, except those
        that wear something at the head.
        """
        number = None if style is None else self.styles[style] - FIRST_STYLE
        match = self.names.match(words, number)
        is_face = not {HEAD, EYES, NECK}.isdisjoint(worn)
        views = [f"{match.name} face"] if is_face else [WHOLE_BODIES.get(match.name, "")]
        view = next(filter(self.names.is_drawn, views), "")
        return self._create_subject(words, match, style, view=view, is_placed=True)

    def _create_subject(
        self, words: Sequence[str], match: Match, style: str | None, *, view: str = "", is_placed: bool = False
    ) -> Subject:
        """Create an object from the words of a prompt. `view` is another name of it, by which it is drawn."""
        name = view or match.name
        number = None if style is None else self.styles[style] - FIRST_STYLE
        drawing, is_in_style = self.names.drawing(name, number)
        colours = self.names.colours(words, name)
        colours = colours if len(colours) == 1 else []
        row = self.encode(drawing, style if is_in_style else None)
        others = self.names.related(name, drawing)
        if is_placed:
            others = [each for each in others if each.endswith(" face") == drawing.endswith(" face")]
        related = tuple(tuple(self.encode(each)) for each in others)
        deciding = (*match.words, *colours, *(word for word in words if word in {*drawing.split()} - STOP_WORDS))
        used = {word.place: word for word in deciding if isinstance(word, Word)}
        return Subject(
            tuple(row),
            str(colours[0]) if colours else "",
            frozenset((*match.words, *drawing.split())),
            related,
            drawing,
            tuple(used[place] for place in sorted(used)),
            tuple(word for word in match.words if isinstance(word, Word)),
        )

    def words(self, prompt: str) -> list[tuple[str, list[int]]]:
        """Return the words of the translated prompt, each with the positions of its tokens in the result of
        `encode`.
        """
        return list(self.numbered_words(prompt).values())

    def numbered_words(self, prompt: str) -> dict[int, tuple[str, list[int]]]:
        """Return the words of the translated prompt as `words` does, by their index among all words (`Word.place`)."""
        read = self.text_lexicon.translate(prompt)
        cut = self.pieces.encode(read)
        known = [(word, span) for piece, word, span in zip(cut.ids, cut.word_ids, cut.offsets, strict=True)
                 if piece >= FIRST_WORD and word is not None][: self.length - 1]  # fmt: skip
        found: dict[int, tuple[str, list[int]]] = {}
        for place, (word, (begin, end)) in enumerate(known, start=1):
            text, places = found.get(word, ("", []))
            found[word] = (text + read[begin:end], [*places, place])
        return found


def _is_same(subject: Subject, other: Subject) -> bool:
    """Return True if two objects have the same colour, and the same name or the same drawing, as synonyms have."""
    has_name = [*map(str, subject.named)] == [*map(str, other.named)]
    return subject.colour == other.colour and (has_name or subject.drawing == other.drawing)


def _to_singular(words: Sequence[str]) -> str:
    return " ".join(word.removesuffix("s") for word in words)


def words_of(text: str) -> list[str]:
    """Split a string into words and punctuation marks, in lower case and without accents, as the tokenizer does."""
    if _PLAIN_TEXT.fullmatch(text):
        return text.split()
    return [word for word, _ in SPLITTER.pre_tokenize_str(NORMALIZER.normalize_str(text))]


def _locate_words(text: str) -> list[tuple[str, int, int]]:
    """Split a string like `words_of`, and return each word with its range (start, end) in the string."""
    cut = PreTokenizedString(text)
    cut.normalize(NORMALIZER.normalize)
    SPLITTER.pre_tokenize(cut)
    return [(word, *span) for word, span, _ in cut.get_splits("original", "char")]


def plain_emoji(text: str) -> str:
    """Remove variation selectors and skin tones of emoji from a string, because the model ignores them."""
    return text.translate(MODIFIERS)
