"""Learning from a reward, in miniature: TraceRL (arXiv 2509.06949) on a small masked network that
fills 24 hidden places.

rewards   how well a text does what was wished, a number in [0, 1], or a small expression over such numbers
trace     at which step each place of a canvas was revealed, and the update's loss over that trace
policy    a network whose last block and head are a copy that may learn; what it writes, and its update
training  a whole run as a generator of plain records: before, every update, after, credit of each step
aside     a training in a thread of its own that stands back behind everybody else's work
weights   what was learnt, as a safetensors file
table     the same training over several seeds
exact     a policy so small that all its traces can be enumerated: the estimator's mean against the gradient

Nothing here opens a page or loads weights; training of the shipped weights is another package,
`playground.training`.
"""

from playground import lazy

__getattr__, __dir__ = lazy.exports(__name__, {})
