"""The discrete-event kernel: clock, queue, processes, random streams, trace."""

from qsim.kernel.handle import Handle as Handle
from qsim.kernel.handle import Priority as Priority
from qsim.kernel.process import Interrupt as Interrupt
from qsim.kernel.process import Mailbox as Mailbox
from qsim.kernel.process import Process as Process
from qsim.kernel.process import TimeoutExpired as TimeoutExpired
from qsim.kernel.process import Wait as Wait
from qsim.kernel.process import Waitable as Waitable
from qsim.kernel.process import any_of as any_of
from qsim.kernel.process import delay as delay
from qsim.kernel.process import timeout as timeout
from qsim.kernel.process import with_timeout as with_timeout
from qsim.kernel.simulator import Simulator as Simulator
from qsim.kernel.streams import Streams as Streams
from qsim.kernel.trace_sink import TraceSink as TraceSink
