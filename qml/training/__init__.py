"""Training of whole recurrent models: the circuits of the cells together with the linear layer behind them.

What reservoirs are compared with. All of it runs in JAX, which is imported when training begins.
"""

from qml.training.seed_batch import Training as Training
from qml.training.train import Trained as Trained
from qml.training.train import train as train
