"""What a training learnt, on its way to the page that asked for it: each file is handed out once,
and what nobody fetches is forgotten."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from playground.i18n import t

FILES = 2  # at once; one training runs at a time, and a page fetches its file when the run is over
SECONDS = 60.0  # that a file waits to be fetched
MOST_BYTES = 9_400_000
# Seconds that one question waits for a training that was stopped within an update, which on a busy
# machine takes longer: the page asks again then.
PATIENCE = 15.0


class Learnt:
    """Files by the random names of their runs, which only the visitor's own page knows. Safe to
    call from any thread."""

    def __init__(self, seconds: float = SECONDS):
        self.seconds = seconds
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._changed = threading.Condition()

    def keep(self, name: str, data: bytes) -> None:
        """Of more than a few files the oldest goes. ValueError above the most bytes of one."""
        if len(data) > MOST_BYTES:
            raise ValueError(
                f"a file of weights must have at most {MOST_BYTES} bytes, got {len(data)}"
            )
        with self._changed:
            self._files[name] = data
            while len(self._files) > FILES:
                self._files.popitem(last=False)
            self._changed.notify_all()
        timer = threading.Timer(self.seconds, self._forget, [name])
        timer.daemon = True
        timer.start()

    def take(self, name: str, still: Callable[[], bool], seconds: float = PATIENCE) -> bytes | None:
        """The file, which is here no more then; waits for it while `still()`, and is None where it
        may come yet. ValueError where there is none."""
        with self._changed:
            if still():
                self._changed.wait_for(lambda: name in self._files or not still(), seconds)
            late = still()  # asked before the file is looked for, which is kept before the run ends
            found = self._files.pop(name, None)
        if found is None and late:
            return None
        if found is None:
            raise ValueError(t("What this training learnt is not here any more; train again."))
        return found

    def _forget(self, name: str) -> None:
        with self._changed:
            self._files.pop(name, None)


LEARNT = Learnt()
