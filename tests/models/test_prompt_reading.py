"""A model's reading of a prompt before it is drawn, by the code that conditions the image."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.engine.conditioning import conditioning_of
from gdm_studio.models.families import read_prompt
from gdm_studio.models.families.icons.family import SUGGESTIONS, config_of
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis
from gdm_studio.models.families.icons.prompt_reader import NEGATIVE_NOTES
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.prompt_reading import NoteKind, PartState, PromptReading
from gdm_studio.models.prompts.word_tokenizer import Subject, Tokenizer, words_of
from gdm_studio.request.generation_request import BUILT_IN, HAS_RARE_DRAWINGS, HAS_SILHOUETTES, PLACES_OBJECTS, Request
from gdm_studio.request.prompts import MOST_CHARACTERS
from gdm_studio.studio.studio import Studio

# The parts of the built-in model with memorised drawings, and with the rarer ones.
PARTS = ("recall", "rare")


def note_of(card: ModelCard, prompt: str) -> str:
    """Return the notice about a prompt that the command line prints."""
    return read_prompt(card, prompt).summary(card.title)


@pytest.fixture(scope="module")
def card() -> ModelCard:
    """Return the model's card for rules whose prompts have no relations. `test_scenes.py` reads these."""
    return Library().card(BUILT_IN).for_rules(PLACES_OBJECTS - 1)


def drawn_in(reading: PromptReading) -> tuple[str, ...]:
    """Return the names of the drawings and the colours that will be in the image."""
    return tuple(part.drawn_as or part.text for part in reading.parts if part.state is PartState.DRAWN)


def left_out_of(reading: PromptReading) -> tuple[str, ...]:
    """Return the texts that the image does not show as they are written."""
    return tuple(part.text for part in reading.parts if part.is_ignored)


def notes_of(reading: PromptReading) -> list[str]:
    return [" ".join(filter(None, (note.kind.value, note.value))) for note in reading.notes]


