"""Update the English catalogue of plural forms: `python resources/translations/update.py`.

A counted text gives the plural in brackets after the word: "%n image(s)", "%n box(es)", "%n copy(ies)", or the whole
word where it is irregular: "%n person(people)", "%n image(s) is(are) missing". With `--check` nothing is written, and
the exit status is 1 if the catalogue is out of date.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import PySide6

HERE = Path(__file__).parent
NAME = "gdm_studio_en"
PACKAGE = HERE.parent.parent / "gdm_studio"
COUNTED_WORD = re.compile(r"(\w+)\((\w+)\)")
# A context and a text.
Message = tuple[str, str]


def messages() -> list[Message]:
    """Return all texts to translate in the source. Exits with an error for one that is not a literal.

    This does not use `lupdate`, because that of PySide6 6.11 skips `translate(context, text, "", count)`.
    """
    found: set[Message] = set()
    subclasses: dict[str, set[str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for class_node in ast.walk(tree):
            if isinstance(class_node, ast.ClassDef):
                for base in class_node.bases:
                    subclasses.setdefault(ast.unparse(base).partition("[")[0], set()).add(class_node.name)
        try:
            found.update(_messages_in(tree, ""))
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


def _messages_in(node: ast.AST, class_name: str) -> Iterator[Message]:
    """Yield the texts in a syntax tree; `class_name` is the class around it."""
    if isinstance(node, ast.ClassDef):
        class_name = node.name
    if isinstance(node, ast.Call):
        arguments = node.args
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "tr":
            name = "tr"
            arguments = [ast.Constant(class_name), *arguments]
        if name in ("tr", "translate", "QT_TRANSLATE_NOOP") and len(arguments) >= 2:
            context, text = arguments[:2]
            if isinstance(context, ast.Constant) and isinstance(text, ast.Constant):
                yield str(context.value), str(text.value)
            elif name == "QT_TRANSLATE_NOOP" or isinstance(text, ast.JoinedStr | ast.BinOp):
                raise ValueError(f"{node.lineno}: the text is not a literal")
    for child in ast.iter_child_nodes(node):
        yield from _messages_in(child, class_name)


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


def compile_catalogue(source: Path, texts: Sequence[Message], translate: Callable[[str], Sequence[str]]) -> Path:
    """Write a catalogue to `source` (.ts) and a compiled one (.qm) beside it, whose path is returned.

    `translate(text)` returns the translation, or the singular and the plural of a counted text.
    """
    root = ElementTree.Element("TS", version="2.1", language="en_GB", sourcelanguage="en_GB")
    contexts: dict[str, ElementTree.Element] = {}
    for context, text in texts:
        if context not in contexts:
            contexts[context] = ElementTree.SubElement(root, "context")
            ElementTree.SubElement(contexts[context], "name").text = context
        message = ElementTree.SubElement(contexts[context], "message")
        ElementTree.SubElement(message, "source").text = text
        translation = ElementTree.SubElement(message, "translation")
        if "%n" in text:
            message.set("numerus", "yes")
            for form in translate(text):
                ElementTree.SubElement(translation, "numerusform").text = form
        else:
            (translation.text,) = translate(text)
    ElementTree.indent(root)
    xml = ElementTree.tostring(root, encoding="unicode")
    source.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{xml}\n', encoding="utf-8")
    compiled = source.with_suffix(".qm")
    lrelease = Path(PySide6.__file__).parent / "lrelease"
    subprocess.run([lrelease, source, "-qm", compiled], check=True, capture_output=True)
    return compiled


def main() -> int:
    """Update or check the two files, and return the exit status."""
    counted = [message for message in messages() if "%n" in message[1]]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"{NAME}.ts")
        compiled = compile_catalogue(source, counted, plural_forms)
        outdated = [file for file in (source, compiled) if not _is_same(file, HERE / file.name)]
        for file in outdated:
            if "--check" in sys.argv:
                print(f"{file.name} is out of date: run python resources/translations/update.py", file=sys.stderr)
            else:
                (HERE / file.name).write_bytes(file.read_bytes())
    return 1 if outdated and "--check" in sys.argv else 0


def _is_same(file: Path, other: Path) -> bool:
    return other.is_file() and file.read_bytes() == other.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
