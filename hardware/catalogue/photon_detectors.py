"""Single-photon detectors: superconducting nanowires and avalanche diodes."""

from qsim.preset_table import DERIVED, PAPER, RECALLED, Cited, preset

_MARSILI = "Marsili et al., Nat. Photonics 7, 210 (2013)"
_ZADEH = "Esmaeil Zadeh et al., arXiv:1611.02726 (2016)"
_LUNGHI = "Lunghi et al., arXiv:1204.4594 (2012)"
_HADFIELD = "Hadfield, Nat. Photonics 3, 696 (2009), table 1: thick-junction silicon"

preset(
    "detector",
    "snspd-2013",
    "threshold",
    "Nanowire of tungsten silicide at 1550 nm.",
    {
        "efficiency": Cited(0.93, f"{_MARSILI}, title", PAPER),
        "dark_count_rate": Cited("1 Hz", f"{_MARSILI}, abstract: shielded from all background", PAPER),
        "count_rate": Cited("25 MHz", f"{_MARSILI}, abstract: reset in 40 ns", PAPER),
        "jitter": Cited("64 ps", f"{_MARSILI}, abstract: 150 ps full width, over 2.355", DERIVED),
    },
)

preset(
    "detector",
    "snspd-2016",
    "threshold",
    "Nanowire of niobium titanium nitride, fast and precise.",
    {
        "efficiency": Cited(0.92, f"{_ZADEH}, abstract", PAPER),
        "dark_count_rate": Cited("130 Hz", f"{_ZADEH}, abstract: at most", PAPER),
        "count_rate": Cited("150 MHz", f"{_ZADEH}, abstract", PAPER),
        "jitter": Cited("6.3 ps", f"{_ZADEH}, abstract: 14.80 ps, taken as full width, over 2.355", DERIVED),
    },
)

preset(
    "detector",
    "spad-ingaas-2012",
    "threshold",
    "Free-running avalanche diode of indium gallium arsenide with negative feedback, 1550 nm.",
    {
        "efficiency": Cited(0.10, f"{_LUNGHI}, abstract", PAPER),
        "dark_count_rate": Cited("600 Hz", f"{_LUNGHI}, abstract", PAPER),
        "count_rate": Cited("50 kHz", f"{_LUNGHI}: a hold-off of 20 us", RECALLED),
    },
)

preset(
    "detector",
    "spad-silicon-2009",
    "threshold",
    "Avalanche diode of silicon near 650 nm.",
    {
        "efficiency": Cited(0.65, _HADFIELD, RECALLED),
        "dark_count_rate": Cited("25 Hz", _HADFIELD, RECALLED),
        "count_rate": Cited("10 MHz", _HADFIELD, RECALLED),
        "jitter": Cited("170 ps", f"{_HADFIELD}: 400 ps full width, over 2.355", RECALLED),
    },
)
