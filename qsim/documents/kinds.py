"""Objects of a registered kind in a document: their short form, and how one is laid over another.

Such an object is written ``{kind: NAME, ...parameters}`` or, with nothing but its name, ``NAME``. Where the
name may be left out, the default of its field is meant. ``{preset: NAME, ...}`` stands for an object with all
that the preset says; what is written beside the preset is laid over that.
"""

from __future__ import annotations

from typing import Any

from qsim import registry
from qsim.documents.faults import Faults
from qsim.documents.tree import Node, from_plain
from qsim.errors import RegistryError
from qsim.parameters import Declared, OfKind, are_named, declarations
from qsim.preset_table import KEY


def find(kind: str, name: str) -> Any | None:
    """The class of a kind and a name, or None."""
    try:
        return registry.lookup(kind, name)
    except RegistryError:
        return None


def kind_fields(cls: Any) -> dict[str, tuple[str, str]]:
    """The fields of a class that hold objects of kinds.

    Returns:
        For each field its kind, and the name meant when none is given; empty when one must be given.
    """
    if not (isinstance(cls, type) and issubclass(cls, Declared)):
        return {}
    fields = {}
    for declared in declarations(cls):
        if isinstance(declared.about, OfKind):
            default = declared.default if isinstance(declared.default, Declared) else None
            name = declared.about.default or (registry.name_of(type(default)) if default else "")
            fields[declared.name] = declared.about.kind, name
    return fields


def laid_over(kind: str, default_name: str, base: Node | None, over: Node | None) -> Node | None:
    """Lay one object of a kind over another.

    Objects of the same name merge key by key; an object of another name, or one that names a preset, replaces
    the one below.

    Args:
        kind: the kind.
        default_name: what an object without a name is.
        base: the object below, in short or long form.
        over: the object above, likewise.

    Returns:
        The merged object. When only one of the two is given it is returned as it is, so that many nodes may
        share it; None when neither is.
    """
    if base is None or over is None:
        return base or over
    if KEY in over.items:
        return over
    below, above = spelt_out(kind, base), spelt_out(kind, over)
    name = name_in(kind, base, default_name)
    if above is None or below is None or ("kind" in above and name_in(kind, over, default_name) != name):
        return over
    fields = kind_fields(find(kind, name))
    # A preset below stays named, so that what comes of it still replaces what lies further down.
    merged = dict(long_form(base) or {})
    for key, entry in above.items():
        nested = fields.get(key)
        merged[key] = (laid_over(*nested, below.get(key), entry) if nested else None) or entry
    # A fault of the whole, such as a missing key, is told where the file says something, not at an override.
    return (base if over.place.overridden else over).within(merged)


def laid_over_named(kind: str, default_name: str, base: Node | None, over: Node | None) -> Node | None:
    """Lay one object of a kind, or several by name, over one or several.

    Several stand in place of one, each laid over it; of several, those of the same name are laid over each
    other. One stands in place of several.

    Args:
        kind, default_name, base, over: as in `laid_over`.
    """
    if base is None or over is None:
        return base or over
    several = _are_named(kind, default_name, base)
    if not _are_named(kind, default_name, over) or (not several and _within(kind, default_name, base, over)):
        return over if several else laid_over(kind, default_name, base, over)
    below = {name: base.items.get(name) if several else base for name in over.items}
    return over.within(
        {
            name: laid_over(kind, default_name, below[name], entry) or entry
            for name, entry in over.items.items()
        }
    )


def _are_named(kind: str, default_name: str, node: Node) -> bool:
    return are_named(kind, default_name, {name: entry.value for name, entry in node.items.items()})


def _within(kind: str, default_name: str, base: Node, over: Node) -> bool:
    """Whether all keys are those of objects that an object holds."""
    return set(over.items) <= set(kind_fields(find(kind, name_in(kind, base, default_name))))


def long_form(node: Node) -> dict[str, Node] | None:
    """The entries of an object in its short or long form; None when it is neither."""
    if isinstance(node.value, str):
        return {"kind": node}
    return node.value if isinstance(node.value, dict) else None


def spelt_out(kind: str, node: Node) -> dict[str, Node] | None:
    """The entries of an object, those of its preset included; None when it is neither form.

    The values of a preset are said to stand where the preset is named. An unknown preset is left to whoever
    makes the object.
    """
    entries = long_form(node)
    named = (entries or {}).get(KEY)
    known = registry.presets(kind).get(str(named.value)) if named is not None else None
    if entries is None or named is None or known is None:
        return entries
    whole = dict(from_plain(known.document(), named.place, Faults()).items)
    fields = kind_fields(find(kind, known.of))
    for key, entry in entries.items():
        if key in fields:
            lay = laid_over_named if fields[key][1] else laid_over
            whole[key] = lay(*fields[key], whole.get(key), entry) or entry
        elif key != KEY:
            whole[key] = entry
    return whole


def name_in(kind: str, node: Node | None, default_name: str = "") -> str:
    """The name of a kind that an object gives, in its short or long form."""
    given = (spelt_out(kind, node) or {}).get("kind") if node else None
    return given.value if given is not None and isinstance(given.value, str) else default_name