# Prompts that new users wrote, with the drawings of their images, and the words that have no effect on these.
WRITTEN: list[tuple[str, str, str]] = [
    # Most styles draw another object by these names. An apple is a red apple in most styles.
    ("an iron", "waffle or iron", ""),
    ("a cheese", "pizza or cheese wedge or cheese", ""),
    # Exclusions end at a comma.
    ("a cat, no dog, a hat", "cat, top hat or womans hat", "dog"),
    ("a house, no door", "house", "door"),
    ("a cat but no dog", "cat", "dog"),
    ("a cat --no hat", "cat", "hat"),
    ("a cat (no dog)", "cat", "dog"),
    ("un perro, no un gato", "dog", "no, gato"),
    ("no cats no dogs", "", "cats, dogs"),
    ("no cats, no dogs", "", "cats, dogs"),
    ("keine Hunde", "", "Hunde"),
    ("a cat, no entry", "cat, no entry", ""),
    ("no cats, but a dog", "dog", "cats"),
    ("no cats or dogs", "", "cats, dogs"),
    ("no cat no dog a bird", "bird", "cat, dog"),
    ("no cats: a dog", "dog", "cats"),
    ("keine Katze, nur ein Hund", "dog", "Katze, nur"),
    ("ein Hund statt einer Katze", "dog", "Katze"),
    ("ne pas dessiner de chat", "", "ne, pas, dessiner, chat"),
    # Words after "no" that name nothing, and "no" before a mark, exclude nothing.
    ("not amused cat", "cat", "not, amused"),
    ("no big cats", "", "big, cats"),
    ("no cats please", "", "cats, please"),
    ("no cats on the sofa", "", "cats, sofa"),
    ("no cats in the house, a dog", "dog", "cats, house"),
    ("not a cat with a hat but a dog", "dog", "not, cat, hat"),
    ("weder ein Hund noch eine Katze", "", "Hund, Katze"),
    ("please don't draw a cat", "", "please, don't, draw, cat"),
    ("pas de chat sur le lit", "", "chat, lit"),
    ("eine Katze anstelle eines Hundes", "cat", "Hundes"),
    ("No! A cat.", "cat", ""),
    ("no. 1 dad mug", "hot beverage or beer mug", "dad"),
    # Verbs of requests are left out.
    ("draw a cat", "cat", "draw"),
    ("fly a kite", "kite", "fly"),
    ("ride a horse", "horse", "ride"),
    # A slash separates things, but no other words.
    ("front/back cat", "cat", "front, back"),
    ("rose et bleu", "pink, blueberries or blue circle", ""),
    ("mon fils", "boy", ""),
    ("un chien en pixel art", "dog", "en pixel art"),
    ("ein Mann mit Bart und Brille", "man beard, glasses", ""),
    # The colour of a person's skin would colour the clothes too.
    ("a black woman", "woman", "black"),
    # Adverbs and numbers beside other words name nothing, and verbs after a plural have objects.
    ("two cats sitting together", "cats", "sitting, together"),
    ("a cat lying down", "cat", "lying, down"),
    ("the number three", "", "three"),
    ("zwei Kinder spielen Fußball", "child", "spielen, Fußball"),
    # "Is" belongs to a participle, and otherwise begins a description.
    ("a woman who is dancing", "woman dancing", ""),
    ("she is dancing", "woman dancing", ""),
    ("the girl is happy", "girl", "happy"),
    ("the cat is black", "cat, black", ""),
    ("the cats are all black", "cats, black", "all"),
    ("a sports watch with a strap", "watch", "sports, strap"),
    ("a dog w/ a hat", "dog", "hat"),
    ("no cats but a dog", "dog", "cats"),
    ("without a hat, a happy man", "man", "hat, happy"),
    ("no. cats", "cats", ""),
    # Backgrounds, several colours and colours of nothing.
    ("car, black background", "car", "black, background"),
    ("Auto, schwarzer Hintergrund", "automobile", "schwarzer, Hintergrund"),
    ("pink flower, transparent background", "pink, flower", "transparent, background"),
    ("fox logo on black background", "fox", "logo, black, background"),
    ("a black and white cat", "cat", "black, white"),
    ("a red and a blue balloon", "blue, balloon", "red"),
    # Counts and lists.
    ("2 dogs, 1 cat", "dogs, cat", ""),
    ("3 dogs and 2 cats", "dogs, cats", "3, 2"),
    ("a pair of cats", "cats", ""),
    ("a pair of glasses", "glasses", ""),
    ("a cat, a dog, a bird", "cat, dog, bird", ""),
    ("sun, tree, bird", "sun, tree, bird", ""),
    ("cat;dog", "cat, dog", ""),
    ("cat | dog", "cat, dog", ""),
    ("a cat/dog", "cat, dog", ""),
    ("apple, banana, orange", "apple, banana, tangerine", ""),
    ("cat, orange", "cat, orange", ""),
    ("a frobnicate and a house", "house", "frobnicate"),
    ("a bow and arrow and a dog", "bow and arrow, dog", ""),
    ("🐱🐶", "cat face, dog face", ""),
    ("😂", "face with tears of joy", ""),
    ("a cat and a japan flag", "cat, flag japan", ""),
    ("flag of france and flag of germany", "flag france, flag germany", ""),
    ("🇫🇷🇩🇪", "flag france, flag germany", ""),
    ("caves", "caves", ""),
    ("knives", "kitchen knife", ""),
    ("black & white cat", "cat", "black, white"),
    ("black-and-white cat", "cat", "black, white"),
    ("no, a cat", "cat", ""),
    ("an apple and an orange", "apple, tangerine", ""),
    ("an orange and a red apple", "tangerine, red apple", ""),
    # Verbs, and things beside others, in several languages.
    ("a dog eats a bone", "dog", "eats, bone"),
    ("two watches", "watches", ""),
    ("ein Junge spielt Fußball", "boy", "spielt, Fußball"),
    ("Krankenschwester mit Brille", "woman health worker", "Brille"),
    ("une sorcière avec un chat", "woman mage", "chat"),
    # More emoji than things of one image. The faces of the others are not that of the cat.
    ("🐱🐶🐭🐹🐰", "cat face", "🐶, 🐭, 🐹, 🐰"),
    # Phrases with a drawing of their own, and the first of two things without a word between them.
    ("a bouquet of flowers", "bouquet", ""),
    ("a knife and fork", "fork and knife", ""),
    ("a traffic light", "vertical traffic light", ""),
    ("un hibou la nuit", "owl", "nuit"),
    ("a man rides a horse", "man", "rides, horse"),
    ("ein Mann fährt Fahrrad", "man", "fährt, Fahrrad"),
    # Plurals with an entry of their own, words for pink that are roses, and numbers in other languages.
    ("quatre étoiles", "star", ""),
    ("cuatro estrellas", "star", ""),
    ("dos rosas rojas", "rose, red", ""),
    ("une rose", "rose", ""),
    ("un cochon rose", "pig, pink", ""),
    ("un gato blanco y rosa", "cat, white", "rosa"),
    ("cinq pommes", "apple", "cinq"),
    ("fünf Äpfel", "apple", "fünf"),
    ("un barco de vela", "sailboat", ""),
    # Kinds of images, and neither of two things.
    ("un dessin de maison", "house", "un dessin de"),
    ("ein Bild von einer Katze", "cat", "ein Bild von"),
    ("ni chat ni chien", "", "chat, chien"),
    ("neither a cat nor a dog", "", "cat, dog"),
    ("weder Hund noch Katze", "", "Hund, Katze"),
    ("una rosa amarilla", "rose, yellow", ""),
    # Uses of a thing, and the thing for which a drawing is requested.
    ("a mug as a gift for dad", "hot beverage or beer mug", "gift, dad"),
    ("gold coin game asset", "gold, coin", "game, asset"),
    ("star game icon", "star", "game"),
    ("video game icon", "video game", ""),
    ("a robot toy", "robot", "toy"),
    ("monkey gamer avatar", "monkey", "gamer, avatar"),
    ("a rocket birthday card for my son", "rocket", "birthday, card, son"),
    ("a birthday card with a rocket", "rocket", "birthday, card"),
    ("birthday gift", "gift", "birthday"),
    ("a cat as an oil painting", "cat", "oil, painting"),
    ("a dog dressed as a present", "dog", "dressed, present"),
    ("chess game", "chess", "game"),
    ("pizza restaurant logo", "pizza", "restaurant, logo"),
    ("christmas icon", "santa claus or christmas tree", ""),
    ("happy emoji", "grinning face", ""),
    ("ball icon", "soccer ball or baseball or ball", ""),
    ("a store icon", "store", ""),
    ("a wooden toy", "kite", "wooden"),
    ("ein Fuchs als Geburtstagsgeschenk", "fox", "als Geburtstagsgeschenk"),
    ("un tren de juguete", "train", "de juguete"),
    ("une tasse en cadeau", "cup", "en cadeau"),
    # A dish, and neither a part nor a group.
    ("tarta de fresa", "cake", "fresa"),
    ("face of a lion", "lion", "face"),
    ("deck of cards", "cards", "deck"),
    # A drawn container, whose content is left out.
    ("a basket of fruit", "basket", "fruit"),
    ("a pitcher of water", "pitcher", "water"),
    ("a pitcher of water and an apple cut in half", "pitcher, apple", "water, cut, half"),
    ("il joue au foot", "foot", "il, joue"),
    ("drinks on a table", "clinking beer mugs", "table"),
    # Persons who do something, and an abbreviation.
    ("a chef cooking", "woman cook or man cook or cook", "cooking"),
    ("a teacher cooking", "teacher", "cooking"),
    ("a diamond ring", "ring", ""),
    ("a cat w/o a hat", "cat", "hat"),
    # Hyphens within a name.
    ("a red hot-air balloon", "red, hot air balloon", ""),
    ("a t-shirt", "t - shirt", ""),
    # The subject of a phrase.
    ("a sword made of ice", "sword", "made, ice"),
    ("a house built of straw", "house", "built, straw"),
    ("sun behind a cloud", "sun", "cloud"),
    ("a child eating ice cream", "child", "eating, ice cream"),
    ("bear playing guitar", "bear", "playing, guitar"),
    ("a woman cooking", "woman", "cooking"),
    ("a dragon breathing fire", "dragon", "breathing, fire"),
    # A thing of a material, and an amount of one.
    ("a house of wood", "house", "wood"),
    ("a slice of bread", "bread", "slice"),
    ("una casa de madera", "house", "madera"),
    ("une maison en bois", "house", "en bois"),
    ("Turm aus Stein", "tower", "Stein"),
    # Rare English words that are common ones of another language, and single words that are no article.
    ("hombre", "man", ""),
    ("a biscuit", "bread", ""),
    ("granite", "rock", ""),
    ("red lass", "red, woman", ""),
    ("agua", "droplet", ""),
    ("chat", "cat", ""),
    ("os", "bone", ""),
    ("rosa", "rose", ""),
    ("Berg", "mountain", ""),
    # Sentences about the weather, contractions, and verbs without a subject.
    ("il pleut sur Paris", "cloud with rain", "Paris"),
    ("es regnet", "cloud with rain", ""),
    ("an apple that isn't red", "apple", "isn't, red"),
    ("jouer au football", "soccer ball", "jouer au"),
    ("ma grand-mère boit du thé", "old woman", "boit, thé"),
    ("un renard en hiver", "fox", "hiver"),
    # A participle with an article is no item of a list.
    ("ein Hund, der schläft", "dog", "schläft"),
    # The subject of a verb that is not known, and words that are known but not used.
    ("un chat chasse une souris", "cat", "chasse, souris"),
    ("Drache speit Feuer", "dragon", "speit, Feuer"),
    ("un hombre triste", "man", "triste"),
    ("femme en robe rouge", "woman", "robe, rouge"),
    # The owner of a thing.
    ("la reine du château", "princess", "château"),
    ("el rey del mar", "prince", "mar"),
    # A known thing behind an unknown one, and none that is excluded.
    ("something with a cat", "cat", "something"),
    ("a logo for my coffee shop", "hot beverage", "logo, shop"),
    ("nothing but a cat", "cat", "nothing"),
    # Words that are associated with a drawing are the subject if the thing is behind a preposition.
    ("Großmutter mit Brille", "old woman", "Brille"),
    ("ein schönes Haus", "house", "schönes"),
    # A negation within a phrase of the dictionary excludes.
    ("una flor sin hojas", "blossom", "hojas"),
    ("Hund, Katze, Maus", "dog, cat, mouse", ""),
    ("fingers", "hand with fingers splayed", ""),
    ("middle finger", "middle finger", ""),
    ("a cat sleeps on a sofa", "cat", "sleeps, sofa"),
    ("the baby cries", "baby", "cries"),
    ("the sun shines", "sun", "shines"),
    ("a bird flies", "bird", "flies"),
    # Techniques before a kind of image or a style.
    ("fox watercolor style", "fox", "watercolor, style"),
    ("cat oil painting", "cat", "oil, painting"),
    ("a cat pencil sketch", "cat", "pencil, sketch"),
    ("fox pixel art style", "fox", "pixel, art, style"),
    ("traffic light icon", "vertical traffic light", ""),
    ("a dinosaur coloring page", "t rex", "coloring, page"),
    # Features of a person, but a list of parts of the body.
    ("girl, blue eyes, long hair", "girl", "blue, eyes, long, hair"),
    ("portrait of a woman, long hair and blue eyes, 8k", "woman", "portrait, long, hair, blue, eyes, 8k"),
    ("hand, foot, nose", "raised hand, foot, nose", ""),
    ("blue eyes", "blue, eyes", ""),
    ("a green dragon, pixel art", "green, dragon", "pixel, art"),
    ("un perro corre por la playa", "dog", "corre, playa"),
    ("un anciano con barba blanca", "man beard", "blanca"),
    ("a living room with a fridge", "couch and lamp", "fridge"),
    ("robot, cyberpunk, neon", "robot", "cyberpunk, neon"),
    ("cat, long ears and dog", "cat, dog", "long, ears"),
    ("king, long beard and a crown", "prince, crown", "long, beard"),
    ("mirror, red hair dryer", "mirror, red, hair dryer", ""),
    ("portrait, blue eyes", "blue, eyes", "portrait"),
    ("heart, sad face", "heart, crying face or sad face", ""),
    # A place or a feature before the main thing.
    ("in the forest, a fox", "fox", "forest"),
    ("beach, dog running", "dog", "beach, running"),
    ("blonde hair, blue eyes, girl", "girl", "blonde, hair, blue, eyes"),
    ("桌子上的猫", "cat", "桌子, 上, 的"),
    ("a wolf head", "wolf", "head"),
    ("red car, blue truck", "red, car, blue, truck", ""),
    # A list without articles begins with the main thing.
    ("girl, pink hair bow", "girl", "pink, hair, bow"),
    ("hammer, rusty nails", "hammer", "rusty, nails"),
    ("une fille, yeux bleus", "girl", "yeux, bleus"),
    # Kinds of images in other languages.
    ("Foto von einem Hund", "dog", "Foto von"),
    ("Katze als Ölgemälde", "cat", "als Ölgemälde"),
    ("Porträt eines alten Mannes", "old man", "Porträt eines"),
    ("ein Bild", "framed picture", ""),
    ("Bild mit Rahmen", "framed picture", "Rahmen"),
    ("ein Bild mit einem Baum", "tree", "ein Bild mit"),
    ("Röntgenbild der Hand", "x ray", "Hand"),
    ("Stuhl, Logo, Lampe", "chair, trade mark, lamp", ""),
    ("cámara digital con flash", "camera", "digital, flash"),
    ("红色的画", "red, framed picture", "的"),
    ("peinture à l'huile d'un château", "castle", "peinture à l'huile d'"),
    ("un gato estilo acuarela", "cat", "estilo acuarela"),
    ("狐の水彩画", "fox", "の水彩画"),
    ("一只狗的照片", "dog", "的照片"),
    ("the dog barks", "dog", "barks"),
    ("a dog runs happily", "dog", "runs, happily"),
    ("a boy runs fast", "boy", "runs, fast"),
    ("a frog that's blue", "frog, blue", ""),
    ("two cars which are red", "oncoming automobile or fire engine, red", ""),
    ("a frog that is not blue", "frog", "not, blue"),
    ("a boy whose hair is red", "boy", "hair, red"),
    ("ein Auto, das rot ist", "automobile, red", ""),
    ("zwei Hunde, die braun sind", "dog, brown", ""),
    ("ein Auto, das nicht rot ist", "automobile", "nicht, rot"),
    ("une voiture qui est rouge", "automobile, red", ""),
    ("eine weiße Maus mit großen Ohren", "white, mouse", "großen, Ohren"),
    ("きつね", "fox", ""),
    ("本を読む女の子", "girl", "本, を, 読む"),
    ("帽子のない雪だるま", "snowman", "帽子のない"),
    ("雪だるま、帽子なし", "snowman", "帽子なし"),
    ("没有帽子的雪人", "snowman", "没有帽子的"),
    ("my best friend", "person", "best"),
    ("wolves howl at the moon", "wolves", "howl, moon"),
    ("a monkey climbs a tree", "monkey", "climbs, tree"),
    ("a boat sinks", "sailboat or ship", "sinks"),
    ("a skier going downhill", "skier", "going, downhill"),
    ("fruit flies", "flies", "fruit"),
    ("cold drinks", "clinking beer mugs", "cold"),
    ("a tray of cold drinks", "clinking beer mugs", "tray, cold"),
    ("a few cold drinks", "clinking beer mugs", "few, cold"),
    ("a plane flies over a city", "airplane", "flies, city"),
    # Adverbs, times, and no blossom among cherries.
    ("Ein Hund rennt fröhlich", "dog", "rennt, fröhlich"),
    ("ein roter Drache", "red, dragon", ""),
    ("une forêt la nuit", "forest", "nuit"),
    ("arc-en-ciel après la pluie", "rainbow", "pluie"),
    ("happy", "grinning face", ""),
    # What a picture shows, and a costume.
    ("a photo shows the moon", "crescent moon", "photo, shows"),
    ("an icon: a dog", "dog", ""),
    ("a cat dressed as a pirate", "cat", "dressed, pirate"),
    ("a cat frightens a mouse", "cat", "frightens, mouse"),
    ("birds fly over the sea", "birds", "fly, sea"),
    ("two cats sleep", "cats", "sleep"),
    ("glass drink", "mate or cocktail glass or beer mug", ""),
    ("sleeps", "bed or sleeping face or sleep", ""),
    ("die Wumme", "", "Wumme"),
    ("a red die", "red, game die", ""),
    ("a ship sailing over the sea", "ship", "sailing, sea"),
    ("the dog of my father", "dog", "father"),
    ("running man", "man running", ""),
    ("flag of the netherlands", "flag netherlands", ""),
    ("🇫🇷", "flag france", ""),
    ("bowl of soup", "pot of food", "bowl"),
    ("pack of wolves", "wolves", "pack"),
    # Words with another sense, and words of other languages.
    ("apples and oranges", "apples, tangerine", ""),
    ("hamburger and fries", "hamburger, fries", ""),
    ("a man with a beard", "man beard", ""),
    ("van", "van", ""),
    ("la van", "van", ""),
    ("le van", "van", ""),
    ("Hexe auf einem Besen", "woman mage", "Besen"),
    ("Haus am See", "house", "See"),
    ("un gato con botas", "cat", "botas"),
    ("des ciseaux", "scissors", ""),
    ("starry night by Vincent van Gogh", "night with stars", "Vincent, van, Gogh"),
    ("a cat, 8k, (best quality:1.2)", "cat", "8k, best, quality"),
]


