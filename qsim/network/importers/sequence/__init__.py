"""SeQUeNCe configurations, as they are.

`convert` reads the JSON (or YAML) configurations of the SeQUeNCe simulator, of 2020 and of versions 0.2 as
well as of version 1.3, and makes a scenario with the physics that SeQUeNCe would simulate:

=====================  ======================================================================================
SeQUeNCe               scenario
=====================  ======================================================================================
QuantumRouter          a router; ``memo_size`` 50 where it is missing
DQCNode                a router with its communication memories
BSMNode, qconnections  the station of a link; in the middle for qconnections, by both arms for qchannels
MemoryArray            efficiency 1, frequency 80 MHz, fidelity 0.85 and wavelength 500 nm where not given;
                       a cut-off at ``cutoff_ratio`` (1) times ``coherence_time`` (none), no decay. In the
                       Bell-diagonal formalism Pauli errors besides, at the rate 1/coherence_time, shared
                       among X, Y and Z by ``decoherence_errors`` (a third each)
detectors              efficiency 0.9, no dark counts, 25 MHz and 150 ps where not given; the detection
                       window is the resolution
quantum channels       2e8 m/s and 80 MHz slots, which no file can change; attenuation in dB/m as given
QKDNode, qchannels     application bb84 over weak pulses from the fibre's first node to its second
LightSource            80 MHz, 0.1 photons, 1550 nm where not given; phase errors as visibility (time bins) or
                       misalignment
QSDetector             2 detectors (polarisation) or 3 (time bins) as above; windows of a slot or a bin
AbsorptiveMemory,      memories afc with mode_number modes at once, link model stored-pairs; a train of pulses
SPDCSource             is one attempt; a spin wave is cut off at its coherence time
single_atom            two-round Barrett-Kok, without bunching at the beam splitter, negotiated handshake
single_heralded        two-photon generation, which succeeds with eta1 eta2 / 2, negotiated handshake; bins
                       far enough apart for the detectors to recover
classical channels     ``delay`` in ps, or else ``distance`` at 2e8 m/s, 1000 m where missing; the station
                       of a qconnection at half the delay of its nodes
cconnections_table,    a table of round trips, stations at half the delay of their nodes
cchannels_table
EntanglementSwapping   nested, with the consent of both ends; success probability 1; degradation 0.95 in the
                       ket and density formalisms
purification, routing  BBPSSW on pairs of equal fidelity; shortest path by length
bell_diagonal          bell-diagonal
ket_vector (default),  scalar-fidelity, since SeQUeNCe decides and reports by a number carried beside
density_matrix         the state
stop_time              ps; 1 s where missing
=====================  ======================================================================================

Traffic is no part of such files; add it to the document. What cannot be said in a scenario is in the report,
and every key of the file is either converted or reported.

References:
    Wu et al., SeQUeNCe: a customizable discrete-event simulator of quantum networks, Quantum Sci. Technol.
    6, 045027 (2021); the defaults are those of version 1.3.1.
"""

from qsim.network.importers.sequence.configuration import convert as convert
from qsim.network.importers.sequence.configuration import is_sequence as is_sequence
