"""Imports whatever registers optical parts, assemblies and what is built of them."""

import hardware.optics.delay_line
import hardware.optics.differential_phase
import hardware.optics.entangled_keys
import hardware.optics.mdi_station
import hardware.optics.pair_emitter
import hardware.optics.pair_source
import hardware.optics.phase_modulator
import hardware.optics.photon_emitter
import hardware.optics.ready_benches
import hardware.optics.spectral_filter
import hardware.optics.weak_pulse_bb84
import hardware.optics.wired_keys  # noqa: F401
