"""Modules of the source tree and their imports, read from the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def package_of(module: str) -> str:
    """Return the subpackage of `gdm_studio` to which a module belongs, or "" for the package itself."""
    return [*module.split("."), ""][1]


def modules(package: str) -> dict[str, Path]:
    """Return the source files of all modules in a package, by dotted module name."""
    files = sorted((ROOT / package).rglob("*.py"))
    dotted = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in files}
    return {name.removesuffix(".__init__"): path for name, path in dotted.items()}


OURS = modules("gdm_studio")
BENCHES = modules("benches")


def syntax_nodes(path: Path, words: Collection[str] = ("",)) -> list[ast.AST]:
    """Parse a Python source file and return all nodes of its syntax tree, in no particular order.

    A file that contains none of the `words` has no nodes. The trees are not cached: the collector would go through
    millions of nodes after each later test.
    """
    text = path.read_text(encoding="utf-8")
    return list(ast.walk(ast.parse(text))) if any(word in text for word in words) else []


@cache
def imports(name: str, path: Path, *, only_on_import: bool = False) -> set[str]:
    """Return the dotted names that a module imports.

    With `only_on_import`, imports inside functions are left out.
    """
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in _nodes(ast.parse(path.read_text(encoding="utf-8")), only_on_import):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, [above, node.module]))
            inside = [f"{source}.{alias.name}" for alias in node.names]
            found.update({source}, (module for module in inside if module in OURS))
    return found


def imported_modules(name: str) -> set[str]:
    """Return the project's modules from which a module imports names.

    A package counts only if it is imported itself.
    """
    found: set[str] = set()
    for node in syntax_nodes(OURS[name]):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            found.update(module if module in OURS else str(node.module) for module in inside)
    return {module for module in found if module in OURS and module != name}


def _nodes(tree: ast.AST, only_on_import: bool) -> Iterator[ast.AST]:
    """Yield the statements of a module in no particular order. Imports are statements, so expressions are left out."""
    waiting = [tree]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if isinstance(node, ast.expr):
                continue
            if only_on_import:
                deferred = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                if deferred or (isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")):
                    continue
            yield node
            waiting.append(node)
