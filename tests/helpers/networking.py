"""Modules that open connections, and the project's modules that import them."""

from __future__ import annotations

from functools import cache

from tests.helpers.source_tree import OURS, imports

# Networking modules of the standard library, of Qt, and of packages that other packages bring along.
NETWORKING = {
    *("socket", "ssl", "http", "urllib.request", "urllib3", "ftplib", "smtplib", "imaplib", "poplib", "xmlrpc"),
    *(
        "socketserver",
        "webbrowser",
        "PySide6.QtNetwork",
        "PySide6.QtWebSockets",
        "starlette",
        "uvicorn",
        "h11",
        "wsproto",
    ),
    *(
        "requests",
        "httpx",
        "httpx2",
        "aiohttp",
        "websockets",
        "wsproto",
        "huggingface_hub",
        "hf_xet",
        "tornado",
        "fsspec",
    ),
}


@cache
def networking_imports() -> dict[str, set[str]]:
    """Return the modules of the project that import networking modules, with the modules that they import."""
    found = {name: set(filter(_is_networking, imports(name, path))) for name, path in OURS.items()}
    return {name: modules for name, modules in found.items() if modules}


def _is_networking(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in NETWORKING)
