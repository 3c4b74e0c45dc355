"""A plug-in for tests: an application whose run fails, kills its process, or takes its time."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import qsim
from protocols.apps.base import App
from qsim import Param


@qsim.register("app", "saboteur")
@dataclass(frozen=True)
class Saboteur(qsim.Declared):
    """Does harm at the beginning of a run."""

    deed: Annotated[str, Param("what it does", choices=("none", "fail", "kill", "kill once", "wait"))] = (
        "none"
    )
    seed: Annotated[int, Param("root seed of the runs that it does it to; below 0 to all")] = -1
    trail: Annotated[str, Param("folder that gets a file for every run that begins")] = ""
    wait: Annotated[float, Param("wall-clock time to wait for", unit="s")] = 0.2
    stored: Annotated[str, Param("folder that shall hold some finished runs before it kills once")] = ""
    finished: Annotated[int, Param("how many runs those are", ge=0)] = 0

    def install(self, network: Any) -> App:
        """Set the application up on a network; the harm is done as the run begins."""
        return Deed(network, self)


class Deed(App):
    """A `Saboteur` at work."""

    def __init__(self, network: Any, parameters: Saboteur) -> None:
        super().__init__(network)
        self._parameters = parameters
        self.sim.post(0, self._begin)

    def _begin(self) -> None:
        seed, trail = self.sim.seed, self._parameters.trail
        if trail:
            Path(trail, f"{seed}-{time.monotonic_ns()}").touch()
        if self._parameters.seed in (-1, seed):
            self._do(self._parameters.deed)

    def _do(self, deed: str) -> None:
        if deed == "fail":
            raise RuntimeError("sabotage\nin two lines")
        if deed == "kill" or (deed == "kill once" and self._first()):
            os.kill(os.getpid(), signal.SIGKILL)
        if deed == "wait":
            time.sleep(self._parameters.wait)

    def _first(self) -> bool:
        """Whether no other process has come here before; that one waits until other runs are finished."""
        stored = Path(self._parameters.stored)
        try:
            stored.with_name("killed").touch(exist_ok=False)
        except FileExistsError:
            return False
        while len(list(stored.glob("[!.]*.zip"))) < self._parameters.finished:
            time.sleep(0.02)
        return True
