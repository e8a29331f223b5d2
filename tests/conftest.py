"""What holds for every test: two processes share the cores, so each computes on one thread."""

import os

# Before torch is imported; processes that a test starts inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
