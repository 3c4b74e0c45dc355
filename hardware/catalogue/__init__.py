"""Named hardware from publications, each value with its source and how far it has been traced."""

import hardware.catalogue.atoms_and_ions
import hardware.catalogue.nv_centres
import hardware.catalogue.photon_detectors
import hardware.catalogue.rare_earths  # noqa: F401
