"""One segment of the journal of a 3pio run, written by a Python process. Needs nothing but Python 3.8 or newer."""

import os
import time
from json.encoder import encode_basestring_ascii as quoted

SCHEMA_VERSION = 1
SYNC_EVENTS = 1000
SYNC_SECONDS = 1.0


class Segment:
    """One segment of the journal: one write an event, so that an event survives whatever happens to this process."""

    def __init__(self, folder, run, durability):
        self.pid = os.getpid()
        # A name that no other writer has, also where process ids are used again.
        name = "pytest-%d-%x" % (self.pid, time.time_ns())
        self.path = os.path.join(folder, name + ".jsonl")
        self.head = '{"v":%d,"run":%s,"writer":%s,"seq":' % (SCHEMA_VERSION, quoted(run), quoted(name))
        self.durability = durability
        self.fd = None
        self.count = 0
        self.failures = 0
        self.last_ms = 0
        self.is_torn = False
        self.synced_count = 0
        self.synced_at = time.monotonic()

    def write(self, body):
        """Writes one event; `body` is the inside of a JSON object."""
        # A process that a test forked has the same descriptor, and must not write as if it were us.
        if os.getpid() != self.pid:
            return
        now = time.time_ns() // 1000000
        if now > self.last_ms:
            self.last_ms = now
        line = "%s%d,\"t\":%d,%s}\n" % (self.head, self.count, self.last_ms, body)
        self.count += 1
        try:
            if self.fd is None:
                self.fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
            data = line.encode("ascii")
            if self.is_torn:
                data = b"\n" + data
            self.is_torn = True
            while data:
                data = data[os.write(self.fd, data):]
            self.is_torn = False
            self.sync()
        except OSError as error:
            self.failed(error)

    def sync(self):
        if self.durability == "event":
            os.fdatasync(self.fd)
        elif self.durability == "interval":
            if self.count - self.synced_count < SYNC_EVENTS:
                if self.count & 15 or time.monotonic() - self.synced_at < SYNC_SECONDS:
                    return
            self.synced_count = self.count
            self.synced_at = time.monotonic()
            os.fdatasync(self.fd)

    def failed(self, error):
        self.failures += 1
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
        if self.fd is None or os.getpid() != self.pid:
            return
        try:
            if self.durability != "none":
                os.fdatasync(self.fd)
            os.close(self.fd)
        except OSError as error:
            self.failed(error)
        self.fd = None


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
