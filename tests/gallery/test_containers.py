"""Texts in image files, byte by byte: both byte orders, every length and every type."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from gdm_studio.gallery.metadata.containers import EmbeddedTexts, read_texts
from gdm_studio.gallery.metadata.containers.exif import parse_exif
from gdm_studio.gallery.metadata.containers.xmp import find_element, find_texts
from tests.helpers.foreign_images import SIDES, chunk, png_chunks, with_exif

MAKER_NOTE, USER_COMMENT = 0x927C, 0x9286
TAGS = {
    0x010D: "DocumentName", 0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software",
    MAKER_NOTE: "MakerNote", USER_COMMENT: "UserComment",
}  # fmt: skip


def exif(order: str, main: dict[int, bytes], inner: dict[int, bytes] | None = None) -> bytes:
    """Return an EXIF block. Values up to four bytes are stored in the entry, longer ones after the directories."""
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    counts = [len(main) + (inner is not None), len(inner or {})]
    second = 8 + 2 + 12 * counts[0] + 4
    at = second + 2 + 12 * counts[1] + 4
    directories, behind = [], b""
    for values, pointer in ((main, inner is not None), (inner or {}, False)):
        entries = b""
        for tag, value in values.items():
            held = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(f"{order}I", at + len(behind))
            behind += value if len(value) > 4 else b""
            entries += struct.pack(f"{order}HHI", tag, 7 if tag in (MAKER_NOTE, USER_COMMENT) else 2, len(value)) + held
        if pointer:
            entries += struct.pack(f"{order}HHII", 0x8769, 4, 1, second)
        directories.append(struct.pack(f"{order}H", len(entries) // 12) + entries + bytes(4))
    return mark + struct.pack(f"{order}I", 8) + b"".join(directories) + behind


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_tags_of_every_length_are_read(order: str) -> None:
    for text in ("a", "ab", "abc", "abcd", "abcde", "a longer one, é 猫"):
        for tag, name in TAGS.items():
            for ended in (text.encode(), text.encode() + b"\0"):
                for block in (
                    exif(order, {tag: ended}),
                    exif(order, {}, {tag: ended}),
                    b"Exif\0\0" + exif(order, {tag: ended}),
                ):
                    assert parse_exif(block) == {name: text}, (name, ended)
    both = exif(order, {0x0110: b"outside", 0x0131: b"one"}, {0x0110: b"inside", USER_COMMENT: b"two"})
    assert parse_exif(both) == {"Model": "inside", "Software": "one", "UserComment": "two"}
    assert parse_exif(exif(order, {0x0131: "é".encode("latin-1") + b"abcd"})) == {"Software": "éabcd"}
    for cut in range(len(both)):
        assert set(parse_exif(both[:cut])) <= {"Model", "Software", "UserComment"}
    assert parse_exif(b"") == parse_exif(b"II*\0") == parse_exif(b"XX*\0" + both[4:]) == {}


@pytest.mark.parametrize("order", ["<", ">"])
def test_user_comments_of_every_charset_are_decoded(order: str) -> None:
    own = {"<": "utf-16-le", ">": "utf-16-be"}[order]
    for raw, text in (
        (b"ASCII\0\0\0" + b"plain\0\0", "plain"),
        (bytes(8) + "é".encode(), "é"),
        (b"JIS\0\0\0\0\0" + "猫".encode("iso2022_jp"), "猫"),
        (b"UNICODE\0" + "plain é 猫".encode("utf-16-be"), "plain é 猫"),
        (b"UNICODE\0" + "plain é 猫".encode("utf-16-le"), "plain é 猫"),
        (b"UNICODE\0" + "\ufeffplain".encode("utf-16-le"), "plain"),
        # No byte is zero, so the byte order of the file decides.
        (b"UNICODE\0" + "猫狐".encode(own), "猫狐"),
        (b"UNICODE\0" + "猫狐é".encode(), "猫狐é"),
        (b"no charset at all", "no charset at all"),
    ):
        assert parse_exif(exif(order, {}, {USER_COMMENT: raw})) == {"UserComment": text}, raw


def test_xmp_values_are_read_from_elements_attributes_and_lists() -> None:
    packet = (
        '<x:xmpmeta><rdf:Description exif:Other="no" tool:parameters="a &lt; b" tool:note=\'it\'><exif:UserComment>'
        "<rdf:Alt><rdf:li xml:lang='x-default'>first &amp; best</rdf:li><rdf:li>second</rdf:li></rdf:Alt>"
        "</exif:UserComment><dc:description> <![CDATA[<raw> &amp;]]> </dc:description><a:empty></a:empty>"
        '<a:twice a="1">one</a:twice><a:twice>two</a:twice><plain>no prefix</plain><a:open>never</x:xmpmeta>'
    )
    said = {
        "parameters": "a < b", "note": "it", "UserComment": "first & best", "description": "<raw> &amp;", "empty": "",
        "twice": "one", "plain": "no prefix", "open": "", "missing": "", "Comment": "", "Other": "no",
    }  # fmt: skip
    assert {name: find_element(packet, name) for name in said} == said
    assert find_texts(packet) == {
        "parameters": "a < b", "xmp:UserComment": "first & best", "xmp:description": "<raw> &amp;",
    }  # fmt: skip


def test_png_chunks_of_every_kind_are_read(tmp_path: Path) -> None:
    packed = zlib.compress("packed é".encode())
    path = png_chunks(
        tmp_path / "a.png",
        [
            (b"tEXt", b"plain\0some \xe9"),
            (b"tEXt", b"utf\0" + "é".encode()),
            (b"tEXt", b"plain\0the second"),
            (b"zTXt", b"packed\0\0" + packed),
            (b"zTXt", b"damaged\0\0" + packed[:-6] + b"xxxxxx"),
            (b"iTXt", b"long\0\0\0en\0lang\0" + "é\0ü".encode()),
            (b"iTXt", b"longer\0\1\0\0\0" + packed),
            (b"iTXt", b"broken\0\1\0\0\0nothing"),
            (b"tEXt", b"\0without a keyword"),
            (b"tEXt", b"empty\0"),
        ],
    )
    words = b"".join(chunk(b"eXIf", exif(">", {0x0131: word})) for word in (b"first", b"second"))
    content = path.read_bytes()
    content = content[:33] + words + content[33:]
    end = content.index(b"IEND") - 4
    behind = chunk(b"tEXt", b"behind\0the pixels")
    wrong = behind[:8] + b"wrong\0" + behind[14:]
    path.write_bytes(content[:end] + wrong + behind + content[end:] + chunk(b"tEXt", b"after\0the end"))
    found = read_texts(path)
    assert (found.size, found.name, found.c2pa) == (SIDES, "a.png", False)
    assert found.texts == {
        "plain": "some é", "utf": "é", "packed": "packed é", "long": "é\0ü", "longer": "packed é", "empty": "",
        "exif:Software": "first", "behind": "the pixels",
    }  # fmt: skip
    assert found.keywords.keys() == found.texts.keys() - {"exif:Software"}
    for mode, channels in (("RGB", 3), ("RGBA", 4), ("L", 0), ("P", 0), ("LA", 0), ("1", 0)):
        Image.new(mode, SIDES).save(path)
        layout = read_texts(path).layout
        assert (layout.channels if layout else 0) == channels, mode
        if layout:
            assert path.read_bytes()[layout.start + 4 : layout.start + 8] == b"IDAT"


def test_jpeg_segments_are_joined_and_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    with_exif(path, {0x0131: "a tool"}, comment=b"said\0\0", progressive=True)
    found = read_texts(path)
    assert (found.size, found.texts) == (SIDES, {"exif:Software": "a tool", "Comment": "said"})
    content = path.read_bytes()

    def segment(marker: int, body: bytes) -> bytes:
        return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body

    whole = exif("<", {0x010E: b"x" * 40 + b"end"})
    more = [
        segment(0xFE, b"parameters\0the first"),
        segment(0xFE, b"parameters\0the second"),
        segment(0xE1, b"Exif\0\0" + whole[:20]),
        b"\xff\x01\xff",
        segment(0xE1, b"Exif\0\0" + whole[20:]),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<d parameters='no'/>"),
    ]
    Image.new("RGB", SIDES).save(path)
    content = path.read_bytes()
    path.write_bytes(content[:2] + b"".join(more) + content[2:])
    found = read_texts(path)
    assert found.size == SIDES and found.texts["exif:ImageDescription"] == "x" * 40 + "end"
    assert found.texts["parameters"] == "the first" and found.texts["xmp"].startswith("<d ")


def test_webp_files_of_every_kind_have_their_size(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    for size in (SIDES, (1, 300), (300, 1)):
        for how in ({"lossless": True}, {"lossless": False}, {"exif": exif(">", {0x0131: b"a tool"})}):
            Image.new("RGBA" if "exif" in how else "RGB", size).save(path, **how)
            found = read_texts(path)
            assert (found.size, found.texts) == (size, {"exif:Software": "a tool"} if "exif" in how else {}), how
    content = path.read_bytes()
    # The length is odd.
    xmp = b"<d parameters='one'/>"
    path.write_bytes(content + b"XMP " + struct.pack("<I", len(xmp)) + xmp + b"\0" + b"C2PA" + bytes(4))
    found = read_texts(path)
    assert found.texts["parameters"] == "one" and found.c2pa


def test_settings_come_from_the_first_suitable_text() -> None:
    order = [
        "parameters", "exif:UserComment", "postprocessing", "extras", "Comment", "exif:ImageDescription",
        "xmp:UserComment", "xmp:description",
    ]  # fmt: skip
    texts = {name: name for name in [*order[::-1], "exif:Software", "xmp", "prompt"]}
    while order:
        assert EmbeddedTexts(SIDES, texts).settings == order[0]
        texts.pop(order.pop(0))
    carried = EmbeddedTexts(SIDES, texts)
    assert (carried.settings, carried.text("nothing", "prompt"), carried.text()) == ("", "prompt", "")
    assert carried.keywords == {"prompt": "prompt"}
