"""What the commands of the experiments share: progress, errors in a sentence, going on where one stopped."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qml.comparison.checkpoint import Checkpoint
from qsim.errors import QsimError
from qsim.files import check_folder


def parser(description: str) -> argparse.ArgumentParser:
    """Options that all experiments have."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--out", type=Path, metavar="DIR", help="folder of tables and figures")
    made.add_argument("--workers", type=int, default=2, metavar="N", help="processes (2)")
    return made


def checkpoint_in(out: Path | None) -> Checkpoint:
    """Where finished pieces of an experiment lie; results of other source code are computed again."""
    return Checkpoint(None if out is None else out / "finished", (Path(__file__).parent,))


def perform(run: Callable[..., Any], options: dict[str, Any]) -> int:
    """Run an experiment, print its tables and say what was written; the exit code.

    A folder that cannot be written to is refused before anything runs.
    """
    try:
        if options["out"] is not None:
            check_folder(options["out"], "an experiment", lambda _: True)
        report = run(**options, progress=_progress)
    except QsimError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        going_on = "; the same command goes on from here" if options["out"] else ""
        print(f"interrupted{going_on}", file=sys.stderr)
        return 130
    print(report.text(), "", *(f"wrote {path}" for path in report.files), sep="\n")
    return 0


def _progress(done: int, total: int, what: str) -> None:
    print(f"{done} of {total}: {what}", file=sys.stderr)
