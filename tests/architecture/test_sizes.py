"""One concept, one file: no file grows beyond what a reader holds in mind."""

from __future__ import annotations

from tests.architecture.sources import PACKAGES, sources

#: Lines beyond which a file is refused.
MOST = 400


def lengths() -> dict[str, int]:
    """Lines of every Python file of the project."""
    return {
        str(source): len(source.text.splitlines())
        for source in sources(*PACKAGES, "examples", "benchmarks", "tests")
    }


def test_no_file_is_longer_than_400_lines() -> None:
    assert {name: count for name, count in lengths().items() if count > MOST} == {}
