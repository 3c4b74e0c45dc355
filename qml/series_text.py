"""What people and programs write into text files of numbers: separators, decimal commas, gaps, dates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final

#: Separators that are recognised, those first that no number and no date has in it.
SEPARATORS: Final = (";", "\t", "|", ",")
#: Texts that say that a value is missing, in small letters.
_MISSING: Final = ("", "na", "n/a", "nan", "null", "none")
#: What dates look like. pandas alone would also take "1,5" for one.
_DATE: Final = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([ T].*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?"
    r"|\d{4}-?Q[1-4]"
    r"|[\d ]*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ .-][\d ,:-]+",
    re.IGNORECASE,
)
_COMMA: Final = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


def separator_of(line: str) -> str:
    """What stands between the fields of a line.

    Where nothing does there is one column, and a comma in it is a decimal mark: so not a comma.

    Example:
        >>> separator_of("time;load"), separator_of("1.5,2"), separator_of("load")
        (';', ',', ';')
    """
    outside = re.sub('"[^"]*"', "", line)
    return next((mark for mark in SEPARATORS if mark in outside), SEPARATORS[0])


def decimal_of(separator: str, fields: Iterable[str]) -> str:
    """The decimal mark: a comma if it separates nothing, stands in a number, and no number has a point."""
    if separator == ",":
        return "."
    comma = False
    for field in fields:
        if "." in field and number(field) is not None:
            return "."
        comma = comma or _COMMA.fullmatch(field.strip()) is not None
    return "," if comma else "."


def number(text: str, decimal: str = ".") -> float | None:
    """The number that a text is; NaN where it says that one is missing, None where it is something else."""
    if text.strip().lower() in _MISSING:
        return math.nan
    if decimal == ",":
        text = "" if "." in text else text.replace(",", ".")
    # Python reads 1_000 as a number; in a data file it is a slip.
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def are_dates(texts: Sequence[str]) -> bool:
    """Whether all texts are dates, with or without a time of day, that pandas reads."""
    if not texts or not all(_DATE.fullmatch(text.strip()) and number(text) is None for text in texts):
        return False
    import warnings

    import pandas as pd

    with warnings.catch_warnings():
        # That days may be taken for months matters to nobody here.
        warnings.simplefilter("ignore", UserWarning)
        return bool(pd.to_datetime(pd.Series(list(texts)), errors="coerce", format="mixed").notna().all())