@pytest.mark.parametrize(("prompt", "drawn", "left_out"), WRITTEN)
def test_a_prompt_of_a_new_user_is_read(card: ModelCard, prompt: str, drawn: str, left_out: str) -> None:
    reading = read_prompt(card, prompt)
    assert (", ".join(drawn_in(reading)), ", ".join(left_out_of(reading))) == (drawn, left_out)


@pytest.mark.parametrize(
    ("prompt", "phrase", "drawn"),
    [
        ("帽子のない雪だるま", "帽子のない", "snowman"),
        ("森の中の帽子のない雪だるま", "帽子のない", "snowman"),
        ("猫は帽子なし", "帽子なし", "cat"),
        ("没有帽子的雪人", "没有帽子的", "snowman"),
        ("没有狗但是有猫", "没有狗", "cat"),
        ("猫がないている", "", "cat"),
        ("日落没入大海", "", "water wave"),
        ("Hund mit langen Ohren", "", "dog"),
    ],
)
def test_exclusions_are_told_in_languages_without_spaces(card: ModelCard, prompt: str, phrase: str, drawn: str) -> None:
    reading = read_prompt(card, prompt)
    told = [note.value for note in reading.notes if note.kind is NoteKind.EXCLUDED_PHRASE]
    assert (told, [*drawn_in(reading)]) == ([phrase] if phrase else [], [drawn])


