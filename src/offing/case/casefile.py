"""case.yaml: reading it with every error on its line, and the text that a new case starts from."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from offing.case import schema, yamltext
from offing.case.crosscheck import cross_check
from offing.case.definition import CaseDefinition
from offing.errors import CaseFileError
from offing.vessels.classes import ClassLibrary

CASE_FILE = "case.yaml"
"""The name of the file in every case folder."""


def read_case_file(path: Path) -> CaseDefinition:
    """What the analyst wrote in ``path``.

    Raises CaseFileError, whose ``where`` is ``path:line``, for anything that is not as documented.
    """
    return read_case_text(load_text(path), str(path))[0]


def read_case_text(text: str, name: str) -> tuple[CaseDefinition, ClassLibrary]:
    """A case as text, with its class library; ``name`` stands for the file in errors. Raises CaseFileError."""
    root = yamltext.parse(text, name)
    if root.kind != "mapping":
        what = "it is empty" if root.is_null else "it holds no keys"
        raise CaseFileError(what, where=f"{name}:{root.line}", fix="begin with a line such as title: What was reported")
    converter = schema.Converter(name)
    case = converter.convert(root, CaseDefinition)

    def fail(what: str, at: schema.Path, fix: str | None) -> CaseFileError:
        while at and at not in converter.lines:
            at = at[:-1]
        return converter.fail(what, converter.lines.get(at, 1), fix)

    return case, cross_check(case, fail)


def line_of(path: Path, at: schema.Path) -> int:
    """The line of a value of a case file that reads well. Raises CaseFileError where it does not."""
    converter = schema.Converter(str(path))
    converter.convert(yamltext.parse(load_text(path), str(path)), CaseDefinition)
    return converter.lines.get(at, 1)


def load_text(path: Path) -> str:
    """The file's text with its line ends as they are; a byte order mark is left in place.

    Raises CaseFileError when it is missing, no ordinary file, too large, or not UTF-8.
    """
    try:
        if path.exists() and not path.is_file():
            raise CaseFileError("this is no ordinary file", where=str(path), fix="name a case.yaml")
        with path.open("rb") as file:
            data = file.read(yamltext.MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise CaseFileError("there is no such file", where=str(path), fix="offing new DIR makes a case") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CaseFileError(f"cannot be read: {reason}", where=str(path)) from error
    if len(data) > yamltext.MAX_BYTES:
        megabytes = yamltext.MAX_BYTES // 1_000_000
        raise CaseFileError(f"larger than {megabytes} MB", where=str(path), fix="this is no case file")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CaseFileError("not UTF-8 text", where=f"{path}:{line}", fix="save the file as UTF-8") from error


def new_case_text(title: str) -> str:
    """A case.yaml that has this title and explains every key in comments.

    Raises CaseFileError for a title that is empty or holds control characters.
    """
    flat = " ".join(title.split())
    template = (files("offing.case") / "new_case.yaml").read_text(encoding="utf-8")
    # A JSON string is a YAML double-quoted scalar, whatever it holds.
    text = template.replace("TITLE", json.dumps(flat, ensure_ascii=False), 1)
    try:
        read_case_text(text, CASE_FILE)
    except CaseFileError as error:
        raise CaseFileError(f"the title {flat!r} cannot be used", fix="give a short plain text") from error
    return text
