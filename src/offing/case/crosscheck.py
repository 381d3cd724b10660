"""What no single key of case.yaml can get wrong alone: names that refer to each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath, PureWindowsPath

from offing.case.definition import CaseDefinition, Recognition
from offing.case.schema import Path
from offing.claims import AnyOf
from offing.errors import CaseFileError, OffingError, did_you_mean
from offing.timespan import zone
from offing.vessels.class_checks import faults
from offing.vessels.classes import ClassLibrary, library
from offing.vessels.reference.model import ReferenceImage

Fail = Callable[[str, Path, str | None], CaseFileError]
"""(what, path of the value, fix) → the error with its line."""

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def cross_check(case: CaseDefinition, fail: Fail) -> ClassLibrary:
    """The class library of the case, once every reference in it leads somewhere. Raises CaseFileError."""
    for section in ("sources", "claims", "sites", "classes", "vessels", "references"):
        _ids(section, [entry.id for entry in getattr(case, section)], fail)
    classes = _library(case, fail)
    _zone(case, fail)
    _sources(case, fail)
    _sites(case, classes, fail)
    _vessels(case, classes, fail)
    _claims(case, classes, fail)
    _competing(case, fail)
    _identity(case, classes, fail)
    return classes


def nearest(word: str, known: Iterable[str], kind: str) -> str:
    """What to do about a name that is not known: the nearest ones, or all of them."""
    names = sorted(known)
    return did_you_mean(word, names, f"known {kind}: {', '.join(names[:20])}" if names else f"add it under {kind}")


def _ids(section: str, ids: list[str], fail: Fail, root: Path = ()) -> None:
    seen: set[str] = set()
    for i, name in enumerate(ids):
        path = (*root, section, i, "id")
        _safe(name, path, fail)
        if name in seen:
            raise fail(f"the id {name!r} is used twice under {section}", path, "give each its own")
        seen.add(name)


def _safe(name: str, path: Path, fail: Fail) -> None:
    if not _SAFE_ID.fullmatch(name):
        raise fail(f"the id {name!r} is not safe", path, "use up to 100 letters (a-z), digits, '.', '_' and '-'")


def _known(name: str, known: Iterable[str], section: str, path: Path, fail: Fail) -> None:
    names = set(known)
    if name not in names:
        raise fail(f"{name!r} is not under {section}", path, nearest(name, names, section))


def _classes(ids: Iterable[str], classes: ClassLibrary, path: Path, fail: Fail) -> None:
    for i, name in enumerate(ids):
        _class(name, classes, (*path, i), fail)


def _class(name: str, classes: ClassLibrary, path: Path, fail: Fail) -> None:
    try:
        classes.get(name)
    except OffingError as error:
        raise fail(error.what, path, error.fix) from error


def _library(case: CaseDefinition, fail: Fail) -> ClassLibrary:
    for i, entry in enumerate(case.classes):
        for fault in faults(entry):
            raise fail(f"class {entry.id!r}: {fault.what}", ("classes", i, fault.key), fault.fix)
    try:
        return library(case.classes)
    except OffingError as error:
        culprit = next(
            (i for i, c in enumerate(case.classes) if repr(c.id) in error.what or repr(c.parent) in error.what), None
        )
        path: Path = ("classes",) if culprit is None else ("classes", culprit, "parent")
        raise fail(error.what, path, error.fix) from error


def _zone(case: CaseDefinition, fail: Fail) -> None:
    if case.timezone is not None:
        try:
            zone(case.timezone)
        except OffingError as error:
            raise fail(error.what, ("timezone",), error.fix) from error


def _sources(case: CaseDefinition, fail: Fail) -> None:
    known = {source.id for source in case.sources}
    for i, source in enumerate(case.sources):
        for j, quoted in enumerate(source.quotes):
            path = ("sources", i, "quotes", j)
            if quoted == source.id:
                raise fail(f"the source {quoted!r} quotes itself", path, "name the source it relays")
            _known(quoted, known, "sources", path, fail)


def _sites(case: CaseDefinition, classes: ClassLibrary, fail: Fail) -> None:
    for i, site in enumerate(case.sites):
        _path(site.area, "sites/port.geojson", ("sites", i, "area"), fail)
        for j, entry in enumerate(site.baseline):
            _classes(entry.classes, classes, ("sites", i, "baseline", j, "classes"), fail)


def _path(text: str | None, example: str, path: Path, fail: Fail) -> None:
    if text is not None and not _inside(text):
        raise fail(
            f"the {path[-1]} {text!r} leads out of the case folder", path, f"write a path within it such as {example}"
        )


def _inside(text: str) -> bool:
    """Whether a path as written stays below the folder it is relative to, on any system."""
    windows, posix = PureWindowsPath(text), PurePosixPath(text)
    anchored = windows.drive or windows.root or posix.is_absolute()
    return not anchored and ".." not in windows.parts and text not in ("", ".")


def _vessels(case: CaseDefinition, classes: ClassLibrary, fail: Fail) -> None:
    for i, vessel in enumerate(case.vessels):
        _class(vessel.vessel_class, classes, ("vessels", i, "class"), fail)


def _claims(case: CaseDefinition, classes: ClassLibrary, fail: Fail) -> None:
    sources = {source.id for source in case.sources}
    for i, claim in enumerate(case.claims):
        _known(claim.source, sources, "sources", ("claims", i, "source"), fail)
        path: Path = ("claims", i, "elements")
        elements = claim.elements
        if all(getattr(elements, name) is None for name in elements.__struct_fields__):
            raise fail(f"the claim {claim.id!r} has no elements", path, "write at least one, e.g. destination")
        _places(elements.origin, case, (*path, "origin"), fail)
        _places(elements.destination, case, (*path, "destination"), fail)
        if elements.carrier is not None:
            _classes(elements.carrier.classes, classes, (*path, "carrier", "classes"), fail)
            for j, name in enumerate(elements.carrier.vessels):
                _known(name, {v.id for v in case.vessels}, "vessels", (*path, "carrier", "vessels", j), fail)


def _places(places: str | tuple[str, ...] | AnyOf | None, case: CaseDefinition, path: Path, fail: Fail) -> None:
    if places is None:
        return
    if isinstance(places, str):
        named: list[tuple[str, Path]] = [(places, path)]
    elif isinstance(places, AnyOf):
        named = [(p, (*path, "any_of", i)) for i, p in enumerate(places.any_of)]
    else:
        named = [(p, (*path, i)) for i, p in enumerate(places)]
    if not named:
        raise fail("an empty list of sites", path, "name at least one site, or leave the key out")
    seen: set[str] = set()
    for name, where in named:
        _known(name, {site.id for site in case.sites}, "sites", where, fail)
        if name in seen:
            raise fail(f"the site {name!r} is listed twice", where, "keep one of them")
        seen.add(name)


def _competing(case: CaseDefinition, fail: Fail) -> None:
    sources, claims = {s.id for s in case.sources}, {c.id for c in case.claims}
    for i, competing in enumerate(case.competing):
        root: Path = ("competing", i)
        hypotheses = [h.id for h in competing.hypotheses]
        _ids("hypotheses", hypotheses, fail, root)
        if len(hypotheses) < 2:
            raise fail(
                f"{len(hypotheses)} hypothesis cannot compete" if hypotheses else "no hypothesis competes",
                (*root, "hypotheses"),
                "write two or more",
            )
        seen: set[str] = set()
        for j, item in enumerate(competing.items):
            if item.id is not None:
                _item_id(item.id, seen, (*root, "items", j, "id"), fail)
            _item_source(item.source, sources, claims, (*root, "items", j, "source"), fail)
            for name in item.marks:
                _known(name, hypotheses, "hypotheses", (*root, "items", j, "marks", name), fail)


def _item_id(name: str, seen: set[str], path: Path, fail: Fail) -> None:
    _safe(name, path, fail)
    if name in seen:
        raise fail(f"the id {name!r} is used twice under items", path, "give each its own")
    seen.add(name)


def _item_source(named: str, sources: set[str], claims: set[str], path: Path, fail: Fail) -> None:
    """A source, a look or a verdict; whether the case holds that look or verdict is known only once it has run."""
    kind, colon, rest = named.partition(":")
    if not colon or kind not in ("look", "verdict"):
        _known(named, sources, "sources", path, fail)
    elif kind == "look" and not rest:
        raise fail("look: names no look", path, "write look:ID; offing looks lists them")
    elif kind == "verdict":
        claim, slash, element = rest.partition("/")
        if not slash or not element:
            raise fail(f"{named!r} names no verdict", path, "write verdict:CLAIM/ELEMENT; offing verdicts lists them")
        _known(claim, claims, "claims", path, fail)


def _identity(case: CaseDefinition, classes: ClassLibrary, fail: Fail) -> None:
    """Photographs, what persons recognised, and files of AIS."""
    vessels, sources = {v.id for v in case.vessels}, {s.id for s in case.sources}
    for i, shown in enumerate(case.references):
        _ship(shown, vessels, classes, ("references", i), fail)
        _path(shown.path, "references/photo.jpg", ("references", i, "path"), fail)
    features = {f.id for c in classes for f in c.features}
    for i, seen in enumerate(case.recognition):
        root: Path = ("recognition", i)
        _ship(seen, vessels, classes, root, fail)
        for name in seen.features:
            _known(name, features, "features of the class library", (*root, "features", name), fail)
    for i, file in enumerate(case.ais):
        for key in ("path", "coverage"):
            _path(getattr(file, key), "ais/october.csv", ("ais", i, key), fail)
        if file.source is not None:
            _known(file.source, sources, "sources", ("ais", i, "source"), fail)
    for i, table in enumerate(case.ports):
        _path(table.path, "ports/world_port_index.csv", ("ports", i, "path"), fail)


def _ship(
    named: ReferenceImage | Recognition, vessels: set[str], classes: ClassLibrary, path: Path, fail: Fail
) -> None:
    if named.vessel_class is not None:
        _class(named.vessel_class, classes, (*path, "class"), fail)
    if named.vessel is not None:
        _known(named.vessel, vessels, "vessels", (*path, "vessel"), fail)