@pytest.mark.parametrize(
    ("prompt", "read"),
    [
        ("a small white rabbit sits beside a large carrot on a green meadow under a blue sky with a rainbow", "15"),
        # The last of thirteen words is read in part.
        ("ein kleines weißes Kaninchen sitzt neben einer großen Karotte auf einer Wiese, Pixelkunst", ""),
    ],
)
def test_the_number_of_words_is_told_if_some_are_not_read(card: ModelCard, prompt: str, read: str) -> None:
    told = [note.value for note in read_prompt(card, prompt).notes if note.kind is NoteKind.LIMIT]
    assert told == ([read] if read else [])


@pytest.mark.parametrize(
    ("prompt", "series"),
    [
        ("twelve icons for a cooking app", "twelve icons"),
        ("a set of weather icons", "a set of weather icons"),
        ("12 food icons", "12 food icons"),
        ("an icon of a cat", ""),
        ("a wall with icons", ""),
        ("twelve cats", ""),
    ],
)
def test_a_request_for_several_pictures_is_told(card: ModelCard, prompt: str, series: str) -> None:
    told = [note.value for note in read_prompt(card, prompt).notes if note.kind is NoteKind.SERIES]
    assert told == ([series] if series else [])


@pytest.mark.parametrize(
    ("prompt", "rewrite"),
    [
        ("un papilon bleu", "un papillon bleu"),
        ("the blue elefant", "the blue elephant"),
        ("a giraff in the zoo", "a giraffe in the zoo"),
        ("a watercolor of a buterfly", "a watercolor of a butterfly"),
        ("eine Kazte im Haus", "eine Katze im Haus"),
        ("ein Schmeterling", "ein Schmetterling"),
        ("ein Elefannt", "ein Elefant"),
        # These words are like no word of the language, or stand in an English prompt.
        ("die Eisprinzessin", ""),
        ("a papilon in the house", ""),
        ("das Mädchen lacht und weint", ""),
        ("un chat mange une pomme", ""),
    ],
)
def test_spelling_is_corrected_in_the_language_of_the_prompt(card: ModelCard, prompt: str, rewrite: str) -> None:
    assert [part.rewrite for part in read_prompt(card, prompt).parts if part.near] == ([rewrite] if rewrite else [])


@pytest.mark.parametrize("text", ["xyzzy in ", "ein Elefannt mit ", "is "])
def test_long_prompts_are_read(card: ModelCard, text: str) -> None:
    assert not drawn_in(read_prompt(card, 2000 * text))


def test_a_known_word_that_is_not_used_is_left_out(card: ModelCard) -> None:
    states = {part.text: part.state for part in read_prompt(card, "ein Mann trinkt Kaffee im Kwitsch").parts}
    assert states["Kaffee"] is PartState.LEFT_OUT
    assert states["Kwitsch"] is PartState.UNKNOWN


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [("dogs", [1]), ("cats and two dogs", [1, 0]), ("6 dogs", [1, 0]), ("glasses", [0]), ("bus", [0]), ("hearts", [1])],
)
def test_a_plural_without_a_number_is_drawn_once(card: ModelCard, prompt: str, counts: list[int]) -> None:
    assert [part.drawn_count for part in read_prompt(card, prompt).parts] == counts


def test_a_drawing_of_a_colour_has_no_variants_of_other_colours(card: ModelCard) -> None:
    assert card.path is not None
    names = Tokenizer(**config_of(card.path)["tokenizer"]).names
    assert "green apple" in names.related("apple", "apple")
    assert "cherry blossom" not in names.related("cherry", "cherries")
    assert "green apple" not in names.related("apple", "red apple")
    # The chip says which game, hat and arrow are drawn, but not which farmer.
    assert names.related("game", "video game") == names.related("arrow", "right arrow") == []
    assert not {"party hat", "straw hat"}.intersection(names.related("hat", "top hat"))
    assert "woman farmer" in names.related("farmer", "man farmer")
    assert "racing car" in names.related("car", "car")


@pytest.mark.parametrize(
    ("prompt", "note"),
    [
        ("no cats", ["empty", "exclusion no"]),
        ("pas de chats", ["empty", "exclusion pas de"]),
        ("a house, no door", ["exclusion no"]),
        ("a dog, without collar", ["exclusion without"]),
        ('"a cat"', []),
        ("harry potter", ["guess"]),
        ("a cat, 8k, (best quality:1.2)", ["syntax"]),
        ("cat :3)", []),
        ("a man (at 10 :30)", []),
        ("a cat says no", []),
        ("a sign saying no", []),
        ("say no to drugs", []),
        ("a frobnicate without a cat", ["guess", "negation without"]),
        ("anything but a cat", ["guess"]),
        ("something with no cat", ["guess", "negation with no"]),
        ("house no 5", []),
        ("no cats no dogs", ["empty", "exclusion no"]),
        ("a cat (no dog)", ["exclusion no"]),
        ("a cat ( no dog ) and a hat", ["exclusion no"]),
        ("a cat -- no dog", ["exclusion no"]),
        ("eine Katze (kein Hund)", ["exclusion kein"]),
        ("meine Klasse 3b", ["guess"]),
        ("das Wort HALLO auf einem Schild", ["text HALLO"]),
        ("kolme pientä kissaa", ["language"]),
    ],
)
def test_remarks_about_prompts_of_new_users(card: ModelCard, prompt: str, note: list[str]) -> None:
    assert notes_of(read_prompt(card, prompt)) == note


