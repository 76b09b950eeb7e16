"""Classes of English words, such as colours, prepositions and verbs, and the forms of words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

COLOUR_WORDS = frozenset(
    ("black", "blue", "brown", "golden", "gray", "green", "grey", "orange", "pink", "purple", "red")
    + ("white", "yellow")
)
# Colours that refer to the skin of people.
SKIN_COLOURS = frozenset(("black", "brown", "white"))
PREPOSITIONS = frozenset(
    ("with", "without", "for", "in", "on", "at", "by", "to", "under", "near", "from", "and", "or", "that", "who")
    + ("above", "across", "against", "around", "behind", "below", "beneath", "beside", "between", "but", "except")
    + ("after", "along", "before", "beyond", "during", "inside", "into", "onto", "out", "over", "through", "towards")
    + ("which", "whose")
)
# Words that negate the words after them: a colour ("not red"), or another object ("a cat, no dog").
NEGATION = "not"
EXCLUDING = (["no"], ["not"], ["without"])
# Verbs between a negation and the excluded object: "do not draw a cat".
REQUESTS = frozenset(("add", "create", "draw", "generate", "include", "make", "paint", "show", "use"))
# Words that are never the complete name of a drawing.
STOP_WORDS = frozenset(("a", "an", "the", "of", "i", "me", "my", "it", "is", "no")) | PREPOSITIONS
# Words of a prompt that do not name anything.
SMALL_WORDS = STOP_WORDS | frozenset(
    ("this", "that", "these", "those", "its", "his", "her", "their", "your", "our", "some", "any", "very", "so", "as")
    + ("are", "be", "being", "has", "have", "there", "s")
)
JOINING = frozenset(("and", "&", "+"))
# Marks between the parts of a list.
SLASH = "/"
SEPARATORS = frozenset((",", ";", "|", SLASH))
HYPHEN = "-"
APOSTROPHES = ("'", "’")
# Words that end in "ing" like an activity, but denote objects.
ING_NOUNS = frozenset(
    ("clothing", "crossing", "drawing", "duckling", "evening", "king", "lighting", "meeting", "morning", "painting")
    + ("ping", "pudding", "sing", "spring", "sting", "string", "thanksgiving", "writing")
)
# Members of ING_NOUNS that are also participles, if an object with a determiner follows: "a man painting a house".
ING_VERBS = frozenset(("crossing", "drawing", "lighting", "meeting", "painting", "writing"))
NUMBERS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}
# Phrases for two of an object, as in "a pair of cats".
TWO_OF = (["pair", "of"], ["couple", "of"])
# Words that count the object after them. Alone, many of them are names of clocks.
NUMBER_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNTING = frozenset((*NUMBER_WORDS, *NUMBERS, "1", "one", "hundred"))
# Words that name drawings only if the main part of the prompt has no other name: "a cat lying down", "a lion face".
WEAK_NAMES = frozenset(
    ("again", "alone", "angry", "back", "cold", "down", "face", "fast", "happy", "head", "here", "hot", "left", "like")
    + ("look", "off", "right", "sad", "sleepy", "tired", "together")
)
# Names that say little beside another one: a "wifi symbol" shows wifi.
GENERIC_NAMES = frozenset(
    ("emoji", "field", "fields", "icon", "icons", "machine", "rolls", "set", "sign", "signs", "symbol", "symbols")
)
# Participles that always have an object, even without a determiner: "a child eating ice cream".
OBJECT_VERBS = frozenset(
    ("baking", "biting", "blowing", "breathing", "carrying", "catching", "chasing", "chewing", "cooking", "drinking")
    + ("driving", "eating", "fighting", "having", "holding", "hugging", "hunting", "kicking", "kissing", "licking")
    + ("petting", "pouring", "pulling", "pushing", "reading", "riding", "smoking", "spitting", "throwing")
    + ("watching", "wearing")
)
# Verbs before a participle ("is dancing"), or before the description of an object ("is happy").
AUXILIARIES = frozenset(("is", "are"))
RELATIVE_PRONOUNS = ("that", "which", "who")
# Words before the colour in "a frog, the blue is".
RELATIVE_WORDS = frozenset(("the", *RELATIVE_PRONOUNS))
# Words between an object and its colour: "a frog that's blue".
RELATIVE_CLAUSES = tuple(
    [pronoun, *verb] for pronoun in RELATIVE_PRONOUNS for verb in (["is"], ["are"], ["'", "s"], ["’", "s"])
)
# Verbs after which the description of an object begins: "children play football".
PLURAL_ACTIONS = frozenset(
    ("bite", "carry", "catch", "chase", "chew", "climb", "drink", "drive", "eat", "feed", "fight", "have", "hold")
    + ("hug", "hunt", "kick", "kiss", "lick", "play", "pour", "pull", "push", "read", "ride", "throw", "watch", "wear")
)
# Verbs at the end of a phrase: "birds fly over the sea". In "kids watch", the watch may be the object.
PLURAL_LONE_ACTIONS = (PLURAL_ACTIONS - {"have", "watch"}) | frozenset(
    ("bark", "bloom", "blow", "burn", "buzz", "chirp", "cook", "crawl", "crow", "cry", "dance", "dive", "dream")
    + ("erupt", "explode", "fall", "float", "fly", "gallop", "glow", "graze", "growl", "grow", "hide", "hiss", "hoot")
    + ("howl", "jump", "laugh", "launch", "listen", "melt", "meow", "moo", "pray", "purr", "quack", "relax", "rest")
    + ("ring", "rise", "roar", "run", "sail", "scream", "shine", "sing", "sink", "sit", "skate", "sleep", "smile")
    + ("snore", "stand", "swim", "talk", "travel", "wait", "walk", "wave", "work", "yawn")
)


def _to_third_person(verb: str) -> str:
    if verb == "have":
        return "has"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("ch", "sh", "ss", "zz")) else f"{verb}s"


# The same verbs after a singular: "a boy plays football", "a cat sleeps".
ACTIONS = frozenset(map(_to_third_person, PLURAL_ACTIONS))
LONE_ACTIONS = frozenset(map(_to_third_person, PLURAL_LONE_ACTIONS))
VERBS = ACTIONS | PLURAL_ACTIONS | LONE_ACTIONS | PLURAL_LONE_ACTIONS
# Objects of "playing" without a determiner, which follow it: "a bear playing guitar".
PLAYED = frozenset(
    ("accordion", "baseball", "basketball", "cards", "cello", "chess", "drum", "drums", "flute", "football", "games")
    + ("golf", "guitar", "harp", "hockey", "music", "piano", "poker", "rugby", "saxophone", "soccer", "tennis")
    + ("trumpet", "ukulele", "video", "violin", "volleyball")
)
# Words after "of" that begin the owner of an object: "the dog of my father".
OWNING = frozenset(("the", "my", "your", "his", "her", "its", "our", "their"))
# Participles with a material, and the words that begin it: "a sword made of ice".
MADE = frozenset(("built", "carved", "composed", "constructed", "formed", "made"))
OF_MATERIAL = frozenset(("of", "from", "out", "with"))
# Materials after "of", as in "a house of bricks", and nouns for an amount of one: "a slice of bread".
MATERIALS = frozenset(
    ("brick", "bricks", "bronze", "cardboard", "cheese", "chocolate", "clay", "cloth", "cotton", "crystal", "glass")
    + ("gold", "ice", "iron", "leather", "marble", "metal", "page", "paper", "plastic", "rock", "sand", "silk")
    + ("silver", "snow", "steel", "stone", "straw", "wax", "wood", "wool")
)
AMOUNTS = frozenset(
    ("bag", "ball", "bar", "block", "bottle", "bowl", "box", "bucket", "cube", "cup", "drawing", "glass", "image")
    + ("jar", "log", "mug", "photo", "picture", "piece", "pile", "plate", "pot", "roll", "sheet", "slice", "spoon")
    + ("stack", "wedge")
)
# Dishes before their ingredients: "tarta de fresa" is a cake.
DISHES = frozenset(
    ("bread", "cake", "cakes", "cookie", "cookies", "cream", "juice", "pancake", "pancakes", "pie", "pies", "pizza")
    + ("pudding", "salad", "sandwich", "shortcake", "soup", "stew", "tart")
)
# Pictures and objects that show an object, and words that begin a clause or a comparison.
MEDIA = frozenset(
    ("drawing", "icon", "image", "logo", "painting", "photo", "picture", "portrait", "poster", "sign", "sketch")
    + ("symbol", "toy", "world")
)
SUBORDINATING = frozenset(("about", "as", "like", "when", "where", "while"))
# Words that begin the object of a participle: "a monkey eating a banana".
DETERMINERS = frozenset(
    ("a", "an", "the", "his", "her", "its", "their", "my", "your", "our", "some", "this", "that", *COUNTING)
)
# Words for people.
PEOPLE = frozenset(("baby", "boy", "child", "children", "girl", "man", "men", "people", "person", "woman", "women"))
# Parts of a person or an animal, which describe the object in another part of the prompt ("girl, blue eyes").
FEATURES = frozenset(
    ("bangs", "beard", "braids", "cheeks", "ear", "ears", "eye", "eyebrows", "eyelashes", "eyes", "face", "freckles")
    + ("fur", "hair", "hairstyle", "mane", "moustache", "mustache", "nose", "paws", "ponytail", "skin", "smile")
    + ("stripes", "tail", "whiskers", "wings")
)
# Words for kinds of hair, which are also names of drawings.
HAIR = frozenset(("bald", "blond", "blonde", "curly"))
# Plural endings, each with the singular ending that replaces it.
PLURALS = (("ies", "y"), ("es", ""), ("s", ""), ("ves", "f"), ("ves", "fe"))
# Words with at most this number of letters are not treated as plurals.
SHORT = 3
ARTICLES = (["a"], ["an"], ["the"])
# Words before a name that do not change the kind of object: a "racing car" is a car, but a "hot dog" is not a dog.
ADJECTIVES = COLOUR_WORDS | frozenset(
    ("baguette", "beating", "birthday", "bullet", "cherry", "closed", "coin", "concert", "crying", "deciduous")
    + ("delivery", "desktop", "diving", "evergreen", "fountain", "glowing", "grinning", "growing")
    + ("japanese", "kick", "kissing", "lab", "laptop", "leafless", "loudly", "man", "monarch", "motor", "movie")
    + ("office", "old", "oncoming", "open", "palm", "party", "passenger", "person", "pickup", "police", "polar")
    + ("pouting", "racing", "rain", "safety", "school", "shooting", "shopping", "slightly", "small", "smiling")
    + ("sparkling", "spouting", "straight", "straw", "studio", "top", "treasure", "tropical", "video", "vintage")
    + ("weary", "woman", "womans")
)
# Maximum number of words in a name.
LONGEST = 6
# Places and times, which describe the object in another part of a prompt.
PLACES = frozenset(
    ("bathroom", "beach", "bedroom", "city", "cityscape", "desert", "farm", "field", "forest", "garden", "jungle")
    + ("kitchen", "lake", "landscape", "meadow", "morning", "mountain", "mountains", "night", "ocean", "park", "river")
    + ("road", "room", "school", "sea", "sky", "snow", "space", "spring", "street", "summer", "sunrise", "sunset")
    + ("underwater", "village", "water", "winter", "wood", "woods")
)


def forms(name: str) -> Iterator[str]:
    """Yield a word and, if it looks like a plural, its possible singular forms."""
    yield name
    # Most words are no plurals, and a long prompt asks for the forms of a million phrases.
    if not name.endswith("s") or len(name) <= SHORT:
        return
    for ending, one in PLURALS:
        if name.endswith(ending):
            yield name.removesuffix(ending) + one


def remove_auxiliaries(words: Sequence[str]) -> list[str]:
    """Remove "is" and "who is" before participles, as in "a woman who is dancing"."""
    found: list[str] = []
    for word in words:
        if word.endswith("ing") and found and found[-1] in AUXILIARIES:
            found.pop()
            if found and found[-1] in RELATIVE_PRONOUNS:
                found.pop()
        found.append(word)
    return found


def _remove_relative_clauses(words: Sequence[str]) -> list[str]:
    """Remove the words between an object and its colour, as in "a frog that's blue" and, in the order of German, "a
    frog, the blue is".
    """
    found: list[str] = []
    for word in words:
        if word in COLOUR_WORDS:
            clause = next((clause for clause in RELATIVE_CLAUSES if found[-len(clause) :] == clause), [])
            del found[len(found) - len(clause) :]
        elif word in AUXILIARIES and len(found) > 2 and found[-1] in COLOUR_WORDS and found[-2] in RELATIVE_WORDS:
            del found[-3 if found[-3] == "," else -2 : -1]
            continue
        found.append(word)
    return found


def join_colours(words: Sequence[str]) -> list[str]:
    """Remove each "and" or its sign between two colours from a prompt's words, because it does not separate two
    objects, the words between an object and its colour, and the colours that "not" excludes.
    """
    words = _remove_relative_clauses(words)
    around = zip(["", *words], words, [*words[1:], ""], strict=False)
    joining = JOINING | {SLASH}
    joined = [word for before, word, after in around if word not in joining or not {before, after} <= COLOUR_WORDS]
    found: list[str] = []
    is_excluded = False
    for word, after in zip(joined, [*joined[1:], ""], strict=False):
        is_excluded = is_excluded and word in COLOUR_WORDS or word == NEGATION and after in COLOUR_WORDS
        if not is_excluded:
            found.append(word)
    return found


def is_participle(word: str) -> bool:
    return word.endswith("ing") and word not in ING_NOUNS


def is_plural(word: str) -> bool:
    """Return True if a word seems to be a plural. Words for several people count as plurals, because those after a
    number have been replaced by their singular.
    """
    return word in PEOPLE or len(word) > SHORT and word.endswith("s") and not word.endswith("ss")


def find_separators(words: Sequence[str]) -> set[int]:
    """Return the indices of the separators of a list, such as commas, among the words of a prompt."""
    return {at for at, word in enumerate(words) if word in SEPARATORS}


def split_at(words: Sequence[str], indices: Collection[int]) -> list[list[str]]:
    """Split words into the groups between the given indices, and leave out the words at these indices."""
    groups = groupby(enumerate(words), lambda each: each[0] in indices)
    return [[word for _, word in group] for is_between, group in groups if not is_between]


def begins_object(words: Sequence[str]) -> bool:
    """Return True if these words begin with an article, a number or a negation, as an object of a list does."""
    return bool(words) and (words[0] in COUNTING or words[:1] in ARTICLES or words[:1] in EXCLUDING)
