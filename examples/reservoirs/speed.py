"""Time the engines on 240 windows and on a series of 10,000 steps through a quantum cell.

    python examples/reservoirs/speed.py --cell qlstm --wires 4

The ratio is that of one PennyLane call for each circuit, timed on a few windows and scaled, to the engine.
"""

from __future__ import annotations

import argparse

from threadpoolctl import threadpool_limits

from qml.experiments.speed import Measured, bank_of, case, choices, measure, naive


def main() -> None:
    """Read the options, measure, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cell", default="qlstm", choices=("qrnn", "qlstm", "qgru"))
    parser.add_argument("--wires", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--gpu", action="store_true", help="time JAX on the GPU too")
    chosen = parser.parse_args()
    bank = bank_of(chosen.cell, chosen.wires)
    engines = choices(lightning=False, gpu=chosen.gpu)
    with threadpool_limits(1):
        cases = [
            naive("default.qubit", bank),
            *(case(name, one, bank, False) for name, one in engines.items()),
        ]
        show("240 windows of 4 steps", measure(cases, chosen.repeats))
        quick = {name: one for name, one in engines.items() if one.engine == "auto"}
        cases = [
            naive("default.qubit", bank, True),
            *(case(name, one, bank, True) for name, one in quick.items()),
        ]
        show("series of 10,000 steps", measure(cases, chosen.repeats))


def show(title: str, rows: list[Measured]) -> None:
    """Print one table."""
    print(f"{title:50}  {'CPU s':>9}  {'times faster':>12}  {'first pass':>10}  {'difference':>10}")
    for row in rows:
        faster = rows[0].seconds / row.seconds
        print(f"{row.name:50}  {row.seconds:9.3g}  {faster:12,.0f}  {row.first:10.3g}  {row.error:10.0e}")
    print()


if __name__ == "__main__":
    main()