# Everyday prompts, the drawings and colours of their images, and the words that have no effect on these.
EVERYDAY: list[tuple[str, list[str], list[str], list[str]]] = [
    ("a fox", ["fox"], [], []),
    ("a cat on a skateboard at sunset", ["cat"], ["skateboard", "sunset"], []),
    ("bicycle", ["bicycle"], [], []),
    ("three flying birds", ["birds"], ["flying"], []),
    ("a dog and a cat and not a bird", ["dog", "cat"], ["not", "bird"], ["exclusion not"]),
    ("eine Katze und kein Hund", ["cat"], ["Hund"], ["exclusion und kein"]),
    ("a house and no entry", ["house", "no entry"], [], ["negation and no"]),
    ("logo for a coffee shop", ["hot beverage"], ["logo", "shop"], []),
    ("a plumber", ["mechanic"], [], []),
    ("ein blauer Schmetterling", ["blue", "butterfly"], [], []),
    ("un perro feliz", ["dog"], ["feliz"], []),
    ("en blå fjäril", [], ["blå", "fjäril"], ["language"]),
    # A path belongs to no language.
    ("../../etc/passwd", [], ["etc", "passwd"], ["guess"]),
    ("🐙", ["octopus"], [], []),
    ("an elehpant", ["elephant"], [], []),
    ("a blue banana", ["blue", "banana"], [], []),
    ("a fox and an owl", ["fox", "owl"], [], []),
    ("a red fox and a blue owl", ["red", "fox", "blue", "owl"], [], []),
    ("five yellow stars", ["yellow", "stars"], ["five"], []),
    ("freedom", ["dove"], [], []),
    (
        "portrait photo of a young woman, 35mm, bokeh",
        ["woman"],
        ["portrait", "photo", "young", "35mm", "bokeh"],
        [],
    ),
    ("a dragon breathing fire", ["dragon"], ["breathing", "fire"], []),
    ("the word HELLO in red letters", ["waving hand"], ["word", "red", "letters"], ["text HELLO"]),
    ("mountain landscape with a lake", ["landscape"], ["mountain", "lake"], []),
    ("a green dog with a hat", ["green", "dog"], ["hat"], []),
    ("a green hat", ["green", "top hat or womans hat"], [], []),
    ("a horse without a saddle", ["horse"], ["saddle"], ["exclusion without"]),
    ("a house with no windows", ["house"], ["windows"], ["exclusion with no"]),
    ("face without mouth", ["face without mouth"], [], []),
    ("a fox not red", ["fox"], ["not", "red"], ["exclusion not"]),
    ("a not red fox", ["fox"], ["not", "red"], ["exclusion not"]),
    ("ein Haus, keine Tür", ["house"], ["Tür"], ["exclusion keine"]),
    ("a cat not a dog", ["cat"], ["not", "dog"], ["exclusion not"]),
    ("drei blaue Vgel und ein Haus", ["house"], ["drei", "blaue", "Vgel"], []),
    ("three frobnicates and a house", ["house"], ["three", "frobnicates"], []),
    ("half past three", ["three thirty"], ["half", "past"], []),
    ("five o'clock", ["five oclock"], [], []),
    ("a green elephant riding a skateboard", ["green", "elephant"], ["riding", "skateboard"], []),
    ("a monkey eating a banana", ["monkey"], ["eating", "banana"], []),
    ("a purple octopus wearing sunglasses", ["purple", "octopus"], ["wearing", "sunglasses"], []),
    ("a boy kicking a ball", ["boy"], ["kicking", "ball"], []),
    ("a cat wearing red shoes", ["cat"], ["wearing", "red", "shoes"], []),
    ("a violin playing cat", ["cat"], ["violin", "playing"], []),
    # Words for things that are participles here.
    ("a train crossing a bridge", ["train"], ["crossing", "bridge"], []),
    ("a man painting a house", ["man"], ["painting", "house"], []),
    ("a girl drawing her cat", ["girl"], ["drawing", "cat"], []),
    ("a beautiful painting", ["paintbrush or artist palette"], ["beautiful"], []),
    # Drawings of several people have plural names ("women with bunny ears").
    ("two women", ["woman"], [], []),
    ("zwei Frauen und zwei Kinder", ["woman", "child"], [], []),
    ("Oma", ["old woman"], [], []),
    ("a yellow car, black background", ["yellow", "car"], ["black", "background"], []),
    ("zwei Tassen Kaffee", ["hot beverage"], [], []),
    ("running shoe", ["running shoe"], [], []),
    ("big running shoes", ["running shoes"], ["big"], []),
    ("a sewing machine", ["sewing machine"], [], []),
    ("a sleeping cat", ["cat"], ["sleeping"], []),
    # No player and no warrior was drawn.
    ("a violin player", ["violin"], ["player"], []),
    ("a cat warrior", ["cat"], ["warrior"], []),
]


@pytest.mark.parametrize(("prompt", "drawn", "left_out", "notes"), EVERYDAY)
def test_an_everyday_prompt_is_read(
    card: ModelCard, prompt: str, drawn: list[str], left_out: list[str], notes: list[str]
) -> None:
    reading = read_prompt(card, prompt)
    assert [*drawn_in(reading)] == drawn
    assert [*left_out_of(reading)] == left_out
    assert notes_of(reading) == notes


@pytest.mark.parametrize(
    ("prompt", "text", "rewrite"),
    [
        ("a cat on a skateboard at sunset", "skateboard", "a cat and a skateboard at sunset"),
        ("a cat on a skateboard at sunset", "sunset", "a cat and a sunset"),
        ("a dragon breathing fire", "fire", "a dragon and a fire"),
        ("a green dog with a hat", "hat", "a green dog and a hat"),
        ("two dogs under a tree", "tree", "two dogs and a tree"),
        ("five yellow stars", "five", "four yellow stars"),
        ("6 dogs", "6", "four dogs"),
        ("dogs", "dogs", "two dogs"),
        ("big red apples and a pear", "red apples", ""),
        ("rainbow unicorn", "rainbow", ""),
        ("a dog without a hat", "hat", ""),
        ("a cat (no dog)", "dog", ""),
        ("a cat -- no dog", "dog", ""),
        ("a cat (no dog) with a hat", "hat", "a cat and a hat"),
        ("a man by big red house", "house", "a man and a house"),
        ("a man by Big Ben House", "House", ""),
        # This name is no misspelt banana.
        ("a castle by greg bananna", "bananna", ""),
        ("bowl of soup", "bowl", ""),
        ("a sword made of ice", "ice", ""),
        ("an elehpant", "elehpant", "an elephant"),
        # Words that are no typing errors.
        ("baking", "baking", ""),
        ("a flock of birds", "flock", ""),
        ("a green dog with a frobnicate", "frobnicate", ""),
        ("portrait of a young woman", "young", ""),
        ("en blå fjäril", "blå", ""),
    ],
)
def test_a_left_out_part_has_a_prompt_that_draws_it(card: ModelCard, prompt: str, text: str, rewrite: str) -> None:
    (part,) = (part for part in read_prompt(card, prompt).parts if part.text == text)
    assert part.rewrite == rewrite
    assert prompt[part.start : part.end] == text


