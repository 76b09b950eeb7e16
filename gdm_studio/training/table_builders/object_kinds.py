"""Builder of the table of object kinds, by which a model arranges the objects of a scene: their usual size, and whether
they are alive, contain others or are worn.

The kind of a noun is that of its nearest hypernym in WordNet (Princeton University) that is in `KINDS`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from pathlib import Path

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.icons import family
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.prompts.object_kinds import (
    BODY,
    CONTAINER,
    EYES,
    FEET,
    FOOD,
    HAND,
    HEAD,
    LIVING,
    NECK,
    OPEN,
    PART,
    PLAIN,
    SKY,
    ObjectKind,
    write_kinds,
)
from gdm_studio.training.data.package_downloads import WORDNET, archive
from gdm_studio.training.table_builders.lexicon import WordNet

# Usual extent in metres and role by the first name and sense number of a hypernym. The most special hypernym of a noun
# counts.
KINDS = {
    # People and animals.
    "person 1": (1.7, LIVING), "child 1": (1.2, LIVING), "male child 1": (1.2, LIVING), "girl 2": (1.2, LIVING),
    "baby 1": (0.6, LIVING), "animal 1": (0.7, LIVING), "spiritual being 1": (1.7, LIVING),
    "mythical being 1": (1.7, LIVING),
    "imaginary being 1": (1.7, LIVING), "mythical monster 1": (3.0, LIVING), "automaton 2": (1.7, LIVING),
    "invertebrate 1": (0.06, LIVING), "octopus 2": (0.6, LIVING), "crab 1": (0.15, LIVING), "worm 1": (0.08, LIVING),
    "bird 1": (0.25, LIVING), "bird of prey 1": (0.6, LIVING), "gallinaceous bird 1": (0.45, LIVING),
    "aquatic bird 1": (0.6, LIVING), "ratite bird 1": (1.8, LIVING), "fish 1": (0.35, LIVING),
    "shark 1": (3.0, LIVING), "cetacean 1": (6.0, LIVING), "reptile 1": (0.5, LIVING), "dinosaur 1": (6.0, LIVING),
    "crocodilian reptile 1": (3.0, LIVING), "turtle 2": (0.4, LIVING), "lizard 1": (0.2, LIVING),
    "amphibian 3": (0.12, LIVING), "mammal 1": (0.8, LIVING), "rodent 1": (0.15, LIVING), "mouse 1": (0.09, LIVING),
    "leporid 1": (0.35, LIVING), "bat 1": (0.2, LIVING), "insectivore 1": (0.2, LIVING), "cat 1": (0.4, LIVING),
    "big cat 1": (1.5, LIVING), "canine 2": (0.7, LIVING), "bear 1": (1.8, LIVING), "musteline mammal 1": (0.5, LIVING),
    "primate 2": (0.8, LIVING), "ape 1": (1.4, LIVING), "ungulate 1": (1.6, LIVING), "equine 1": (2.0, LIVING),
    "bovine 1": (2.0, LIVING), "sheep 1": (1.1, LIVING), "goat 1": (1.1, LIVING), "swine 1": (1.1, LIVING),
    "giraffe 1": (4.5, LIVING), "elephant 1": (4.0, LIVING), "rhinoceros 1": (3.0, LIVING),
    "hippopotamus 1": (3.0, LIVING), "camel 1": (2.5, LIVING),
    # Plants and food.
    "plant 2": (0.5, PLAIN), "tree 1": (6.0, PLAIN), "flower 1": (0.35, PLAIN), "cactus 1": (1.2, PLAIN),
    "fungus 1": (0.2, PLAIN), "herb 1": (0.4, PLAIN), "plant part 1": (0.2, PLAIN),
    "branch 2": (1.0, PLAIN), "fruit 1": (0.1, FOOD), "food 1": (0.15, FOOD), "food 2": (0.15, FOOD),
    "cake 3": (0.3, FOOD), "nut 1": (0.05, FOOD), "berry 1": (0.05, FOOD), "melon 1": (0.3, FOOD),
    "beverage 1": (0.15, FOOD), "seed 1": (0.04, FOOD),
    # Worn objects.
    "clothing 1": (0.7, BODY), "headdress 1": (0.3, HEAD), "hat 1": (0.3, HEAD), "crown 4": (0.25, HEAD),
    "helmet 1": (0.3, HEAD), "helmet 2": (0.3, HEAD), "spectacles 1": (0.15, EYES),
    "goggles 1": (0.18, EYES), "mask 1": (0.25, EYES), "neckwear 1": (0.35, NECK), "necklace 1": (0.3, NECK),
    "scarf 1": (0.35, NECK),
    "bow tie 1": (0.12, NECK), "footwear 1": (0.3, FEET), "footwear 2": (0.3, FEET), "glove 2": (0.2, HAND),
    "handwear 1": (0.2, HAND), "watch 1": (0.1, HAND), "belt 2": (0.4, BODY),
    # Things in which others are.
    "container 1": (0.35, CONTAINER), "vessel 3": (0.25, CONTAINER), "box 1": (0.5, CONTAINER),
    "bag 1": (0.5, CONTAINER), "cup 1": (0.12, CONTAINER), "bottle 1": (0.3, CONTAINER), "bowl 3": (0.3, CONTAINER),
    "tub 1": (0.6, CONTAINER), "bathtub 1": (1.6, CONTAINER), "basket 1": (0.4, CONTAINER), "nest 1": (0.3, CONTAINER),
    "vase 1": (0.3, CONTAINER), "bucket 1": (0.35, CONTAINER), "envelope 1": (0.2, CONTAINER),
    "cage 1": (0.6, OPEN), "window 1": (1.2, OPEN), "net 6": (0.6, OPEN), "web 1": (0.4, OPEN),
    # Vehicles, buildings and furniture.
    "vehicle 1": (3.0, CONTAINER), "motor vehicle 1": (3.5, CONTAINER), "truck 1": (6.0, CONTAINER),
    "public transport 1": (9.0, CONTAINER), "train 1": (12.0, CONTAINER), "locomotive 1": (8.0, CONTAINER),
    "vessel 2": (8.0, CONTAINER), "boat 1": (4.0, CONTAINER), "ship 1": (20.0, CONTAINER),
    "aircraft 1": (12.0, CONTAINER), "rocket 1": (15.0, CONTAINER), "spacecraft 1": (12.0, CONTAINER),
    "balloon 1": (0.4, PLAIN), "bicycle 1": (1.6, PLAIN), "motorcycle 1": (1.8, PLAIN), "scooter 2": (1.2, PLAIN),
    "skateboard 1": (0.8, PLAIN), "sled 1": (1.2, PLAIN), "baby buggy 1": (1.0, CONTAINER),
    "building 1": (9.0, OPEN), "house 1": (9.0, OPEN), "structure 1": (6.0, OPEN), "tower 1": (30.0, OPEN),
    "shelter 1": (3.0, OPEN), "bridge 1": (20.0, PLAIN), "fence 1": (1.2, PLAIN), "furniture 1": (1.2, PLAIN),
    "table 2": (1.3, PLAIN), "seat 3": (1.0, PLAIN), "sofa 1": (2.0, PLAIN), "bed 1": (2.0, PLAIN),
    "lamp 1": (0.5, PLAIN), "lamp 2": (1.0, PLAIN),
    # Other objects.
    "artifact 1": (0.5, PLAIN), "instrumentality 3": (0.4, PLAIN), "device 1": (0.3, PLAIN),
    "musical instrument 1": (0.8, PLAIN), "piano 1": (1.5, PLAIN), "drum 1": (0.5, PLAIN), "weapon 1": (0.8, PLAIN),
    "tool 1": (0.35, PLAIN), "implement 1": (0.35, PLAIN), "machine 1": (0.8, PLAIN), "computer 1": (0.45, PLAIN),
    "telephone 1": (0.2, PLAIN), "electronic equipment 1": (0.5, PLAIN), "timepiece 1": (0.3, PLAIN),
    "white goods 1": (1.0, PLAIN), "plaything 1": (0.4, PLAIN), "ball 1": (0.25, PLAIN), "publication 1": (0.28, PLAIN),
    "book 2": (0.28, PLAIN), "book 1": (0.28, PLAIN), "umbrella 1": (1.1, PLAIN), "canopy 3": (1.1, PLAIN),
    "candle 1": (0.2, PLAIN), "money 1": (0.05, PLAIN), "coin 1": (0.04, PLAIN), "key 1": (0.08, PLAIN),
    "gem 5": (0.06, PLAIN), "jewelry 1": (0.1, PLAIN), "cutlery 2": (0.2, PLAIN), "writing implement 1": (0.16, PLAIN),
    "flag 1": (1.0, PLAIN), "statue 1": (3.0, PLAIN), "gift 1": (0.4, PLAIN), "body part 1": (0.25, PLAIN),
    # Nature.
    "geological formation 1": (300.0, PLAIN), "mountain 1": (300.0, PLAIN), "natural elevation 1": (300.0, PLAIN),
    "celestial body 1": (4.0, SKY), "moon 1": (4.0, SKY), "sun 1": (4.0, SKY), "star 3": (1.0, SKY),
    "star 1": (1.0, SKY), "cloud 1": (4.0, SKY), "cloud 2": (4.0, SKY),
    "rainbow 1": (20.0, SKY), "rock 1": (0.6, PLAIN), "stone 1": (0.6, PLAIN), "fire 3": (0.8, PLAIN),
    "snowman 1": (1.5, LIVING), "forest 1": (30.0, OPEN), "forest 2": (30.0, OPEN), "land 4": (100.0, OPEN),
    "region 3": (100.0, OPEN),
}  # fmt: skip
# Hypernyms of what is on the outside of a body. Their nouns have the size of their kind, and the role PART.
PARTS = (
    "external body part 1",
    "sense organ 1",
    "mouth 1",
    "tongue 1",
    "tooth 1",
    "body covering 1",
    "tail 1",
    "wing 1",
) + ("horn 2",)
# WordNet's files of animals, artefacts, bodies, food, natural objects, people, phenomena, plants and substances, whose
# senses come first.
VISIBLE = frozenset(("05", "06", "08", "13", "17", "18", "19", "20", "27"))


def build(card_file: Path, *, source: Path | None = None) -> int:
    """Write the kinds of the objects that a model can draw to a file beside its card. Returns the file's size in bytes.
    Raises StudioError.
    """
    facts = json.loads(card_file.read_text(encoding="utf-8"))
    card = family.card(read_entry(card_file.with_name(f"{facts['name']}.safetensors")))
    names = family.drawing_names(card)
    if not names:
        raise ModelError(f"{card.name} has no memorised drawings; choose another model.")
    return write_kinds(card_file.with_name(family.KINDS), find_kinds(WordNet.read(archive(WORDNET, source)), names))


def find_kinds(net: WordNet, names: Iterable[str]) -> dict[str, ObjectKind]:
    """Return the kind of each noun with which the name of a drawing ends: of its last word, and of its last two words
    if they are of another kind.
    """
    kinds = {_find_key(net, name): ObjectKind(*kind) for name, kind in KINDS.items()}
    parts = {_find_key(net, name) for name in PARTS}
    words = {name.split()[-1] for name in names}
    pairs = {" ".join(name.split()[-2:]) for name in names} - words
    found = {word: kind for word in sorted(words) if (kind := _find_kind(net, kinds, parts, word))}
    for pair in sorted(pairs):
        kind = _find_kind(net, kinds, parts, pair)
        if kind and kind != found.get(pair.split()[-1]):
            found[pair] = kind
    return found


def _find_key(net: WordNet, name: str) -> str:
    """Return the key of a sense such as "plant 2", the second one of "plant". Raises LookupError."""
    word, _, number = name.rpartition(" ")
    return net.keys_of[word][int(number) - 1]


def _find_kind(net: WordNet, kinds: dict[str, ObjectKind], parts: Set[str], word: str) -> ObjectKind | None:
    """Return the kind of a noun's nearest hypernym in `kinds`, in the first sense that has one. Senses that are in
    `kinds` themselves come first, and then visible ones. A plain noun with a hypernym in `parts` is a part of a body.
    """
    keys = net.keys_of.get(word, ())
    for key in sorted(keys, key=lambda key: (key not in kinds, net.senses[key].file not in VISIBLE)):
        level: Sequence[str] = [key]
        is_part = False
        while level:
            is_part = is_part or not parts.isdisjoint(level)
            if kind := next((kinds[each] for each in level if each in kinds), None):
                return replace(kind, role=PART) if is_part and kind.role == PLAIN else kind
            level = [above for each in level for above in net.senses[each].above]
    return None
