"""Broken scenario files, each with the complete message it must be refused with.

Beside each file in `broken/` stands what is said of it (``.err``). Lines that begin with ``--set`` and come
before an empty line are overrides to load it with.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from qsim.errors import ScenarioError
from qsim.scenario import load

FOLDER = Path(__file__).parent / "broken"
FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".yaml", ".json"))


def expected(name: str) -> tuple[list[str], str]:
    text = (FOLDER / name).with_suffix(".err").read_text(encoding="utf-8")
    head, blank, rest = text.partition("\n\n")
    if not blank:
        return [], text
    return [line.removeprefix("--set ") for line in head.splitlines()], rest


@pytest.mark.parametrize("name", FILES)
def test_is_refused_with_this_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    overrides, message = expected(name)
    with pytest.raises(ScenarioError) as caught:
        load(name, overrides=overrides)
    assert f"{caught.value}\n" == message


def test_every_message_has_its_file_and_every_file_its_message() -> None:
    messages = {path.stem for path in FOLDER.glob("*.err")}
    assert messages == {Path(name).stem for name in FILES}
    assert len(FILES) >= 45


def test_messages_are_made_for_people() -> None:
    jargon = ("pydantic", "Traceback", "NoneType", "dict", "_type", "validation error", "Input should")
    for path in FOLDER.glob("*.err"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in jargon if word in text], path.name
