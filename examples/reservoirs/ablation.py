"""What each knob of the tuned ensemble does to NARMA-10: one is changed at a time, on tuning seeds alone."""

import sys
from dataclasses import dataclass, replace

from _experiment import checkpoint_in, parser, perform
from standard import Report

from qml.cells.quantum_cells import QRNN
from qml.comparison.candidate_models import baselines
from qml.comparison.compare import ReadoutModel, compare
from qml.comparison.score_table import ScoreTable
from qml.ensembles import ensemble
from qml.presets import SETTINGS, Setting
from qml.reservoir import Reservoir
from qml.tasks import standard_task

TUNED, PLAIN = SETTINGS["memory"], SETTINGS["plain"]


def wired(**changes) -> Setting:
    return replace(TUNED, **changes)


def driven(**changes) -> Setting:
    return replace(TUNED, quantum=replace(TUNED.quantum, **changes))


def drawn(**changes) -> Setting:
    return driven(units=replace(TUNED.quantum.units, **changes))


KNOBS = {
    "tuned": TUNED,
    "nothing tuned": PLAIN,
    "input gain .1 to .5": driven(input_gain=(0.1, 0.5)),
    "input gain 1": driven(input_gain=1.0),
    "hidden gain 1": driven(hidden_gain=1.0),
    "shift -.5 to .5": driven(input_shift=(-0.5, 0.5)),
    "shift -1 to 1": driven(input_shift=(-1.0, 1.0)),
    "leak .1 to 1": driven(leak=(0.1, 1.0)),
    "no leak": driven(leak=1.0),
    "leak .26 for all": driven(leak=0.26),
    "no delay": wired(delays=(0, 0)),
    "delays 0 to 8": wired(delays=(0, 8)),
    "delays 0 to 20": wired(delays=(0, 20)),
    "delays 9 and 10": wired(delays=(9, 10)),
    "re-uploading": drawn(reupload=True),
    "read hidden, z": wired(readout=("hidden", "z")),
    "read z": wired(readout=("z",)),
    "read z, zz": wired(readout=("z", "zz")),
    "read hidden, z, zz": wired(readout=("hidden", "z", "zz")),
    "read hidden, z, zz, zzz": wired(readout=("hidden", "z", "zz", "zzz")),
    "1 layer": drawn(layers=1),
    "2 layers": drawn(layers=2),
    "4 layers": drawn(layers=4),
    "angles U(0, 2 pi)": drawn(scale=1.0),
    "angles 0.01 N": drawn(init="normal", scale=0.01),
    "angles 0.3 N": drawn(init="normal", scale=0.3),
    "angles N": drawn(init="normal", scale=1.0),
    "2 hidden numbers": wired(hidden=2),
    "4 hidden numbers": wired(hidden=4),
}
CONTROL = {
    "tanh, tuned": TUNED,
    "tanh, nothing tuned": PLAIN,
    "tanh, no delay": wired(delays=(0, 0)),
    "tanh, delays 0 to 8": wired(delays=(0, 8)),
    "tanh, delays 0 to 20": wired(delays=(0, 20)),
    "tanh, delays 9 and 10": wired(delays=(9, 10)),
    "tanh, read hidden, z, zz": wired(readout=("hidden", "z", "zz")),
}


@dataclass(frozen=True)
class Drawn:
    """One setting, with as many cells as there may be features."""

    setting: Setting
    features: int
    tanh: bool

    def __call__(self, seed: int, channels: int) -> list[Reservoir]:
        drive = self.setting.tanh if self.tanh else self.setting.quantum
        cell = QRNN(2 * channels, self.setting.hidden, drive.units)
        each = sum(cell.readable[name] for name in self.setting.readout)
        made = ensemble(
            cell,
            seed=seed,
            cells=self.features // each,
            leak=drive.leak,
            input_gain=drive.input_gain,
            hidden_gain=drive.hidden_gain,
            input_shift=drive.input_shift,
            delays=self.setting.delays,
            channels=channels,
            readout=self.setting.readout,
        )
        return [made]


def task(seed: int):
    return standard_task("narma-10", 1000 + seed)


def run(out, workers, seeds, features, progress) -> Report:
    models = [
        ReadoutModel(name, Drawn(setting, features, tanh))
        for tanh, knobs in ((False, KNOBS), (True, CONTROL))
        for name, setting in knobs.items()
    ]
    models += baselines(features, "target")
    table = ScoreTable(f"NARMA-10, {features} features, tuning seeds 1000 to {999 + seeds}")
    kept = checkpoint_in(out)
    table.add(compare(task, models, range(seeds), workers=workers, progress=progress, checkpoint=kept))
    name = f"ablation_{features}"
    return Report({name: table}, tuple(table.write(out, name)) if out else ())


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--seeds", type=int, default=8, metavar="N", help="series and models (8)")
    options.add_argument("--features", type=int, default=100, metavar="N", help="at the readout (100)")
    options.add_argument("--quick", action="store_true", help="a trial run whose scores mean nothing")
    given = vars(options.parse_args())
    if given.pop("quick"):
        given |= {"seeds": 1, "features": 30}
    return perform(run, given)


if __name__ == "__main__":
    sys.exit(main())
