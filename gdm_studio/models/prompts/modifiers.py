"""Detection of style modifiers in prompts: words such as "watercolor" or "highly detailed".

They describe the style of the image and do not name an object. They are removed because the built-in model would draw
an object for each of them, such as a palette for "a fox, watercolor".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from gdm_studio.models.prompts.word_classes import (
    ARTICLES,
    COLOUR_WORDS,
    COUNTING,
    DETERMINERS,
    EXCLUDING,
    JOINING,
    PLAYED,
    PREPOSITIONS,
    STOP_WORDS,
    begins_object,
)

# Kinds of images. As the last word of a phrase they are modifiers too ("cat icon").
MEDIA = frozenset(
    ("art", "artwork", "clipart", "doodle", "drawing", "emoji", "icon", "icons", "illustration", "illustrations")
    + ("image", "logo", "logos", "painting", "photo", "photograph", "picture", "render", "rendering", "sketch")
    + ("wallpaper", "watercolor", "watercolors", "watercolour", "watercolours")
)
# Kinds of images that show what they are for.
LABELS = frozenset(("emoji", "icon", "logo", "symbol"))
# Uses of an image or of the object in it. As the last word of a phrase they are modifiers too ("sword game asset", "a
# mug as a gift").
PURPOSES = frozenset(
    ("asset", "assets", "avatar", "character", "favicon", "gift", "gifts", "item", "items", "mascot", "plushie")
    + ("present", "presents", "silhouette", "souvenir", "sprite", "sprites", "tattoo", "toy", "toys")
)
# Words before a kind of image or a use, which belong to it ("star game icon", "a panda plush toy").
WORDS_OF_USES = frozenset(
    ("app", "band", "brand", "club", "company", "cuddly", "game", "gamer", "gaming", "plush", "restaurant", "shop")
    + ("soft", "store", "stuffed", "tattoo", "team", "wooden")
)
# Words before "game" that change its meaning ("board game icon").
GAMES = frozenset(("ball", "board", "card", "video"))
# Occasions, which describe a gift or a card and name no object ("birthday gift").
OCCASIONS = frozenset(
    ("anniversary", "baptism", "birthday", "christmas", "easter", "graduation", "greeting", "halloween", "happy")
    + ("holiday", "invitation", "merry", "valentine", "valentines", "wedding", "xmas")
)
# Words that follow an occasion: "a rocket birthday card" shows the rocket.
CARDS = frozenset(("card", "cards"))
# Words that follow something that is played: "a chess game" shows the pieces.
MATCHES = frozenset(("game", "games", "match"))
# Media that are not the first word of any object's name. As the first word of a phrase they are modifiers too
# ("watercolor fox").
LEADING_MEDIA = frozenset(
    ("artwork", "clipart", "illustration", "logo", "watercolor", "watercolors", "watercolour", "watercolours")
)
# Words for materials, looks and quality, which describe an object in another part of the prompt.
LOOKS = frozenset(
    ("abstract", "acrylic", "adorable", "aesthetic", "amazing", "antique", "artstation", "award")
    + ("banner", "beautiful", "best", "bokeh", "bright", "centered", "charcoal", "cinematic", "clean", "closeup")
    + ("collage", "colorful", "colourful", "comic", "concept", "crayon", "cute", "dark", "detailed", "digital")
    + ("dramatic", "engraving", "fantasy", "flat", "funny", "glossy", "gorgeous", "graphic", "hd", "high", "highly")
    + ("hq", "ink", "intricate", "isolated", "isometric", "kawaii", "light", "lighting", "line", "lineart", "lovely")
    + ("low", "macro", "magical", "masterpiece", "metal", "minimal", "minimalist", "modern", "oil", "outline", "pastel")
    + ("pencil", "photorealistic", "pixel", "poly", "pop", "portrait", "poster", "pretty", "print", "professional")
    + ("quality", "realistic", "resolution", "retro", "scary", "scribble", "sculpture", "sharp", "shiny", "silhouette")
    + ("simple", "soft", "sticker", "studio", "style", "surreal", "trending", "ultra", "vector", "very", "vibrant")
    + ("vintage", "winning", "woodcut", "3d", "4k", "8k", "8bit")
)
# Techniques and looks that stand between an object and a kind of image made with them ("fox pixel art", "castle retro
# poster style").
TECHNIQUES = frozenset(
    ("3d", "acrylic", "charcoal", "comic", "concept", "crayon", "digital", "fantasy", "flat", "graphic", "ink")
    + ("isometric", "line", "low", "oil", "pastel", "pencil", "pixel", "poly", "pop", "poster", "print", "retro")
    + ("sticker", "vector", "vintage", "watercolor", "watercolour")
)
TECHNICAL_MEDIA = frozenset(("art", "artwork", "drawing", "illustration", "painting", "render", "sketch", "style"))
# Words for the background of an object. Their colours do not describe the object.
BACKGROUND = frozenset(("background", "backdrop"))
MODIFIERS = MEDIA | LOOKS | BACKGROUND
# Words before "as" that begin a comparison ("dressed as a present").
BEFORE_COMPARISONS = frozenset(("as", "disguised", "dressed", "such"))
# Endings of words that describe the kind of image after them ("framed picture").
PARTICIPLES = ("ed", "ing")
_WORD = re.compile(r"[^\W_]+")
_PLEASE = r"(?:please|pls|plz)"
_MAKING = "(?:add|create|design|do|draw|generate|get|give|make|paint|show|sketch)"
_WISH = r"(?:(?:i|we)\s+(?:want|need|would\s+like|have)|(?:i|we)['’]d\s+like)"
# Words after a greeting without a mark, as in "hey can you", by which "ok hand" is no greeting.
_ASKING = rf"(?:{_PLEASE}|can|could|would|will|i|we|let|how|what|maybe|perhaps|just|{_MAKING})"
# Words that ask for an image at the start of a prompt. A verb alone asks for one only before a pronoun or a determiner.
_REQUEST = re.compile(
    rf"\s*(?:(?:hey|hi|hello|okay|ok)\b(?:\s*[,!.]+\s*|\s+(?={_ASKING}\b)))?(?:{_PLEASE}\b[\s,]*)?"
    rf"(?:(?:maybe|perhaps|just)\b\s*)?(?:"
    rf"(?:(?:can|could|would|will)\s+(?:you|i|we)|{_WISH}(?:\s+you)?\s+to|let\s+us|let['’]s)\s+(?:{_PLEASE}\s+)?"
    rf"(?:{_MAKING}|have|see)(?:\s+(?:me|us))?(?:\s+what)?"
    rf"|{_MAKING}(?:\s+(?:me|us)(?:\s+what)?|(?=\s+(?:{'|'.join(sorted(DETERMINERS))})\b))"
    rf"|{_WISH}|(?:how|what)\s+about|what\s+(?:would|does|do))?(?:\s+{_PLEASE})?(?:(?<=\w)(?=\s)|(?<=[\s,]))",
    re.IGNORECASE,
)
# Words that end a request, with the marks after them.
_CLOSING = re.compile(
    rf"(?<=\w)(?=\W+\w)(?:\s+looks?\s+like)?(?:\W+(?:{_PLEASE}|thanks|thank\s+you))?\W*$", re.IGNORECASE
)


# Articles of languages with spaces, which may precede a kind of image and must follow "with".
_ARTICLES = r"eine?[nmrs]?|de[rnms]|d(?:ie|as)|un[aeo]?|um[a]?|el|la|le|il|een"


def _compile_media_pattern(art: str, general: str, technique: str, before: str, of: str, with_: str) -> re.Pattern[str]:
    """Return a pattern of phrases for a kind of image in a language with spaces.

    `art` are kinds of images and `general` those that may also be objects ("photo"), which are matched before their
    subject ("Foto von", "ein Bild mit einem"), and after one of the words `before` ("als Foto"). `technique` are
    techniques and uses, which are matched everywhere ("al óleo", "als Geschenk"), and `art` is matched as the last part
    after a comma.
    """
    kind = rf"(?:{art}|{general})(?:\s+(?:{technique}))?"
    patterns = (
        rf"^\s*(?:(?:{_ARTICLES})\s+)?{kind}\s+(?:(?:{of})|(?:{with_})(?=\s+(?:{_ARTICLES})\b))",
        rf"\b(?:(?:{before})\s+(?:{art}|{general}|{technique})|{technique})\b",
        rf"(?<=[,;])\s*(?:{art})(?:\s+(?:{technique}))?(?=\s*$)",
    )
    return re.compile("|".join(patterns), re.IGNORECASE)


# Phrases for a kind of image in other languages, which describe the image and do not name an object.
FOREIGN_MEDIA = {
    "de": _compile_media_pattern(
        art=r"(?:Ölg|G)emälde|Ölbild|(?:Bleistift|Kinder|Kohle|Strich|Tusche)?zeichnung|(?:Bleistift)?skizze"
        r"|Aquarell(?:bild)?|Illustration|Karikatur|Portr(?:ä|ai)t|(?:Vektor)?grafik|Comic|Cartoon",
        general=r"(?:Farb|Portr(?:ä|ai)t)?foto|Fotografie|Bild|Logo|Symbol|Icon|Aufkleber|Sticker",
        technique=r"im (?:Anime|Aquarell|Cartoon|Comic|Manga|Pixel|Zeichen)-?stil|in Öl"
        r"|als (?:\w{1,20}geschenk|Geschenk|Spielzeug|Avatar|Maskottchen)",
        before="als|im|in|auf",
        of=r"(?:von|vom|für|eine[rs]|de[rs])\b",
        with_="mit",
    ),
    "es": _compile_media_pattern(
        art="retrato|acuarela|dibujo|pintura|ilustración|boceto|caricatura",
        general="foto|fotografía|imagen|logo|logotipo|icono|pegatina",
        technique="pixel art|al óleo|a lápiz|en acuarela|estilo (?:acuarela|anime|cómic|manga)"
        "|como (?:regalo|juguete|avatar|mascota)|de juguete",
        before="estilo|como|en",
        of=r"(?:del?|para)\b",
        with_="con",
    ),
    "fr": _compile_media_pattern(
        art="portrait|aquarelle|dessin|peinture|illustration|croquis|caricature",
        general="photo|photographie|image|logo|icône|autocollant",
        technique=r"pixel art|à l['’]huile|à l['’]aquarelle|au crayon|style (?:anime|aquarelle|manga)"
        r"|(?:comme|en) cadeau|en jouet|comme (?:jouet|avatar|mascotte)",
        before="façon|style|en",
        of=r"(?:d[eu]|des|pour)\b|d['’]",
        with_="avec",
    ),
    "it": _compile_media_pattern(
        art="ritratto|acquerello|disegno|dipinto|illustrazione|schizzo|caricatura",
        general="foto|fotografia|immagine|logo|icona|adesivo",
        technique="pixel art|a olio|a matita|ad acquerello",
        before="stile|come|in",
        of=r"(?:di|del|dell[ao]|per)\b|(?:dell|d)['’]",
        with_="con",
    ),
    "pt": _compile_media_pattern(
        art="retrato|aquarela|desenho|pintura|ilustração|esboço|caricatura",
        general="foto|fotografia|imagem|logo|ícone|adesivo",
        technique="pixel art|a óleo|a lápis|em aquarela",
        before="estilo|como|em",
        of=r"(?:d[eoa]|para)\b",
        with_="com",
    ),
    "nl": _compile_media_pattern(
        art="portret|aquarel|tekening|schilderij|illustratie|schets|karikatuur",
        general="foto|afbeelding|logo|icoon|sticker",
        technique="in olieverf|in waterverf",
        before="als|in|op",
        of=r"(?:van|voor)\b",
        with_="met",
    ),
    # A picture on a wall is an object.
    "ja": re.compile(
        r"(?<![上中])の(?:水彩画?|油絵|絵|イラスト|写真|肖像画?|スケッチ|ロゴ|アイコン|ポートレート)(?:風)?$"
    ),
    "zh": re.compile(
        r"^(?:水彩画?|油画|素描|插[画图]|卡通|像素)(?:风格)?的"
        r"|(?<![上中里])的(?:水彩画?|油画|照片|图片|图像|画|插[画图]|素描|肖像画?|图标|标志)$"
    ),
}

_SEPARATOR = re.compile(r"[,;|]")


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int
    is_capitalised: bool


def request_spans(prompt: str) -> list[tuple[int, int]]:
    """Return the character ranges (start, end) of the words of an English prompt that only ask for an image, such as
    "can you draw me" and "please". Returns none if the prompt has no other words.
    """
    begin = _REQUEST.match(prompt)
    start = begin.end() if begin else 0
    closing = _CLOSING.search(prompt, start)
    end = closing.start() if closing else len(prompt)
    if all(found[0].casefold() in STOP_WORDS for found in _WORD.finditer(prompt, start, end)):
        return []
    return [span for span in ((0, start), (end, len(prompt))) if _WORD.search(prompt, *span)]


def modifier_spans(
    prompt: str, is_known: Callable[[str], bool], *, reads_uses: bool = True
) -> Iterator[tuple[int, int]]:
    """Yield the character ranges (start, end) of the parts of a prompt that describe only the style, such as
    "watercolor" or "highly detailed". Yields nothing if the prompt contains only style words.

    Each range is a part between commas that consists only of modifiers, a kind of image before "of" ("an illustration
    of"), a kind of image as the first or last word of a part ("watercolor fox", "cat icon"), or the name of an artist
    ("by Vincent van Gogh"). Excluded objects are not modifiers ("a house, no door"). `is_known` returns True for a word
    that the model knows. With `reads_uses`, a label before its use is a modifier too ("an icon for a bakery"). Without
    it, for older requests, all parts after an object with an article are modifiers ("a cat, house"), unless objects are
    listed with "and" or all have an article.
    """
    parts = [part for part in _iter_parts(prompt) if part]
    # Indexed by their start, since a prompt can have thousands of parts.
    naming = {part[0].start: part for part in parts if any(map(_may_name_object, part)) and not _is_background(part)}
    if not naming:
        return
    first = next(iter(naming.values()))
    is_list = not JOINING.isdisjoint(prompt.casefold().split()) or all(
        begins_object(_words_of(part)) and _may_name_object(part[-1]) for part in naming.values()
    )
    names_object = [first[0].text] in ARTICLES and is_known(first[-1].text) and _may_name_object(first[-1])
    if names_object and not is_list and not reads_uses:
        naming = {first[0].start: first}
    for part in parts:
        if [part[0].text] in EXCLUDING:
            continue
        if part[0].start not in naming:
            # A colour that describes no other object counts at any position.
            is_colour = not any(map(_may_name_object, part)) and not _is_background(part)
            kept = COLOUR_WORDS if is_colour else frozenset()
            # The numbers of weights are removed elsewhere.
            yield from (
                (token.start, token.end) for token in part if token.text not in kept and not token.text.isdigit()
            )
        else:
            yield from _iter_spans_in(part, is_known, reads_uses=reads_uses)


def foreign_modifier_spans(prompt: str, language: str) -> list[tuple[int, int]]:
    """Return the character ranges (start, end) of a prompt that name only the kind of image in a language other than
    English, such as "Foto von" and "als Aquarell".
    """
    pattern = FOREIGN_MEDIA.get(language)
    return [found.span() for found in pattern.finditer(prompt)] if pattern is not None else []


def _iter_spans_in(
    part: Sequence[_Token], is_known: Callable[[str], bool], *, reads_uses: bool
) -> Iterator[tuple[int, int]]:
    """Yield the character ranges of the style modifiers in one comma-separated part of a prompt. The part must also
    name an object, as in "watercolor fox".
    """
    before = len([*takewhile(lambda token: token.text != "of", part)])
    uses = [at for at, token in enumerate(part) if token.text == "for"] if reads_uses else []
    if uses and part[uses[0] - 1].text in LABELS:
        # "An icon for a weather app".
        before = uses[0]
    introduction = part[:before]
    if (
        before < len(part)
        and not any(map(_may_name_object, introduction))
        and MODIFIERS.intersection(_words_of(introduction))
    ):
        yield introduction[0].start, part[before].end
        part = part[before + 1 :]
    if use := _find_use_of_object(part):
        yield use[0].start, use[-1].end
        part = [token for token in part if token not in use]
    # "A fox logo on a black background" is a logo, too.
    head = [part[0], *takewhile(lambda token: token.text not in PREPOSITIONS, part[1:])]
    medium = _find_medium_at_end(head)
    rest = part[len(head) :]
    is_described = 0 < len(medium) < len(head) and _describes_medium(head[-len(medium) - 1], medium[-1].text)
    # "A birthday card with a rocket" shows the rocket.
    is_before_object = len(medium) > 1 and _words_of(rest[:1]) == ["with"] and any(map(_may_name_object, rest))
    if is_described or is_before_object:
        yield medium[0].start, medium[-1].end
        part = [token for token in part if token not in medium]
    artist = next((at for at, token in enumerate(part) if token.text == "by"), len(part))
    if artist and _is_artist(part[artist:], is_known):
        yield part[artist].start, part[-1].end
        part = part[:artist]
    start = 1 if [part[0].text] in ARTICLES else 0
    if len(part) > start + 1 and part[start].text in LEADING_MEDIA:
        yield part[start].start, part[start].end


def _may_name_object(token: _Token) -> bool:
    """Return True if a word may name an object: it is not a number, style modifier, stop word or colour."""
    return not token.text.isdigit() and token.text not in MODIFIERS | STOP_WORDS | COLOUR_WORDS


def _find_use_of_object(part: Sequence[_Token]) -> Sequence[_Token]:
    """Return the words after the name of an object that specify the kind of image or the use: "as an oil painting", "as
    a birthday gift". Comparisons ("as red as a present", "dressed as a present") are excluded.
    """
    object_name = [*takewhile(lambda token: token.text != "as", part)]
    rest = part[len(object_name) :]
    use = [*rest[:1], *takewhile(lambda token: token.text not in PREPOSITIONS, rest[1:])]
    if len(use) < 2 or use[-1].text not in MEDIA | PURPOSES | CARDS or "as" in _words_of(use[1:]):
        return ()
    return use if any(map(_may_name_object, object_name)) and object_name[-1].text not in BEFORE_COMPARISONS else ()


def _find_medium_at_end(head: Sequence[_Token]) -> Sequence[_Token]:
    """Return the last words of a phrase that are a kind of image or a use, with the words that belong to it ("icon",
    "pixel art style", "game asset", "birthday card").
    """
    last = head[-1].text
    before = [*dropwhile(lambda token: token.text in DETERMINERS, head[:-1])]
    if last in TECHNICAL_MEDIA:
        belonging = TECHNIQUES | TECHNICAL_MEDIA
    elif last in MEDIA | PURPOSES:
        belonging = WORDS_OF_USES
    elif last in CARDS and before and before[-1].text in OCCASIONS:
        belonging = OCCASIONS
    elif last in MATCHES and before and before[-1].text in PLAYED - GAMES:
        belonging = frozenset()
    else:
        return ()
    belongs = [*takewhile(lambda token: token.text in belonging, reversed(before))]
    if len(belongs) == len(before) and last not in CARDS:
        # "An app icon" shows the app.
        return head[-1:]
    if belongs and belongs[-1].text == "game" and before[-len(belongs) - 1].text in GAMES:
        # "A board game icon" shows the game.
        belongs.pop()
    return head[-len(belongs) - 1 :]


def _describes_medium(token: _Token, medium: str) -> bool:
    """Return True if a word before a kind of image or a use names an object ("cat icon", "mug gift"). Occasions and the
    words that belong to a use do not name an object before a gift ("christmas gift", "plush toy").
    """
    describes_use = medium in PURPOSES | CARDS and token.text in OCCASIONS | WORDS_OF_USES
    return (
        _may_name_object(token)
        and token.text not in COUNTING
        and not token.text.endswith(PARTICIPLES)
        and not describes_use
    )


def _is_artist(words: Sequence[_Token], is_known: Callable[[str], bool]) -> bool:
    """Return True if the words after the first, which is "by", are the name of an artist: a capitalised name ("by
    Vincent van Gogh"), or several words of which the model does not know the last ("by greg rutkowski"). Otherwise they
    describe the place of an object ("by sunset light").
    """
    name = words[1:]
    if not name or not DETERMINERS.isdisjoint(_words_of(name)):
        return False
    # In a prompt in capitals, capital letters do not indicate a name.
    is_capitalised = name[0].is_capitalised and name[-1].is_capitalised and not words[0].is_capitalised
    return is_capitalised or len(name) > 1 and not is_known(name[-1].text)


def _is_background(part: Sequence[_Token]) -> bool:
    """Return True if a part describes only the background of an object ("transparent background")."""
    return part[-1].text in BACKGROUND and PREPOSITIONS.isdisjoint(_words_of(part[1:]))


def _words_of(part: Sequence[_Token]) -> list[str]:
    return [token.text for token in part]


def _iter_parts(prompt: str) -> Iterator[list[_Token]]:
    """Split a prompt at commas and other separators, and yield the words of each part."""
    start = 0
    for end in [*(found.start() for found in _SEPARATOR.finditer(prompt)), len(prompt)]:
        yield [
            _Token(found[0].casefold(), *found.span(), found[0][0].isupper())
            for found in _WORD.finditer(prompt, start, end)
        ]
        start = end
