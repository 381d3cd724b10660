"""Edits to case.yaml that leave every other character of the file as the analyst wrote it.

The place of each value is known from the parse, so the new text is spliced in there: comments,
order, quoting and line ends survive because nothing else is written again. The edited text is read
back and checked in full before it takes the place of the old one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from offing.case import yamltext
from offing.case.casefile import load_text, read_case_text
from offing.case.definition import CaseDefinition
from offing.case.files import replacing
from offing.case.yamltext import Node
from offing.errors import CaseFileError

Value = None | bool | int | float | str | Sequence["Value"] | Mapping[str, "Value"]
"""What can be written into case.yaml."""
_Change = Callable[[str, Node], str]


def add_entry(path: Path, section: str, entry: Mapping[str, Value]) -> CaseDefinition:
    """Append ``entry`` to a section that is a list (``sources``, ``claims``, ``sites``, ``vessels`` …).

    Returns the case as it then stands. Raises CaseFileError, and leaves the file alone, when the result would
    not be valid.
    """
    return _edit(path, lambda text, root: _append(text, root, section, entry))


def set_value(path: Path, keys: Sequence[str | int], value: Value) -> CaseDefinition:
    """Set the value at ``keys`` (names, and 0-based places in lists), adding the last key where it is new.

    ``set_value(path, ("sites", 0, "area"), "sites/port.geojson")``. Returns the case as it then stands.
    Raises CaseFileError, and leaves the file alone, when there is no such place or the result would not be valid.
    """
    return _edit(path, lambda text, root: _assign(text, root, tuple(keys), value, str(path)))


def _edit(path: Path, change: _Change) -> CaseDefinition:
    before = load_text(path)
    mark = "\ufeff" if before.startswith("\ufeff") else ""
    text = before[len(mark) :]
    after = change(text, yamltext.parse(text, str(path)))
    case, _ = read_case_text(after, str(path))
    target = path.resolve()
    with replacing(target) as out:
        out.write((mark + after).encode("utf-8"))
        if load_text(path) != before:
            raise CaseFileError("it was changed by someone else meanwhile", where=str(path), fix="run it again")
    return case


def _append(text: str, root: Node, section: str, entry: Mapping[str, Value]) -> str:
    node = root.get(section)
    end = _newline(text)
    if node is None:
        head = text if not text or text.endswith(("\n", "\r")) else text + end
        return head + _lines([f"{section}:", *_block_item(entry, "  ")], end)
    if node.kind == "list" and not node.flow and node.items:
        indent = " " * _column(text, node.start)
        return _insert_line(text, _after_block(text, node.end, len(indent)), _block_item(entry, indent))
    if node.kind == "list" and node.items:
        at = node.items[-1].end
        return f"{text[:at]}, {_flow(entry)}{text[at:]}"
    # An empty list or nothing at all: what stood there goes, a comment behind it stays.
    line_end = _line_end(text, node.end)
    kept = (text[: node.start].rstrip(" ") + text[node.end : line_end]).rstrip(" ")
    return _insert_line(kept + text[line_end:], len(kept), _block_item(entry, "  "))


def _assign(text: str, root: Node, keys: tuple[str | int, ...], value: Value, name: str) -> str:
    if not keys:
        raise CaseFileError("no key was named", where=name)
    parent = _find(root, keys[:-1], name)
    last = keys[-1]
    if isinstance(last, int):
        return _replace(text, _find(root, keys, name), value)
    if parent.kind != "mapping":
        raise CaseFileError(f"{_dotted(keys[:-1])} has no keys", where=f"{name}:{parent.line}")
    old = parent.get(last)
    if old is not None:
        return _replace(text, old, value)
    if parent.flow:
        at = parent.entries[-1][1].end if parent.entries else parent.start + 1
        comma = ", " if parent.entries else ""
        return f"{text[:at]}{comma}{last}: {_flow(value)}{text[at:]}"
    column = _column(text, parent.start)
    at = _after_block(text, parent.end, column)
    return _insert_line(text, at, [f"{' ' * column}{last}: {_flow(value)}"])


def _replace(text: str, node: Node, value: Value) -> str:
    written = _flow(value)
    if node.start == node.end and text[node.start - 1 : node.start] == ":":
        written = f" {written}"
    end = node.start + len(text[node.start : node.end].rstrip())
    return text[: node.start] + written + text[end:]


def _find(node: Node, keys: tuple[str | int, ...], name: str) -> Node:
    for i, key in enumerate(keys):
        inner = None
        if isinstance(key, int):
            inner = node.items[key] if node.kind == "list" and 0 <= key < len(node.items) else None
        elif node.kind == "mapping":
            inner = node.get(key)
        if inner is None:
            raise CaseFileError(f"there is no {_dotted(keys[: i + 1])}", where=f"{name}:{node.line}")
        node = inner
    return node


def _dotted(keys: tuple[str | int, ...]) -> str:
    return ".".join(str(key) for key in keys) or "the file"


def _block_item(entry: Mapping[str, Value], indent: str) -> list[str]:
    """A list member in block style, one line a key."""
    lines = [f"{key}: {_flow(value)}" for key, value in entry.items() if value is not None]
    return [f"{indent}{'- ' if i == 0 else '  '}{line}" for i, line in enumerate(lines)]


def _flow(value: Value) -> str:
    """A value on one line, quoted where YAML would take it for something else."""
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = True
    writer.allow_unicode = True
    writer.width = 1_000_000
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    out = io.StringIO()
    writer.dump(_plain(value), out)
    return out.getvalue().removesuffix("...\n").strip()


def _plain(value: Value) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _lines(lines: list[str], end: str) -> str:
    return "".join(line + end for line in lines)


def _column(text: str, index: int) -> int:
    return index - (text.rfind("\n", 0, index) + 1)


def _line_end(text: str, index: int) -> int:
    """Index of the line break that ends the line of ``index``, or of the end of the text."""
    at = text.find("\n", index)
    if at < 0:
        return len(text)
    return at - 1 if text[at - 1 : at] == "\r" else at


def _after_block(text: str, end: int, indent: int) -> int:
    """Where a block ends: behind its last line and the comments that are indented deeper than it."""
    stop = index = _line_end(text, len(text[:end].rstrip()))
    while (begin := text.find("\n", index) + 1) > 0 and begin < len(text):
        index = _line_end(text, begin)
        line = text[begin:index]
        if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) <= indent:
            break
        stop = index
    return stop


def _insert_line(text: str, at: int, lines: list[str]) -> str:
    """``lines`` put in as lines of their own behind the line that ends at ``at``."""
    end = _newline(text)
    return text[:at] + "".join(end + line for line in lines) + (text[at:] or end)
