"""Chose the second list of prompts, and writes it down again with how often each thing is asked for:
`python -m gdm_studio.training.evaluation.choosing`.

48 things are drawn from the names that a model knows, so far as they are in a dictionary ("watermelon", not "mobile
phone with arrow"), and those that people say often oftener. How often is taken from WordNet, which is the dictionary
too: the number of times that the word stands as a noun in its sense-tagged texts (SemCor: news, fiction and essays in
everyday English). The order of emoji in CLDR and emojilib goes by kind, not by use, and counts of emoji in messages are
of faces and hearts; neither says what people would like to see drawn. The square root of one more than the count
decides: else "house", "man" and "door" would take half of the places and "pizza", "robot" and "panda", that those texts
do not have, none. People have the weight that they have in training. 16 more have a colour, a mood, or are two things,
put together from draws of the same kind. All are written as people type, without articles. Which prompts have a style,
and which one, hangs on a hash of them; nothing is chosen by hand, and nothing that a model drew was looked at.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path

from gdm_studio.atomic import write
from gdm_studio.errors import StudioError
from gdm_studio.networks.subject import COLOUR_WORDS
from gdm_studio.training.data import asked
from gdm_studio.training.data.catalogue import KIND_WEIGHTS, captions_of, catalogue, kind
from gdm_studio.training.data.dataset import EMOJI_SETS
from gdm_studio.training.data.fetch import WORDNET, archive
from gdm_studio.training.data.heldout import is_heldout
from gdm_studio.training.evaluation.statistics import HUES
from gdm_studio.training.lexicon import WordNet

PLAIN, COLOURED, MOODY, DOUBLE = 48, 6, 5, 5
MOODS = ("happy", "sad", "angry", "sleepy", "scared", "surprised", "proud", "shy")
LEAST_SETS = 4  # of the emoji-like ones, that must draw what a model is taken to know
STYLES = tuple(style for style in EMOJI_SETS if style != "fluent-emoji")  # the flat ones
ASKED_FOR = frozenset({"thing", "face", "person"})  # kinds
ALIVE = frozenset({"animal", "person"})  # what can have a mood

_NOUN = re.compile(r"^(?P<word>[^%]+)%1:\S+ \d{8} \d+ (?P<count>\d+)$")


def weights(counts: Mapping[str, int]) -> dict[str, float]:
    """{name: how likely it is to be drawn beside others} of what four emoji-like sets draw, and `counts` has."""
    sets: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, str] = {}
    for entry in catalogue():
        if entry.set in EMOJI_SETS and not entry.tone and not is_heldout(entry) and kind(entry) in ASKED_FOR:
            sets[entry.concept].add(entry.set)
            kinds[entry.concept] = kind(entry)
    known = {concept: captions_of(concept)[0] for concept, drawn_by in sets.items() if len(drawn_by) >= LEAST_SETS}
    return {
        name: KIND_WEIGHTS[kinds[concept]] * math.sqrt(1 + counts[name])
        for concept, name in known.items()
        if name in counts
    }


def drawn(chances: Mapping[str, float], count: int, what: str) -> list[str]:
    """`count` names without repeats, drawn by weight (Efraimidis & Spirakis 2006) and decided by their hashes."""
    return sorted(chances, key=lambda name: _uniform(what, name) ** (1 / chances[name]), reverse=True)[:count]


def prompts(counts: Mapping[str, int], net: WordNet) -> list[dict[str, object]]:
    """The list in its order, as it is written down."""
    chances = weights(counts)
    colourless = {name: chance for name, chance in chances.items() if COLOUR_WORDS.isdisjoint(name.split())}
    living = {name: chance for name, chance in chances.items() if _is_alive(name, net)}
    coloured = zip(_ordered(HUES, "colour"), drawn(colourless, COLOURED, "coloured"), strict=False)
    moody = zip(_ordered(MOODS, "mood"), drawn(living, MOODY, "moody"), strict=False)
    twice = drawn(chances, 2 * DOUBLE, "double")
    double = zip(twice[::2], twice[1::2], strict=True)
    texts = drawn(chances, PLAIN, "plain") + [" ".join(pair) for pair in (*coloured, *moody)]
    texts += [" and ".join(pair) for pair in double]
    styles = dict(zip(_ordered(texts, "style"), _styles(len(texts)), strict=True))
    return [
        {"prompt": text, "answer": text, "novel": text not in chances, "style": styles[text]}
        for text in _ordered(texts, "order")
    ]


def read_counts(packed: Path) -> Counter[str]:
    """How often each noun of WordNet was tagged; raises StudioError."""
    try:
        with tarfile.open(packed) as tar:
            member = tar.extractfile("package/dict/index.sense")
            lines = member.read().decode("utf-8").splitlines() if member else []
    except (OSError, KeyError, EOFError, ValueError, tarfile.TarError) as error:
        raise StudioError(f"{packed} cannot be read ({error}); delete it and run again.") from error
    counts: Counter[str] = Counter()
    for sense in filter(None, map(_NOUN.match, lines)):
        counts[sense["word"].replace("_", " ")] += int(sense["count"])
    return counts


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Write the second list of prompts.")
    parser.add_argument("--source", type=Path, help="a folder with the npm archive, instead of fetching it")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("prompts-2.json"))
    parser.add_argument("--asked", type=Path, default=Path(asked.__file__).with_name(asked.FILE))
    args = parser.parse_args(arguments)
    packed = archive(WORDNET, args.source)
    counts = read_counts(packed)
    lines = ",\n".join(f" {json.dumps(row, ensure_ascii=False)}" for row in prompts(counts, WordNet.read(packed)))
    write(args.out, f"[\n{lines}\n]\n".encode())
    chances = {name: round(chance, 2) for name, chance in sorted(weights(counts).items())}
    write(args.asked, json.dumps(chances, ensure_ascii=False, indent=0).encode())
    print(args.out, args.asked)


def _styles(count: int) -> Iterator[str]:
    """No style for the first half; the named ones in turn for the rest."""
    turn = cycle(STYLES)
    for at in range(count):
        yield "" if at < count // 2 else next(turn)


def _ordered(words: Sequence[str], what: str) -> list[str]:
    return sorted(words, key=lambda word: _uniform(what, word))


def _is_alive(name: str, net: WordNet) -> bool:
    """Whether its commonest sense is a kind of animal or of person."""
    level = list(net.of[name][:1])
    while level:
        senses = [net.senses[key] for key in level]
        if any(not ALIVE.isdisjoint(sense.names) for sense in senses):
            return True
        level = [above for sense in senses for above in sense.above]
    return False


def _uniform(what: str, name: str) -> float:
    """A number above 0 and below 1 that hangs on the two texts alone."""
    return (int.from_bytes(hashlib.sha256(f"prompts-2/{what}/{name}".encode()).digest()[:6], "big") + 0.5) / 2**48


if __name__ == "__main__":
    main()
