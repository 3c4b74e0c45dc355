"""What a plain word in a YAML file means.

The core schema of YAML 1.2: ``1e-3`` is a number, ``0o17`` is fifteen, and ``no``, ``on``, ``12:30`` and
``2024-01-01`` are text. (YAML 1.1, which PyYAML implements, reads these differently.)

References:
    YAML 1.2.2, section 10.3.2, https://yaml.org/spec/1.2.2/#1032-tag-resolution
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from qsim.errors import ParameterError

Scalar: TypeAlias = str | int | float | bool | None

_PREFIX: Final = "tag:yaml.org,2002:"
_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{f"{sign}.{word}": float(f"{sign}inf") for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+\Z")
_BASED: Final = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_STARTS: Final = frozenset("+-.0123456789")
#: No quantity needs more digits, and every number of fewer is one that floats can express.
LONGEST: Final = 100
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "null": (type(None),),
    "bool": (bool,),
    "int": (int,),
    "float": (float, int),
}


def resolve(text: str) -> Scalar:
    """The value of a plain (unquoted) scalar.

    Raises:
        ParameterError: a number of absurd length.

    Example:
        >>> resolve("1e-3"), resolve("0o17"), resolve("no"), resolve("~"), resolve("20 km")
        (0.001, 15, 'no', None, '20 km')
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _STARTS:
        return text
    if _FLOAT.match(text) is None and _BASED.match(text) is None:
        return text
    if len(text) > LONGEST:
        raise ParameterError(f"a number of {len(text)} characters is too long")
    if _INTEGER.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    return float(text)


def tagged(text: str, tag: str) -> Scalar:
    """The value of a scalar with an explicit tag such as ``!!str``.

    Raises:
        ParameterError: the tag is none of the core schema, or the text is not of its type.

    Example:
        >>> tagged("5", "tag:yaml.org,2002:str")
        '5'
    """
    name = tag.removeprefix(_PREFIX)
    if tag == "!" or name == "str":
        return text
    if tag == name or name not in _TYPES:
        raise ParameterError(f"the tag {_shown(tag)} has no meaning here; leave it out")
    value = resolve(text)
    if not isinstance(value, _TYPES[name]) or (isinstance(value, bool) and name != "bool"):
        raise ParameterError(f"{text!r} is no {name}, as its tag {_shown(tag)} says")
    return float(value) if name == "float" and isinstance(value, int) else value


def needs_quotes(text: str) -> bool:
    """Whether a text, written plain, would be read as something else than text."""
    return not isinstance(resolve(text), str) if len(text) <= LONGEST else False


def _shown(tag: str) -> str:
    name = tag.removeprefix(_PREFIX)
    return f"!!{name}" if name != tag else tag
