"""How the whole suite is run: in two processes, a file of tests in one of them.

Named tests (`pytest tests/web -k links`) run in one process as ever, and `-n 0` makes the whole
suite do so.
"""

import os

from xdist.scheduler import LoadFileScheduling

PROCESSES = 2  # each holds an app with every shipped model and a browser


def pytest_xdist_auto_num_workers(config) -> int:
    """As many processes as the machine has cores, two at most; none for a part of the suite."""
    option = config.option
    part = config.args_source is not config.ArgsSource.TESTPATHS or option.keyword or option.lf
    if part:
        return 0
    # with a thread for each core in each of them, the threads would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    return min(PROCESSES, os.cpu_count() or 1)


def pytest_xdist_make_scheduler(config, log):
    return InOrder(config, log)


class InOrder(LoadFileScheduling):
    """Files in the order of their names."""

    def __init__(self, config, log=None):
        config.option.loadscopereorder = False
        super().__init__(config, log)
