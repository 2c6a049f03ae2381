"""One segment of the journal of a 3pio run, written by a Python process. Needs nothing but Python 3.8 or newer."""

import os
from json.encoder import encode_basestring_ascii as quoted
from os import write
from time import time_ns

SCHEMA_VERSION = 1
SYNC_EVENTS = 1000
SYNC_MS = 1000
# However many events there are: a sync takes milliseconds, and holds up the tests.
SYNC_MIN_MS = 100
# Syncs may take one part in so many of the time.
SYNC_SHARE = 50
NEVER = float("inf")
NS_PER_MS = 1000000


class Segment:
    """One segment of the journal: one write an event, so that an event survives whatever happens to this process."""

    def __init__(self, folder, run, durability):
        # A name that no other writer has, also where process ids are used again.
        name = "pytest-%d-%x" % (os.getpid(), time_ns())
        self.path = os.path.join(folder, name + ".jsonl")
        self.head = '{"v":%d,"run":%s,"writer":%s,"seq":' % (SCHEMA_VERSION, quoted(run), quoted(name))
        self.durability = durability
        self.fd = None
        self.count = 0
        self.failures = 0
        # The time of an event, as JSON; another one is made when this moment has come. A clock that was set back keeps it.
        self.stamp = ""
        self.next_ns = 0
        self.now_ms = 0
        self.is_torn = False
        # Before the first line and after a failure.
        self.is_irregular = True
        self.is_ours = True
        self.synced_count = 0
        self.synced_ms = time_ns() // NS_PER_MS
        # When the next sync is thought about.
        self.check_ms = {"event": 0, "interval": self.synced_ms}.get(durability, NEVER)
        self.is_due = durability == "event"
        os.register_at_fork(after_in_child=self.forked)

    def forked(self):
        """A process that a test forked has the same descriptor, and must not write as if it were us."""
        self.is_ours = False
        self.write = ignore

    def write(self, body):
        """Writes one event; `body` is the inside of a JSON object, and ASCII."""
        now = time_ns()
        if now >= self.next_ns:
            self.tick(now)
        count = self.count
        self.count = count + 1
        data = f"{self.head}{count}{self.stamp}{body}}}\n".encode()
        try:
            if self.is_irregular:
                data = self.begin(data)
            written = write(self.fd, data)
            if written != len(data):
                self.rest(data, written)
            if self.is_due:
                self.sync()
        except OSError as error:
            self.is_torn = True
            self.failed(error)

    def tick(self, now):
        """The next millisecond: what is said once for all events in it."""
        self.now_ms = now // NS_PER_MS
        self.next_ns = (self.now_ms + 1) * NS_PER_MS
        self.stamp = ',"t":%d,' % self.now_ms
        self.is_due = self.now_ms >= self.check_ms

    def begin(self, data):
        """What is to be written first of all, or after a failure: a line must not be glued to a part of another one."""
        if self.fd is None:
            self.fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self.is_irregular = False
        if self.is_torn:
            self.is_torn = False
            return b"\n" + data
        return data

    def rest(self, data, written):
        """The system has taken only a part of a line."""
        self.is_torn = True
        while written < len(data):
            written += write(self.fd, data[written:])
        self.is_torn = False

    def sync(self):
        now = self.now_ms
        if self.durability == "interval":
            self.is_due = False
            self.check_ms = now + SYNC_MIN_MS
            if self.count - self.synced_count < SYNC_EVENTS and now - self.synced_ms < SYNC_MS:
                return
        os.fdatasync(self.fd)
        self.synced_count = self.count
        self.synced_ms = time_ns() // NS_PER_MS
        if self.durability == "interval":
            # The tests wait meanwhile: on a slow disk it is done less often.
            self.check_ms = self.synced_ms + max(SYNC_MIN_MS, SYNC_SHARE * (self.synced_ms - now))

    def failed(self, error):
        self.failures += 1
        self.is_irregular = True
        if self.failures == 1:
            complain("cannot write %s: %s; the tests go on, but their report will not be complete" % (self.path, error))
        fd, self.fd = self.fd, None
        try:
            if fd is not None:
                os.close(fd)
        except OSError:
            pass  # It was the descriptor that failed.

    def close(self):
        self.write('"type":"bye","count":%d,"failures":%d' % (self.count, self.failures))
        if self.fd is None or not self.is_ours:
            return
        try:
            if self.durability != "none":
                os.fdatasync(self.fd)
            os.close(self.fd)
        except OSError as error:
            self.failed(error)
        self.fd = None


def ignore(_body):
    """Takes the place of `Segment.write` where it must not write."""


def complain(message):
    try:
        os.write(2, ("3pio: %s\n" % message).encode("utf-8", "replace"))
    except OSError:
        pass  # Standard error is closed; failures are also counted in the journal.


def claim():
    """Takes our variables out of the environment, so that a pytest that a test starts does not report into this run."""
    folder = os.environ.pop("THREEPIO_EVENTS", None)
    run = os.environ.pop("THREEPIO_RUN", None)
    for name in ("NODE_OPTIONS", "PYTEST_PLUGINS", "PYTHONPATH"):
        ours = os.environ.pop("THREEPIO_" + name, None)
        if ours and name in os.environ:
            rest = os.environ[name].replace(ours, "", 1).strip()
            if rest:
                os.environ[name] = rest
            else:
                del os.environ[name]
    return folder, run
