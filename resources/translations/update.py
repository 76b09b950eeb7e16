"""Update the catalogues of translations: `python resources/translations/update.py`.

The texts come from the source. A catalogue `gdm_studio_LANGUAGE.ts` keeps the translations of all texts that are still
there; new texts are marked as unfinished and shown in English until they are translated. The English catalogue has
only counted texts, which give the plural in brackets after the word: "%n image(s)", "%n box(es)", "%n copy(ies)", or
the whole word where it is irregular: "%n person(people)", "%n image(s) is(are) missing".

With `--check` nothing is written, and the exit status is 1 if a catalogue is out of date. `--missing LANGUAGE` prints
the texts without a translation as JSON, a list of [context, text]. `--fill LANGUAGE FILE` reads translations from such
a file, whose entries have a third member: the translation, or a list of the language's plural forms.
"""

from __future__ import annotations

import argparse
import ast
import json
import lzma
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import PySide6

HERE = Path(__file__).parent
NAME = "gdm_studio"
# Languages by the names of Qt's locales, with their number of plural forms.
LANGUAGES = {"en": 2, "de": 2, "fr": 2, "es": 2, "ja": 1, "zh_CN": 1}
# English is that of the United Kingdom.
REGIONS = {"en": "en_GB"}
PACKAGE = HERE.parent.parent / "gdm_studio"
# Functions that get a text to translate, and the start of a call of one of them.
TRANSLATING = ("tr", "translate", "QT_TRANSLATE_NOOP", "translatable")
# The context of the sentences of errors, which `translatable` gets without a context.
ERRORS = "Errors"
CALLS = re.compile(rf"\b({'|'.join(TRANSLATING)})\s*\(")
CLASS_HEADS = re.compile(r"^[ \t]*(class \w+\([^:]*\):)", re.MULTILINE)
COUNTED_WORD = re.compile(r"(\w+)\((\w+)\)")
# Sections of a .qm file, and fields of its messages.
HASHES, MESSAGES = 0x42, 0x69
END, SOURCE, CONTEXT, COMMENT = 1, 6, 7, 8
# A context and a text.
Message = tuple[str, str]
# The forms of a translation: one, or several for a counted text. None is one that is missing.
Forms = tuple[str, ...]


