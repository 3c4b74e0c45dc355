"""NV centres in diamond: an electron spin that emits, nuclear spins that store."""

from qsim.preset_table import DERIVED, PAPER, RECALLED, SECONDARY, Cited, preset

_HUMPHREYS = "Humphreys et al., Nature 558, 268 (2018), arXiv:1712.07567"
_COOPMANS = "Coopmans et al., Commun. Phys. 4, 164 (2021), arXiv:2010.12535, near-term column"

_ZERO_PHONON_LINE = Cited("637 nm", "zero-phonon line of the NV centre, textbook value", RECALLED)

preset(
    "memory",
    "nv-2018",
    "atomic",
    "Electron spin of an NV centre whose photons are not converted, as on the 2 m link of 2018.",
    {
        "efficiency": Cited(
            4.4e-4,
            f"{_HUMPHREYS}: mean of 2.8e-4 and 4.2e-4 clicks for each excitation (secondary source), over a "
            "detector efficiency of .8",
            DERIVED,
        ),
        "frequency": Cited("181.8 kHz", f"{_HUMPHREYS}: one attempt in 5.5 us", SECONDARY),
        "dephasing_time": Cited(
            "0.4 s", f"{_HUMPHREYS}: a pair decoheres at 5 Hz (abstract), half of it for each spin", DERIVED
        ),
        "double_excitation": Cited(0.04, f"{_HUMPHREYS}, supplement, section IV", SECONDARY),
        "initialisation_error": Cited(
            0.02, "Reiserer et al., Phys. Rev. X 6, 021040 (2016): initialisation with .99", SECONDARY
        ),
        "wavelength": _ZERO_PHONON_LINE,
    },
)

preset(
    "link-model",
    "nv-2018",
    "single-click",
    "Single-click heralding between two NV centres 2 m apart.",
    {
        "visibility": Cited(0.9, _HUMPHREYS, SECONDARY),
        "phase_deviation": Cited(0.25, f"{_HUMPHREYS}: 14.3 degrees; a later set has 15", SECONDARY),
        "bright_population": Cited(
            0.05, f"{_HUMPHREYS}: the lower of its two values, the other is .3", SECONDARY
        ),
    },
)

preset(
    "detector",
    "nv-2018",
    "threshold",
    "Detectors of the 2 m link of 2018, for the memory and the link model of the same name.",
    {
        "efficiency": Cited(
            0.8,
            f"{_COOPMANS}: .8; of 2018 the product with the memory's efficiency is known, which is stated "
            "over this",
            DERIVED,
        ),
        "dark_count_rate": Cited("20 Hz", f"{_HUMPHREYS}: each detector", SECONDARY),
        "window": Cited("25 ns", _HUMPHREYS, SECONDARY),
    },
)

preset(
    "link-model",
    "nv-2021",
    "single-click",
    "Single-click heralding between two NV centres, the parameters of a simulation study.",
    {
        "visibility": Cited(0.9, _COOPMANS, PAPER),
        "phase_deviation": Cited(0.35, _COOPMANS, PAPER),
        "bright_population": Cited(0.1, _COOPMANS, PAPER),
    },
)

preset(
    "memory",
    "nv-electron-2021",
    "atomic",
    "Electron spin of an NV centre with photons converted to 1550 nm, the parameters of a simulation study.",
    {
        "efficiency": Cited(
            0.00575,
            f"{_COOPMANS}: .0046 = .46 x .3 x .042 x .8 without fibre, over the .8 of the detector",
            DERIVED,
        ),
        "frequency": Cited("263 kHz", f"{_COOPMANS}: emission takes 3.8 us", DERIVED),
        "initialisation_time": Cited("2 us", _COOPMANS, PAPER),
        "initialisation_error": Cited(
            0.02, f"{_COOPMANS}: initialised with fidelity .99, an error of 2 x .01 that depolarises", DERIVED
        ),
        "double_excitation": Cited(0.06, _COOPMANS, PAPER),
        "t1": Cited("3600 s", _COOPMANS, PAPER),
        "t2": Cited("1.46 s", f"{_COOPMANS}, which calls it T2*", PAPER),
        "wavelength": Cited("1550 nm", f"{_COOPMANS}, after conversion with efficiency .3", PAPER),
    },
)

preset(
    "memory",
    "nv-carbon-2021",
    "atomic",
    "Carbon-13 spin next to an NV centre: it stores what the electron spin has made.",
    {
        "efficiency": Cited(0.0, "a nuclear spin emits nothing"),
        "t1": Cited("36000 s", _COOPMANS, PAPER),
        "t2": Cited("1 s", _COOPMANS, PAPER),
        "dephasing_attempts": Cited(
            1400,
            f"{_COOPMANS}: N_1/e; the mechanism in Kalb et al., Phys. Rev. A 97 (2018), arXiv:1802.05996",
            PAPER,
        ),
    },
)

preset(
    "processor",
    "nv-2021",
    "gates",
    "Gates between the electron spin of an NV centre and a carbon spin, and readout of the electron.",
    {
        "gate_error": Cited(
            0.03,
            f"{_COOPMANS}: fidelity .97, p .02 on each of the two qubits, which is 1 - (1 - 3/4 p)^2",
            DERIVED,
        ),
        "gate_time": Cited("500 us", _COOPMANS, PAPER),
        "rotation_time": Cited("5 ns", f"{_COOPMANS}, of the electron", PAPER),
        "readout_error": Cited([0.05, 0.005], f"{_COOPMANS}: fidelities .95 of a 0, .995 of a 1", PAPER),
        "readout_time": Cited("3.7 us", _COOPMANS, PAPER),
        "parallel": Cited(1, "every gate goes through the one electron spin"),
    },
)

preset(
    "node",
    "nv-2021",
    "router",
    "A router that is one NV centre: an electron spin that emits, a carbon spin that stores, and its gates.",
    {
        "memory": Cited(
            {
                "electron": {"preset": "nv-electron-2021", "count": 1},
                "carbon": {"preset": "nv-carbon-2021", "count": 1},
            },
            _COOPMANS,
            "see the presets of the two memories",
        ),
        "processor": Cited({"preset": "nv-2021"}, _COOPMANS, "see the preset of the processor"),
        "transfer": Cited(
            {"kind": "to-bank", "bank": "carbon"}, "the order of Coopmans et al.: store, then emit again"
        ),
    },
)
