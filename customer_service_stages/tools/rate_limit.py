"""How often somebody may knock: a count that needs no database."""

from collections import OrderedDict, deque
from threading import Lock


class RateLimit:
    """Count what happens to each key within a window of time that slides.

    The counts live in the memory of one process, and of a bounded number of keys: the
    ones that have been quiet for longest are forgotten first.

    :param seconds: how long the window is.
    :param keys: how many keys are remembered at most.

    >>> limit = RateLimit(seconds=60, keys=2)
    >>> [limit.allows("192.0.2.1", now, most=2) for now in (0, 10, 20)]
    [True, True, False]
    >>> limit.allows("192.0.2.2", 20, most=2)
    True

    What is refused does not count, so whoever waits gets through:

    >>> limit.allows("192.0.2.1", 59, most=2), limit.allows("192.0.2.1", 60, most=2)
    (False, True)

    No limit counts nothing, and old keys make place for new ones:

    >>> limit.allows("192.0.2.3", 60, most=0), len(limit)
    (True, 2)
    >>> limit.allows("192.0.2.3", 60, most=2), len(limit)
    (True, 2)
    """

    def __init__(self, seconds=60, keys=10_000):
        self._seconds = seconds
        self._keys = keys
        self._times = OrderedDict()
        self._lock = Lock()

    def __len__(self):
        return len(self._times)

    def allows(self, key, now, most):
        """Count one event, unless there were as many as there may be.

        :param key: who knocks.
        :param now: the time, in seconds.
        :param int most: how many events a window holds; 0 is no limit.
        :return: whether the event is within the limit.
        """
        if most <= 0:
            return True
        with self._lock:
            times = self._times.setdefault(key, deque())
            self._times.move_to_end(key)
            while len(self._times) > self._keys:
                self._times.popitem(last=False)
            self._forget(times, now)
            if len(times) >= most:
                return False
            times.append(now)
            return True

    def clear(self):
        """Forget all that was counted."""
        with self._lock:
            self._times.clear()

    def _forget(self, times, now):
        while times and not 0 <= now - times[0] < self._seconds:
            times.popleft()
