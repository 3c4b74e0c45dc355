"""Words that choose what a figure shows."""

from __future__ import annotations

from collections.abc import Collection

from qsim.errors import ParameterError


def one_of(name: str, value: str, choices: Collection[str]) -> None:
    """Refuse a word that is none of the choices.

    Raises:
        ParameterError: it is none of them.
    """
    if value not in choices:
        *others, last = (f"'{choice}'" for choice in choices)
        raise ParameterError(f"`{name}` must be {', '.join(others)} or {last}, got {value!r}")
