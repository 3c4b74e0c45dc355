"""The how-to pages on swapping policies, processors and formalisms: their files run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.docs.pages import DOCS, ROOT

FILES = DOCS / "how-to" / "files"
PAGES = {
    "swapping-policy": "best_and_freshest",
    "processor": "unlike_routers",
    "formalism": "werner_formalism",
    "hardware-values": "nv_node",
}


def printed(name: str) -> list[tuple[str, ...]]:
    """What a file prints in a process of its own: the numbers of each line."""
    command = [sys.executable, str(FILES / f"{name}.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return [tuple(re.findall(r"\d+\.?\d*", line)) for line in done.stdout.splitlines()]


def test_the_best_and_freshest_pairs_are_fewer_and_better() -> None:
    (pairs, fidelity), *others = printed("best_and_freshest")
    for fewer, better in others:
        assert 0 < int(fewer) < int(pairs)
        assert float(better) > float(fidelity) + 0.03


def test_unlike_routers_agree_with_the_closed_form() -> None:
    lines = printed("unlike_routers")
    assert len(lines) == 4
    for *_, fidelity, expected in lines:
        assert fidelity == expected


def test_an_nv_like_node_keeps_to_the_closed_form_at_both_levels() -> None:
    lines = printed("nv_node")
    assert len(lines) == 12
    for *_, pairs, fidelity, expected in lines:
        assert abs(float(fidelity) - float(expected)) < 4 * (0.25 / int(pairs)) ** 0.5
    assert len({expected for *_, expected in lines}) == 3


def test_white_noise_is_treated_alike_by_three_formalisms() -> None:
    first, *others = printed("werner_formalism")
    assert int(first[0]) > 1000
    assert others == [first, first]


@pytest.mark.parametrize(("page", "file"), PAGES.items())
def test_the_page_shows_the_file(page: str, file: str) -> None:
    text = (DOCS / "how-to" / f"{page}.md").read_text(encoding="utf-8")
    assert f"```{{literalinclude}} files/{file}.py\n" in text