def messages() -> list[Message]:
    """Return all texts to translate in the source. Exits with an error for one that is not a literal.

    This does not use `lupdate`, because that of PySide6 6.11 skips `translate(context, text, "", count)`.
    """
    found: set[Message] = set()
    subclasses: dict[str, set[str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        source = file.read_text("utf-8")
        if CALLS.search(source) is None:
            # Three files of four have no text. Of their code, the bases of classes are read alone.
            source = "\n".join(f"{head} pass" for head in CLASS_HEADS.findall(source))
        try:
            for node, class_name in _nodes(ast.parse(source)):
                if isinstance(node, ast.Call):
                    found.update(_messages_in(node, class_name))
                elif isinstance(node, ast.ClassDef):
                    for base in node.bases:
                        subclasses.setdefault(ast.unparse(base).partition("[")[0], set()).add(node.name)
        except ValueError as error:
            sys.exit(f"{file}:{error}")
    # `tr` in a method looks up a counted text in the class of the object alone, which may be a subclass.
    for context, text in sorted(found):
        waiting = [context] if "%n" in text else []
        while waiting:
            for subclass in subclasses.get(waiting.pop(), ()):
                if (subclass, text) not in found:
                    found.add((subclass, text))
                    waiting.append(subclass)
    return sorted(found)


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield the nodes of a module except names and constants, each with the name of the class around it."""
    skipped = (ast.Name, ast.Constant, ast.expr_context)
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, class_name = waiting.pop()
        yield node, class_name
        inside = node.name if isinstance(node, ast.ClassDef) else class_name
        waiting.extend((child, inside) for child in ast.iter_child_nodes(node) if not isinstance(child, skipped))


def _messages_in(call: ast.Call, class_name: str) -> Iterator[Message]:
    """Yield the text that a call translates; `class_name` is the class around it."""
    arguments = call.args
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "tr":
        name = "tr"
        arguments = [ast.Constant(class_name), *arguments]
    elif name == "translatable":
        arguments = [ast.Constant(ERRORS), *arguments]
    if name in TRANSLATING and len(arguments) >= 2:
        context, text = arguments[:2]
        if isinstance(context, ast.Constant) and isinstance(text, ast.Constant):
            yield str(context.value), str(text.value)
        elif name == "QT_TRANSLATE_NOOP" or isinstance(text, ast.JoinedStr | ast.BinOp):
            raise ValueError(f"{call.lineno}: the text is not a literal")


def plural_forms(text: str) -> tuple[str, str]:
    """Return the singular and the plural of a counted text."""
    return COUNTED_WORD.sub(r"\1", text), COUNTED_WORD.sub(_plural, text)


def _plural(word: re.Match[str]) -> str:
    singular, suffix = word.groups()
    if suffix in ("s", "es"):
        return singular + suffix
    if suffix == "ies":
        return singular.removesuffix("y") + suffix
    return suffix


def read_catalogue(source: Path) -> dict[Message, Forms]:
    """Return the finished translations of a .ts file. A file that does not exist has none."""
    if not source.is_file():
        return {}
    found: dict[Message, Forms] = {}
    for context in ElementTree.parse(source).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type"):
                continue
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            found[context.findtext("name", ""), message.findtext("source", "")] = tuple(forms)
    return found


def write_catalogue(source: Path, language: str, texts: Sequence[Message], translated: Mapping[Message, Forms]) -> None:
    """Write a catalogue of all texts. A text that is not in `translated` is marked as unfinished."""
    code = REGIONS.get(language, language)
    root = ElementTree.Element("TS", version="2.1", language=code, sourcelanguage="en_GB")
    contexts: dict[str, ElementTree.Element] = {}
    for context, text in texts:
        if context not in contexts:
            contexts[context] = ElementTree.SubElement(root, "context")
            ElementTree.SubElement(contexts[context], "name").text = context
        message = ElementTree.SubElement(contexts[context], "message")
        ElementTree.SubElement(message, "source").text = text
        translation = ElementTree.SubElement(message, "translation")
        forms = translated.get((context, text))
        if forms is None:
            translation.set("type", "unfinished")
        if "%n" in text:
            message.set("numerus", "yes")
            for form in forms or [""] * LANGUAGES[language]:
                ElementTree.SubElement(translation, "numerusform").text = form
        elif forms is not None:
            (translation.text,) = forms
    ElementTree.indent(root, space="")
    for message in root.iter("message"):
        # A text and its translation, or each of its plural forms, take a line.
        message.text = message[0].tail = message[-1].tail = ""
    xml = ElementTree.tostring(root, encoding="unicode")
    source.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{xml}\n', encoding="utf-8")


def compile_catalogue(source: Path) -> Path:
    """Compile a catalogue for the window, and return the path of the compressed .qm file beside it."""
    compiled = source.with_suffix(".qm")
    lrelease = Path(PySide6.__file__).parent / "lrelease"
    # Qt shows the source where a text has no translation, so that those which are equal need not be stored.
    subprocess.run([lrelease, "-silent", "-removeidentical", source, "-qm", compiled], check=True, capture_output=True)
    compressed = source.with_suffix(".qm.xz")
    content = without_sources(compiled.read_bytes())
    compressed.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    return compressed


def without_sources(content: bytes) -> bytes:
    """Leave the source texts and comments out of a .qm file: Qt finds a message by a hash of its text, and compares
    only the fields that it has. Texts with the same hash in one context keep them.
    """
    sections = {kind: body for kind, _, body in _fields(content, 16)}
    found = []
    for number, offset in sorted(struct.iter_unpack(">II", sections[HASHES]), key=lambda each: each[1]):
        fields = list(_fields(sections[MESSAGES], offset))
        found.append((number, next(body for kind, _, body in fields if kind == CONTEXT), fields))
    count = Counter((number, context) for number, context, _ in found)
    hashes = []
    messages = b""
    for number, context, fields in found:
        hashes.append((number, len(messages)))
        unique = count[number, context] == 1
        messages += b"".join(whole for kind, whole, _ in fields if not (unique and kind in (SOURCE, COMMENT)))
        messages += bytes([END])
    sections[HASHES] = b"".join(struct.pack(">II", *each) for each in sorted(hashes))
    sections[MESSAGES] = messages
    packed = (struct.pack(">BI", kind, len(body)) + body for kind, body in sections.items())
    return content[:16] + b"".join(packed)


def _fields(content: bytes, at: int) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the kind of each section or field from an offset up to an END, its bytes, and its content."""
    while at < len(content) and content[at] != END:
        kind, size = struct.unpack_from(">BI", content, at)
        yield kind, content[at : at + 5 + size], content[at + 5 : at + 5 + size]
        at += 5 + size


def is_current(written: Path) -> bool:
    """Return True if the shipped file has the content of a newly written one, however it is compressed."""
    shipped = HERE / written.name
    if not shipped.is_file():
        return False
    if written.suffix != ".xz":
        return shipped.read_bytes() == written.read_bytes()
    return lzma.decompress(shipped.read_bytes()) == lzma.decompress(written.read_bytes())


def update_language(
    language: str, texts: Sequence[Message], added: Mapping[Message, Forms], folder: Path
) -> list[Path]:
    """Write the catalogues of a language to `folder`, with some added translations, and return their paths."""
    source = folder / f"{NAME}_{language}.ts"
    if language == "en":
        texts = [message for message in texts if "%n" in message[1]]
        known = {message: plural_forms(message[1]) for message in texts}
    else:
        known = {**read_catalogue(HERE / source.name), **added}
    write_catalogue(source, language, texts, known)
    return [source, compile_catalogue(source)]


def read_added(file: Path) -> dict[Message, Forms]:
    """Read translations from a JSON list of [context, text, translation or plural forms]."""
    entries = json.loads(file.read_text("utf-8"))
    return {(context, text): (said,) if isinstance(said, str) else tuple(said) for context, text, said in entries}


def main() -> int:
    """Update or check all catalogues, and return the exit status."""
    parser = argparse.ArgumentParser(description="Update the catalogues of translations.")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--missing", choices=LANGUAGES)
    parser.add_argument("--fill", nargs=2, metavar=("LANGUAGE", "FILE"))
    options = parser.parse_args()
    texts = messages()
    if options.missing:
        known = read_catalogue(HERE / f"{NAME}_{options.missing}.ts")
        print(json.dumps([message for message in texts if message not in known], ensure_ascii=False, indent=0))
        return 0
    filled, file = options.fill or ("", "")
    outdated = []
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            added = read_added(Path(file)) if language == filled else {}
            for written in update_language(language, texts, added, Path(folder)):
                if not is_current(written):
                    outdated.append(written.name)
                    if not options.check:
                        (HERE / written.name).write_bytes(written.read_bytes())
    if options.check and outdated:
        print(f"out of date: {', '.join(outdated)}; run python resources/translations/update.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
