"""Key paths such as ``links[2].length``: how messages and overrides name a place in a document.

Names are joined by dots and list positions stand in brackets, counted from 0. A name that holds anything but
letters, digits, ``_`` and ``-`` is written in double quotes: ``nodes."New York".memory``. A link may be
named by its ends, ``link(a,b).length`` (`qsim.documents.link_address`).
"""

from __future__ import annotations

import json
import re
from typing import Final, TypeAlias

from qsim.errors import ParameterError

KeyPath: TypeAlias = tuple[str | int, ...]

_PLAIN: Final = re.compile(r"[\w-]+\Z")
_WORD: Final = r"""(?:\s*"(?:[^"\\]|\\.)*"\s*|[^,()"]+)"""
#: A link by the names of its ends: the first step of a path.
LINK: Final = re.compile(rf"link\((?:{_WORD},)+{_WORD}\)")
_STEP: Final = re.compile(
    r"""\[(?P<index>\d{1,9})\]                 # [2]
      | (?P<dot>\.)?(?:
            "(?P<quoted>(?:[^"\\]|\\.)*)"      # "New York"
          | (?P<plain>[^.\[\]"]+)              # memory
        )""",
    re.VERBOSE,
)


def format_path(path: KeyPath) -> str:
    """Write a key path as text.

    Example:
        >>> format_path(("links", 2, "length")), format_path(("nodes", "New York"))
        ('links[2].length', 'nodes."New York"')
    """
    text = ""
    for place, step in enumerate(path):
        if isinstance(step, int):
            text += f"[{step}]"
        elif place == 0 and LINK.fullmatch(step):
            text = step
        else:
            name = step if _PLAIN.match(step) else json.dumps(step, ensure_ascii=False)
            text += f".{name}" if text else name
    return text


def parse_path(text: str) -> KeyPath:
    """Read a key path.

    Raises:
        ParameterError: the text is no key path.

    Example:
        >>> parse_path('traffic[0].pairs')
        ('traffic', 0, 'pairs')
    """
    link = LINK.match(text)
    steps: list[str | int] = [link[0]] if link else []
    position = link.end() if link else 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or (match["index"] is None and bool(match["dot"]) != bool(steps)):
            raise ParameterError(f"{text!r} is no key path; one looks like 'run.seed' or 'links[2].length'")
        if match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["quoted"] is not None:
            steps.append(re.sub(r"\\(.)", r"\1", match["quoted"]))
        else:
            steps.append(match["plain"].strip())
        position = match.end()
    if not steps or not isinstance(steps[0], str):
        raise ParameterError(f"{text!r} is no key path; one looks like 'run.seed' or 'links[2].length'")
    return tuple(steps)
