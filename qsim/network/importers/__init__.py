"""Other people's networks: NetworkX graphs, GraphML and GML files, SeQUeNCe configurations.

Every importer makes a `Conversion`: a scenario document, and a report of whatever the document cannot say.
"""

from qsim.network.importers.foreign_files import convert_file as convert_file
from qsim.network.importers.foreign_files import recognises as recognises
from qsim.network.loss_report import Conversion as Conversion
from qsim.network.loss_report import LossEntry as LossEntry
from qsim.network.loss_report import LossReport as LossReport
