"""Key rates over distance: BB84 with decoys and without, entangled pairs, an untrusted station, a repeater.

Closed forms on the hardware of Gobby, Yuan and Shields (2004), beside the repeaterless bound; points are
sessions of BB84 with decoys at 80 MHz, and the pairs of a chain with one repeater.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from _figure import panels
from _script import Study, main, markdown

import qsim
from qsim.analytic import capacity, decoy_bb84, mdi, pair_source_key, qkd
from qsim.plots.style import curve

#: Fibre loss in dB/m, receiver, background of a slot, misalignment, error correction over the limit.
LOSS, RECEIVER, BACKGROUND, WRONG, FACTOR = 0.21e-3, 0.045, 1.7e-6, 0.033, 1.22
DISTANCES = range(0, 205, 5)
#: Kilometres at which sessions and repeaters run, simulated blocks, and slots of one.
POINTS, QUICK_POINTS = (10, 30, 50, 70, 90), (10, 50)
SLOTS, QUICK_SLOTS = 8e8, 1e8
INTENSITIES = (0.48, 0.1, 0.0)


def plain(km: float) -> float:
    """Weak pulses without decoys at the best intensity, bits per slot."""
    passed = capacity.transmission(km * 1e3, LOSS) * RECEIVER
    best = 0.0
    for step in range(400):
        mean = 10 ** (-4 + step / 100)
        seen = qkd.weak_pulses(passed, mean, BACKGROUND, WRONG)
        best = max(best, decoy_bb84.photon_number_splitting_rate(seen, mean, FACTOR))
    return best


def decoys(km: float) -> float:
    """Vacuum and weak decoy."""
    passed = capacity.transmission(km * 1e3, LOSS) * RECEIVER
    signal, decoy = (qkd.weak_pulses(passed, mean, BACKGROUND, WRONG) for mean in (0.48, 0.05))
    single = decoy_bb84.two_decoys(signal, decoy, qkd.Detected(BACKGROUND, 0.5), (0.48, 0.05, 0.0))
    return decoy_bb84.key_rate(signal, 0.48, single, FACTOR)


def pairs(km: float) -> float:
    """A source of pairs in the middle at the best brightness, receivers of 14.5 %."""
    arm = capacity.transmission(km * 500, LOSS) * 0.145
    seen = (
        pair_source_key.coincidences((arm, arm), mean / 100, (6.02e-6, 6.02e-6), 0.015)
        for mean in range(1, 40)
    )
    return max(pair_source_key.key_rate(one, FACTOR) for one in seen)


def station(km: float) -> float:
    """An untrusted station in the middle at the best intensity, detectors of 14.5 %."""
    arm = capacity.transmission(km * 500, LOSS) * 0.145
    return max(mdi.key_rate((arm, arm), (mean / 50, mean / 50), 3e-6, 0.015, FACTOR) for mean in range(2, 50))


CURVES = {"BB84, no decoys": plain, "BB84, decoys": decoys, "BBM92": pairs, "untrusted station": station}


def session(km: float, slots: float) -> tuple[float, float]:
    """Secret bits per slot of a session at finite length, and as long as its error rates are exact."""
    found = []
    for finite in (True, False):
        net = qsim.Network("Decoy BB84", memory={"count": 1})
        net.add_nodes("alice", "bob").add_link("alice", "bob", f"{km} km")
        net.add_traffic(
            "bb84",
            initiator="alice",
            responder="bob",
            block=slots,
            sessions=1,
            finite=finite,
            source={
                "kind": "bb84-polarisation",
                "length": f"{km} km",
                "fibre": {"attenuation": "0.21 dB/km"},
                "mean_photons": list(INTENSITIES),
                "intensity_chances": [0.6, 0.3, 0.1],
                "sender_z": 0.8,
                "receiver_z": 0.8,
                "misalignment": WRONG,
                "detector": {"efficiency": RECEIVER, "dark_count_rate": BACKGROUND / 2 / 1e-9},
            },
        )
        result = net.run(duration=2 * slots / 80e6 + 1, seed=1, stop_when_done=True)
        rows = {row.metric: row for row in result.metrics}
        found.append((rows["secret key bits"].mean or 0.0) / slots)
    return found[0], found[1]


def repeater(km: float) -> float:
    """Secret bits per attempt of a link of a chain with one repeater and good memories."""
    net = qsim.Network("One repeater", detector={"efficiency": 0.9})
    net.set_defaults(memory={"count": 2, "efficiency": 0.9, "initial_fidelity": 0.99, "t2": "1 s"})
    net.use_topology("line", nodes=3, length=f"{km / 2} km")
    net.set_protocols(swapping="asap", purification="none")
    net.request("n0", "n2", memories=1)
    result = net.run(duration="10 s", seed=1, error_rates=True)
    flow = (*result.flows, *result.unfinished)[0]
    attempts = sum(link.attempts for link in result.links) / 2
    return flow.pairs * (flow.key_fraction or 0.0) / attempts if attempts else 0.0


def run(out: Path, workers: int, quick: bool) -> Study:
    """Run the study."""
    del workers
    points, slots = (QUICK_POINTS, QUICK_SLOTS) if quick else (POINTS, SLOTS)
    sessions = {km: session(km, slots) for km in points}
    chains = {km: repeater(km) for km in points}
    curves = {name: [rate(km) for km in DISTANCES] for name, rate in CURVES.items()}
    bound = [capacity.repeaterless_bound(capacity.transmission(km * 1e3, LOSS)) for km in DISTANCES]
    figure = out / "study-key-rates.png"
    note = (
        "Secret bits per slot (per attempt of a link for the repeater) over kilometres of fibre, 0.21 dB/km. "
        "Lines: closed forms. BB84 on the hardware of Gobby, Yuan and Shields (2004), pairs and station with "
        f"detectors of 14.5 %. Points: sessions of BB84 with decoys, blocks of {slots:.0e} slots, both "
        "ends in Z with 80 %, and a chain with one repeater, memories of 1 s, detectors of 90 %. Dashed: "
        "what no channel without repeaters exceeds (Pirandola et al. 2017)."
    )
    with panels(figure, "How much key a slot gives", note, (1, 1), 5.5) as (axes,):
        for number, (name, rates) in enumerate(curves.items()):
            shown = [(km, rate) for km, rate in zip(DISTANCES, rates, strict=True) if rate > 0]
            axes.plot(*zip(*shown, strict=True), color=curve(number)["color"], label=name)
        axes.plot(DISTANCES[1:], bound[1:], "--", color="black", label="repeaterless bound")
        looks = {"linestyle": "none", "markersize": 5}
        for number, (name, values) in enumerate(
            {
                "session, finite": {km: one[0] for km, one in sessions.items()},
                "session, endless": {km: one[1] for km, one in sessions.items()},
                "one repeater": chains,
            }.items()
        ):
            look = curve(number + 4)
            shown = {km: rate for km, rate in values.items() if rate > 0}
            axes.plot(
                list(shown),
                list(shown.values()),
                marker=look["marker"],
                color=look["color"],
                label=name,
                **looks,
            )
        axes.set(xlabel="distance [km]", ylabel="secret bits per slot", yscale="log", ylim=(1e-10, 10))
        axes.legend(ncols=2)
    tables = {
        "Closed forms, secret bits per slot": {**curves, "bound": bound},
        "Sessions of BB84 with decoys": {
            "finite": {km: one[0] for km, one in sessions.items()},
            "error rates taken for exact": {km: one[1] for km, one in sessions.items()},
        },
        "A chain with one repeater, per attempt": {"one repeater": chains},
    }
    return Study({title: _table(points, table) for title, table in tables.items()}, (), figure)


def _table(points: Sequence[int], columns: Mapping[str, Any]) -> str:
    """Rates at some distances, from lists over all of them or by distance."""
    rows = []
    for km in points:
        values = [
            column[km] if isinstance(column, dict) else column[DISTANCES.index(km)]
            for column in columns.values()
        ]
        rows.append([f"{km} km", *(f"{value:.2e}" if value else "none" for value in values)])
    return markdown(["", *columns], rows)


if __name__ == "__main__":
    sys.exit(main(run, __doc__))