@pytest.mark.parametrize("prompt", [prompt for prompt, _, _, _ in EVERYDAY] + ["two dogs under a tree by a lake"])
def test_a_rewritten_prompt_leaves_out_less(card: ModelCard, prompt: str) -> None:
    reading = read_prompt(card, prompt)
    for part in reading.parts:
        if part.rewrite:
            after = read_prompt(card, part.rewrite)
            assert part.text not in left_out_of(after)
            assert set(drawn_in(reading)) <= set(drawn_in(after))


@pytest.mark.parametrize(("prompt", "drawn"), [("ein Eichhörnchen", "squirrel"), ("un chevalier", "knight")])
def test_names_of_one_colour_drawings_are_translated(card: ModelCard, prompt: str, drawn: str) -> None:
    assert drawn_in(read_prompt(card, prompt)) == (drawn,)


@pytest.fixture(scope="module")
def tokenizer(card: ModelCard) -> Tokenizer:
    assert card.path is not None
    return Tokenizer(**config_of(card.path)["tokenizer"])


@pytest.mark.parametrize("style", ["", "noto", "twemoji"])
@pytest.mark.parametrize("prompt", [prompt for prompt, _, _, _ in EVERYDAY] + ["a boat", "two cats and a 🐶"])
def test_the_reading_names_the_drawings_that_condition_the_image(
    card: ModelCard, tokenizer: Tokenizer, prompt: str, style: str
) -> None:
    drawings = {
        subject.drawing
        for each in ([style] if style else tokenizer.styles)
        for subject in tokenizer.subjects(card.translate(prompt).text, each)
        if subject.drawing
    }
    reading = read_prompt(card, prompt, style)
    named = {name for part in reading.parts if part.state is PartState.DRAWN for name in part.drawn_as.split(" or ")}
    # A translated colour is shown with its English word.
    assert named - {"", "blue"} <= drawings
    assert bool(drawings) == any(part.state is PartState.DRAWN for part in reading.parts)


@pytest.mark.parametrize(
    ("prompt", "notes"),
    [
        ("", ["empty"]),
        ("  \n", ["empty"]),
        ("frobnicate", ["guess"]),
        ("three gurkenfreunde", ["guess"]),
        ("drei Gurkenfreunde", ["guess"]),
        ("en fjäril och en varg", ["language"]),
        ("बिल्ली", ["language"]),
        ("a sign saying “open”", ["text open"]),
        ("a (red:1.3) fox", ["syntax"]),
        ("a fox <lora:ink:0.8> <lora:ink> <lora:red>", ["unknown adapter ink", "unknown adapter red"]),
        ("a (red:1.3) fox <lora:ink:0.8>", ["unknown adapter ink", "syntax"]),
        ("a yellow bird on a branch with green leaves under a blue sky and clouds and many flowers", ["limit 15"]),
    ],
)
def test_remarks_about_a_whole_prompt(card: ModelCard, prompt: str, notes: list[str]) -> None:
    assert notes_of(read_prompt(card, prompt)) == notes


def test_a_weight_is_no_count_and_a_tag_is_read_as_words(card: ModelCard) -> None:
    reading = read_prompt(card, "a (red:1.3) fox")
    assert (drawn_in(reading), left_out_of(reading)) == (("red", "fox"), ())
    assert drawn_in(read_prompt(card, "a fox <lora:ink:3>")) == ("printer",)


def test_a_thing_that_the_styles_draw_differently_lists_its_drawings(card: ModelCard) -> None:
    (boat,) = read_prompt(card, "a boat").parts
    assert boat.drawn_as == "sailboat or ship"
    (boat,) = read_prompt(card, "a boat", "twemoji").parts
    assert boat.drawn_as == "sailboat"


def test_an_unknown_style_and_repeated_words_are_read(card: ModelCard) -> None:
    assert drawn_in(read_prompt(card, "five dogs and a cat on a mat", "no-such-style"))
    assert left_out_of(read_prompt(card, "a cat on a hot hot dog stand")) == ("hot", "hot dog", "stand")


def test_spans_count_the_modifiers_of_emoji(card: ModelCard) -> None:
    prompt = "👍🏽 and a ❤️ by a Frobnicaté"
    parts = read_prompt(card, prompt).parts
    assert [prompt[part.start : part.end] for part in parts] == [part.text for part in parts]
    assert parts[-1].text == "Frobnicaté"


def test_words_of_the_translation_are_located(card: ModelCard) -> None:
    assert card.path is not None
    lexicon = Tokenizer(**config_of(card.path)["tokenizer"]).text_lexicon
    for prompt in ("A Café, t-shirt!", "🐙👍🏽 and  a\tlogo", "日本 fox", "", "stallions…"):
        words = lexicon.read(prompt)
        assert words == words_of(lexicon.translate(prompt))
        assert [word.place for word in words] == [*range(len(words))]
        assert all(0 <= word.start < word.end <= len(prompt) for word in words)


