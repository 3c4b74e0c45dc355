"""Closed forms: what theory says of the networks that the simulator runs.

They are the oracles that the simulator is held to, and the curves to draw beside its figures. All of them are
pure functions of plain numbers, written from their published formulas and independent of the simulator:

- `waiting`: attempts until links, or all links of a chain, are there;
- `nested`, `asap`: chains whose swaps can fail, in nested order or as soon as possible;
- `storage`: how long the older link of a repeater waits, and cut-offs;
- `heralding`: probability and fidelity of heralded schemes;
- `photon_shape`: capture, visibility and coincidences of photons in a window;
- `free_space`: beams through air, and satellites;
- `sources`: numbers of photon pairs, ends that absorb them, latches and modes;
- `generation`: completion times and rates of links under the conventions of several simulators;
- `decay`: stored pairs;
- `swap_chains`, `recurrence`: fidelities of swapped chains and of purification by recurrence;
- `capacity`: bounds without and with repeaters;
- `qkd`: error rates, key fractions, and the Bell test;
- `decoy_bb84`, `mdi`, `pair_source_key`: keys of weak pulses, over an untrusted station, of photon pairs;
- `differential_phase_key`: keys of the phases between weak pulses;
- `finite_key`: keys from blocks of finite length;
- `eavesdropping`: what attacks give and leave behind;
- `switch`: entanglement switches.

Import the module wanted, ``from qsim.analytic import waiting``; numerical libraries are loaded by the
functions that need them.
"""
