"""YAML text as a tree that knows its lines, read without trusting it.

Only plain YAML 1.2 data is let in: mappings, lists and scalars. Aliases and merge keys (which can
explode), tags (which can construct objects), repeated keys, further documents and deep nesting are
errors. Scalars stay as they were written: what a value means is for the schema to say, so that
``2024-10-18`` is not turned into a date nor ``081`` into a number on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from offing.errors import CaseFileError

MAX_BYTES = 2_000_000
"""A case file is written by people; anything larger is something else."""
MAX_DEPTH = 24
MAX_NODES = 100_000

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class Node:
    """A scalar, list or mapping of a YAML text."""

    kind: Literal["scalar", "list", "mapping"]
    line: int
    """1-based line on which it begins."""
    start: int
    """Index of its first character in the text."""
    end: int
    """Index after its last character, comments and blank lines behind it excluded."""
    text: str = ""
    """A scalar's value."""
    plain: bool = False
    """True: a scalar without quotes, so that it may be a number, true, false or null."""
    flow: bool = False
    """True: written in brackets or braces."""
    items: list[Node] = field(default_factory=list)
    """A list's members."""
    entries: list[tuple[Node, Node]] = field(default_factory=list)
    """A mapping's (key, value) pairs in the order written."""

    @property
    def is_null(self) -> bool:
        """Whether nothing, or YAML's null, was written."""
        return self.kind == "scalar" and self.plain and self.text in _NULLS

    def get(self, key: str) -> Node | None:
        """The value under ``key`` of a mapping."""
        return next((value for name, value in self.entries if name.text == key), None)


def parse(text: str, name: str) -> Node:
    """The one document of ``text``; ``name`` stands in the errors' ``where``.

    Raises CaseFileError with ``where`` = ``name:line``.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return _Composer(name).compose(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _syntax(error.problem or error.context or "no YAML", name, mark.line + 1 if mark else 1) from error
    except YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position if isinstance(position, int) else 0) + 1
        raise CaseFileError(
            "a control character or another that YAML does not allow", where=f"{name}:{line}", fix="remove it"
        ) from error
    except (ValueError, OverflowError, RecursionError, IndexError, TypeError) as error:
        raise CaseFileError("this is no YAML that can be read", where=f"{name}:1") from error


def _syntax(problem: str, name: str, line: int) -> CaseFileError:
    if r"\t" in problem or "\t" in problem:
        return CaseFileError("a tab where spaces are expected", where=f"{name}:{line}", fix="indent with spaces")
    return CaseFileError(
        f"not YAML: {problem}", where=f"{name}:{line}", fix="check indentation, colons, brackets and quotes"
    )


class _Composer:
    """Builds the tree from ruamel's events, one at a time, so that nothing is expanded or recursed into."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stack: list[Node] = []
        self._keys: list[Node | None] = []
        self._seen: list[set[str]] = []
        self._root: Node | None = None
        self._count = 0

    def compose(self, events: Iterator[Any]) -> Node:
        documents = 0
        for event in events:
            kind = type(event).__name__
            line = event.start_mark.line + 1
            if kind == "AliasEvent":
                raise self._refuse("an alias (*name)", line, "write the value out where it is needed")
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self._refuse("a second document", line, "keep one document in the file")
            elif kind == "ScalarEvent":
                self._add(self._scalar(event, line), line)
            elif kind in ("SequenceStartEvent", "MappingStartEvent"):
                self._open(event, "list" if kind == "SequenceStartEvent" else "mapping", line)
            elif kind in ("SequenceEndEvent", "MappingEndEvent"):
                self._close(event)
        if self._root is None:
            return Node("scalar", 1, 0, 0, plain=True)
        return self._root

    def _refuse(self, what: str, line: int, fix: str) -> CaseFileError:
        return CaseFileError(f"{what} is not allowed here", where=f"{self._name}:{line}", fix=fix)

    def _scalar(self, event: Any, line: int) -> Node:  # noqa: ANN401 - ruamel's events are untyped
        self._no_tag(event, line)
        value = str(event.value)
        if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) <= 0xDFFF or ord(c) == 127 for c in value):
            raise self._refuse("a control character", line, "remove it")
        return Node(
            "scalar", line, event.start_mark.index, event.end_mark.index, text=value, plain=event.style in (None, "")
        )

    def _no_tag(self, event: Any, line: int) -> None:  # noqa: ANN401
        if event.tag is not None:
            raise self._refuse(f"the tag {event.tag}", line, "remove it")

    def _open(self, event: Any, kind: Literal["list", "mapping"], line: int) -> None:  # noqa: ANN401
        self._no_tag(event, line)
        node = Node(kind, line, event.start_mark.index, event.end_mark.index, flow=bool(event.flow_style))
        self._add(node, line)
        if len(self._stack) >= MAX_DEPTH:
            raise self._refuse(f"nesting deeper than {MAX_DEPTH}", line, "write it flatter")
        self._stack.append(node)
        self._keys.append(None)
        self._seen.append(set())

    def _close(self, event: Any) -> None:  # noqa: ANN401
        node = self._stack.pop()
        self._keys.pop()
        self._seen.pop()
        if node.flow:
            node.end = event.end_mark.index
        elif self._stack:
            self._stack[-1].end = max(self._stack[-1].end, node.end)
        if self._stack:
            self._stack[-1].end = max(self._stack[-1].end, node.end)

    def _add(self, node: Node, line: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise self._refuse(f"more than {MAX_NODES} values", line, "split the case")
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        parent.end = max(parent.end, node.end)
        if parent.kind == "list":
            parent.items.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = self._key(node)
        else:
            parent.entries.append((key, node))
            self._keys[-1] = None

    def _key(self, node: Node) -> Node:
        if node.kind != "scalar":
            raise self._refuse("a list or mapping as a key", node.line, "write a name before the colon")
        if node.text == "<<":
            raise self._refuse("the merge key <<", node.line, "write the values out")
        if node.text in self._seen[-1]:
            raise CaseFileError(
                f"the key {node.text!r} is written twice", where=f"{self._name}:{node.line}", fix="keep one of them"
            )
        self._seen[-1].add(node.text)
        return node