def test_a_prompt_of_any_length_is_read(card: ModelCard) -> None:
    assert read_prompt(card, "x" * (MOST_CHARACTERS + 1)) == PromptReading()
    assert read_prompt(card, "a cat and a hat, " * (MOST_CHARACTERS // 20)).parts


HOSTILE = {
    "numbers": "9 " * 4998 + "cat",
    "numbers at the limit of words": "9 " * 79 + "cat",
    "misspelt numbers at the limit": "9 frobnicate " * 39 + "cat",
    "things": "hat " * 2499 + "cat",
    "unknown words": "frob " * 1999 + "cat",
    "weights": "(a:1.2) " * 1249 + "cat",
    "weights of styles": "8k, (best:1.2), " * 620 + "cat",
    "negations": "(no dog) " * 1100 + "cat",
    "emoji": "🐶" * 996 + "cat",
    "spaces after a mention of text": "text" + " " * 9990 + "cat",
    "spaces after a colon": "text :" + " " * 9980 + "cat",
    "marks before the last word": "cat" + "!" * 9990 + "dog",
    "mentions of text": "text " * 2000,
    "quotation marks": '"' * MOST_CHARACTERS,
    "digits of a weight": "a:" + "1" * 9990,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_prompt_is_read_in_bounded_work(card: ModelCard, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    most = 30
    calls = 0
    subjects = Tokenizer.subjects

    def counted(self: Tokenizer, prompt: str, style: str | None = None) -> list[Subject]:
        nonlocal calls
        calls += 1
        assert calls <= most
        return subjects(self, prompt, style)

    monkeypatch.setattr(Tokenizer, "subjects", counted)
    read_prompt(card, HOSTILE[kind])
    assert calls


def test_the_text_after_spaces_and_a_colon_is_found(card: ModelCard) -> None:
    for prompt in ("a sign saying   HELLO", "a sign saying : HELLO", "a sign titled :HELLO"):
        assert "text HELLO" in notes_of(read_prompt(card, prompt))


def test_the_reading_is_written_as_json_and_as_a_sentence(card: ModelCard) -> None:
    nothing = {"near": None, "drawn_count": None, "rewrite": None, "drawn_from": None, "one_colour": None}
    facts = read_prompt(card, "a stallion with a frobnicate").facts()
    assert facts == {
        "parts": [
            {"text": "stallion", "state": "drawn", "drawn_as": "horse", **nothing},
            {"text": "frobnicate", "state": "unknown", "drawn_as": None, **nothing},
        ],
        "notes": [],
        "nearest": [],
    }
    count, _, near = read_prompt(card, "five logos for a aple").facts()["parts"]
    rewrite = "four logos for a apple"
    expected = {"text": "five", "state": "left out", "drawn_as": None, **nothing}
    assert count == expected | {"drawn_count": 1, "rewrite": rewrite}
    assert (near["near"], near["rewrite"]) == ("apple", "five logos for a apple")
    assert note_of(card, "a fox") == ""
    assert note_of(card, "dogs") == "Drawing one of “dogs”"
    assert note_of(card, "knives") == "Drawing kitchen knife for “knives”; drawing one of “knives”"
    assert note_of(card, "five logos for a aple") == (
        "“five logos” is read as one picture: name the thing of each one in a prompt of its own; "
        "drawing trade mark, the nearest, for “logos”; reading “aple” as “apple”; drawing 1, not five; left out: aple"
    )


@pytest.mark.parametrize(
    ("prompt", "read", "note"),
    [
        ("a bicyle", "a bicycle", "Drawing bicycle for “bicyle”"),
        ("a teddy baer", "a teddy bear", "Drawing teddy bear for “teddy baer”"),
        ("a gren aple", "a green apple", "Drawing green apple for “gren aple”"),
        ("thre cats", "three cats", "Drawing three for “thre”"),
        ("the blue elefant", "the blue elephant", "Drawing elephant for “elefant”"),
        ("a beatiful dog", "a beautiful dog", "Reading “beatiful” as “beautiful”; left out: beatiful"),
        ("eine Kazte", "a cat", "Drawing cat for “Kazte”"),
        ("un papilon bleu", "a blue butterfly", "Drawing butterfly for “papilon”; drawing blue for “bleu”"),
        ("una manzna", "a apple", "Drawing apple for “manzna”"),
        # Words that exist, names and files are right as they are.
        ("a corgi", "a corgi", "Drawing dog, the nearest, for “corgi”"),
        ("a papilon in the house", "a papilon in the house", "Unknown to Icons: papilon"),
        ("fox by jon bananna", "fox ", "Left out: jon, bananna"),
        ("a fox <lora:bicyle:1>", "a fox <lora:bicyle:1>", "There is no LoRA called “bicyle”"),
        ("en blå fjäril", "in blå fjäril", "Icons does not know this language; unknown to Icons: blå, fjäril"),
    ],
)
def test_misspelt_words_are_read_as_the_words_that_are_meant(
    card: ModelCard, prompt: str, read: str, note: str
) -> None:
    assert card.translate(prompt).text == read
    assert note_of(card, prompt) == note


def test_no_known_word_is_corrected(card: ModelCard) -> None:
    assert card.vocabulary is not None and card.dictionary is not None
    words = sorted(card.vocabulary.met | {*card.vocabulary.existing.split()})
    assert [word for word in words if card.vocabulary.spell(word)] == []
    for word in filter(str.isalpha, [*words[::97], "the", "anvil", "jumping", "horses"]):
        assert not card.translate(f"a {word} and a fox").corrections, word
    # Without a word that tells the language, the parts of a phrase of another language are no English errors.
    for prompt in ("Katze", "chat noir", "gato", "elefante azul", "kitsune", "狐", "лиса", "ثعلب"):
        assert not card.translate(prompt).corrections, prompt


@pytest.mark.parametrize(
    ("metadata", "is_corrected"),
    [
        ({"ss_tag_frequency": '{"1_zeb": {"foxx style": 3, "hat": 2}}'}, False),
        ({"modelspec.trigger_phrase": "Foxx"}, False),
        # The words of this LoRA are not known.
        ({}, False),
        ({"ss_tag_frequency": '{"1_zeb": {"zeb": 3}}'}, True),
    ],
)
def test_words_that_a_lora_was_trained_with_are_not_corrected(
    card: ModelCard, metadata: dict[str, str], is_corrected: bool
) -> None:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    layer = "lora_te_blocks_0_query_key_value"
    tensors = {f"{layer}.lora_down.weight": torch.zeros(1, 192), f"{layer}.lora_up.weight": torch.zeros(4, 1)}
    save_file(tensors, paths.models_dir() / "mine.safetensors", metadata)
    reading = read_prompt(card, "a foxx <lora:mine:1>")
    (part,) = (part for part in reading.parts if part.text == "foxx")
    assert (part.near, part.state is PartState.DRAWN) == ("fox", is_corrected)
    (cond,) = conditioning_of(card, Request(prompt="a foxx <lora:mine:1>"), None, guided=False)
    assert cond.text.split()[1] == ("fox" if is_corrected else "foxx")
    assert note_of(card, "a foxx <lora:mine:1>").startswith("Drawing fox" if is_corrected else "")


@pytest.mark.slow
def test_the_file_of_a_corrected_prompt_keeps_the_words(card: ModelCard, tmp_path: Path) -> None:
    studio = Studio(tmp_path / "images")
    images = []
    for prompt in ("a bicyle", "a bicycle"):
        (*_, last) = studio.generate(prompt, model=f"{BUILT_IN}-fast", seed=5, steps=2)
        assert studio.keep(last).request.prompt == prompt
        images.append(np.asarray(last.image))
    assert np.array_equal(*images)


@cache
def network_inputs(path: Path, *, has_rare_drawings: bool) -> tuple[Tokenizer, PrototypeBasis]:
    """Read a model's tokenizer and memorised drawings from its files."""
    recall, rare = (PrototypeBasis.read(path.with_name(f"{path.stem}.{part}.safetensors")) for part in PARTS)
    tokenizer = Tokenizer(**config_of(path)["tokenizer"])
    if not has_rare_drawings:
        return tokenizer, recall
    drawings = recall.combine(rare)
    return tokenizer.limited_to(lambda name: bool(drawings.drawings(name))), drawings


@pytest.mark.parametrize(
    "prompt",
    [prompt for prompt, *_ in EVERYDAY if prompt != "an elehpant"]
    + ["a knight", "a superhero", "salsa", "a red heart", "a superhero and a cat", "a samurai"],
)
@pytest.mark.parametrize("rules", [2, 3])
def test_a_reading_is_a_guess_if_the_image_starts_without_a_drawing(card: ModelCard, prompt: str, rules: int) -> None:
    assert card.path is not None
    card = card.for_rules(rules)
    tokenizer, drawings = network_inputs(card.path, has_rare_drawings=rules >= HAS_RARE_DRAWINGS)
    subjects = tokenizer.subjects(card.translate(prompt).text)
    starts_from_drawing = any(drawings.drawings(subject.row[1:]) for subject in subjects)
    kinds = {note.kind for note in read_prompt(card, prompt).notes}
    assert starts_from_drawing == kinds.isdisjoint({NoteKind.GUESS, NoteKind.LANGUAGE})


def test_a_guess_has_the_nearest_drawings(card: ModelCard) -> None:
    # Some of these things have silhouettes since.
    card = card.for_rules(HAS_SILHOUETTES - 1)
    for prompt, name, rewrite in (
        ("a knight", "chess pawn", "a chess pawn"),
        ("a meadow", "house with garden", "a house with garden"),
        ("two samurai, watercolor", "ninja", "two ninja, watercolor"),
        ("an orchard", "pear", "a pear"),
        # These words have no vectors. Their drawings are suggested by their definitions.
        ("a hovercraft", "motor boat", "a motor boat"),
        ("a pelican on a rock", "flamingo", "a flamingo on a rock"),
        ("a toaster", "bread", "a bread"),
    ):
        reading = read_prompt(card, prompt)
        assert {drawing.name: drawing.rewrite for drawing in reading.nearest}[name] == rewrite
        for drawing in reading.nearest:
            assert drawing.name in drawn_in(read_prompt(card, drawing.rewrite))
    assert "nearest: joker, ninja, chess pawn" in note_of(card, "a knight")
    assert read_prompt(card, "a knight").facts()["nearest"] == ["joker", "ninja", "chess pawn"]


@pytest.mark.parametrize("prompt", ["a fox", "a fox and a knight", "frobnicate", "a purple frobnicate", "an elehpant"])
def test_other_readings_have_no_nearest_drawings(card: ModelCard, prompt: str) -> None:
    assert not read_prompt(card, prompt).nearest


def test_without_a_table_of_suggestions_such_words_have_no_nearest_drawings(card: ModelCard) -> None:
    without = replace(card, files=tuple(file for file in card.files if file.name != SUGGESTIONS))
    assert not read_prompt(without, "a hovercraft").nearest and read_prompt(without, "an orchard").nearest


@pytest.mark.slow
def test_torch_is_not_needed() -> None:
    code = (
        "import sys; from gdm_studio.models.model_library import Library;"
        "from gdm_studio.models.families import read_prompt;"
        f"(part,) = read_prompt(Library().card({BUILT_IN!r}), 'a knight').parts; print(part.text);"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "knight"


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("a hat without a cat", "without"),
        ("a cat and no dog", "and no"),
        ("face without mouth", ""),
        ("no entry", ""),
        ("ein Fuchs nicht rot", "nicht"),
    ],
)
def test_a_negation_is_reported_unless_a_drawing_is_named_so(card: ModelCard, prompt: str, word: str) -> None:
    values = [note.value for note in read_prompt(card, prompt).notes if note.kind in NEGATIVE_NOTES]
    assert values == ([word] if word else [])


def test_a_negation_is_understood_if_the_image_leaves_out_what_it_excludes(card: ModelCard) -> None:
    assert notes_of(read_prompt(card, "a horse without a saddle")) == ["exclusion without"]
    assert note_of(card, "a horse without a saddle").startswith("Icons ignores the words after “without”")
    assert notes_of(read_prompt(card, "something without green")) == ["guess", "negation without"]


@pytest.mark.parametrize(
    ("prompt", "counted"),
    [
        ("zwei Tassen Kaffee", "coffee"),
        ("drei Tassen Tee", "tea"),
        ("deux tasses de café", "coffee"),
        ("dos tazas de café", "coffee"),
        ("twee kopjes koffie", "coffee"),
        ("due tazze di caffè", "coffee"),
        ("dwie filiżanki kawy", "coffee"),
        ("две чашки кофе", "coffee"),
        ("duas xícaras de café", "coffee"),
    ],
)
def test_cups_of_coffee_are_counted_hot_drinks(card: ModelCard, prompt: str, counted: str) -> None:
    assert card.translate(prompt).text.split()[1:] == [counted]
    assert drawn_in(read_prompt(card, prompt))[0].startswith("hot beverage")


@pytest.mark.parametrize(
    "prompt",
    ["eine Tasse Kaffee", "une tasse de café", "una taza de café", "een kopje koffie", "una tazza di caffè"]
    + ["filiżanka kawy", "чашка кофе", "uma xícara de café"],
)
def test_a_cup_of_coffee_is_a_hot_drink_in_other_languages(card: ModelCard, prompt: str) -> None:
    reading = read_prompt(card, prompt)
    assert drawn_in(reading) == ("hot beverage",) and not left_out_of(reading)


def test_a_cup_of_coffee_is_one_of_several_things(card: ModelCard) -> None:
    reading = read_prompt(card, "ein roter Apfel und eine Tasse Kaffee")
    assert drawn_in(reading) == ("red apple", "hot beverage") and not left_out_of(reading)


@pytest.mark.parametrize(
    ("prompt", "word", "left_out"),
    [
        ("eine große Katze ohne Hut", "ohne", ["große", "Hut"]),
        ("un chat sans chapeau", "sans", ["chapeau"]),
        ("un gato sin sombrero", "sin", ["sombrero"]),
        ("un gatto senza cappello", "senza", ["cappello"]),
        ("een kat zonder hoed", "zonder", ["hoed"]),
        ("um gato sem chapéu", "sem", ["chapéu"]),
        ("kot bez kapelusza", "bez", ["kapelusza"]),
        ("кошка без шляпы", "без", ["шляпы"]),
    ],
)
def test_a_negation_in_another_language_leaves_out_what_it_excludes(
    card: ModelCard, prompt: str, word: str, left_out: list[str]
) -> None:
    reading = read_prompt(card, prompt)
    assert drawn_in(reading) == ("cat",)
    assert [*left_out_of(reading)] == left_out
    assert notes_of(reading) == [f"exclusion {word}"]


def test_what_a_start_image_shows_is_told() -> None:
    card = Library().card(BUILT_IN)
    reading = read_prompt(card, "a blue dog on a sofa next to a lamp", shown="a cat on a sofa next to a lamp")
    assert {part.text: part.state for part in reading.parts if part.state is not PartState.LEFT_OUT} == {
        "blue": PartState.DRAWN,
        "dog": PartState.DRAWN,
        "on": PartState.SHOWN,
        "sofa": PartState.SHOWN,
        "next to": PartState.SHOWN,
        "lamp": PartState.SHOWN,
    }
    assert read_prompt(card, "a cat", shown="a cat") == read_prompt(card, "a cat")
