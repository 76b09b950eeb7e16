"""Texts in an XMP packet, found by their tags: hostile XML is not worth a parser that expands entities."""

from __future__ import annotations

import html
import re

_LIST_ITEM = re.compile(r"<rdf:li(?:\s[^<>]{0,500})?>(?P<text>[^<]*)</rdf:li>")
_CDATA = re.compile(r"^\s*<!\[CDATA\[(.*)\]\]>\s*$", re.DOTALL)


def element(xmp: str, name: str) -> str:
    """The text of the first element, or attribute, of this name under any prefix; "" where there is none.

    Of a list of alternatives it is the first.
    """
    if name not in xmp:
        return ""
    opening = re.search(rf"<((?:[\w.-]{{1,40}}:)?{name})(?:\s[^<>]{{0,500}})?>", xmp)
    if opening is None:
        attribute = re.search(rf"""[\s:]{name}\s?=\s?(?:"([^"]*)"|'([^']*)')""", xmp)
        return html.unescape(attribute[1] or attribute[2] or "") if attribute else ""
    end = xmp.find(f"</{opening[1]}>", opening.end())
    inside = xmp[opening.end() : end] if end >= 0 else ""
    item = _LIST_ITEM.search(inside)
    text = item["text"] if item else inside
    literal = _CDATA.match(text)
    return literal[1] if literal else html.unescape(text).strip()


def texts_in(xmp: str) -> dict[str, str]:
    """The texts in a packet that can hold settings, by names as `Carried` has them.

    `parameters` is the A1111 text that stable-diffusion.cpp and Krita's plug-in put there.
    """
    found = {"parameters": "parameters", "UserComment": "xmp:UserComment", "description": "xmp:description"}
    return {name: text for tag, name in found.items() if (text := element(xmp, tag))}
