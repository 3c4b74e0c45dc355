"""States of light in a few modes: coherent, Gaussian, truncated Fock; one mode matrix acts on all three."""

from qsim.quantum.light.coherent_light import CoherentLight as CoherentLight
from qsim.quantum.light.field import Light as Light
from qsim.quantum.light.fock_light import FockLight as FockLight
from qsim.quantum.light.gaussian_light import GaussianLight as GaussianLight
from qsim.quantum.light.joining import joined as joined
