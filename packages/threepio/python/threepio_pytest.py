"""The reporter for pytest: a plugin that writes every verdict to the journal of a 3pio run.

It is loaded by PYTEST_PLUGINS=threepio_pytest, needs nothing but pytest 7 or newer, changes nothing that pytest does or
prints, and is silent when no run of 3pio asks for it. Under xdist only the controller reports.
"""

import functools
import os
from json.encoder import encode_basestring_ascii as quoted

import pytest

from threepio_segment import Segment, claim, complain

FOLDER, RUN = claim()


def path_of(nodeid):
    """tests/test_a.py::TestB::test_c[d::e] -> the file, the groups, the test; as JSON."""
    group, begun = LAST
    # Most tests stand in the same group as the one before.
    if nodeid.startswith(group):
        name = nodeid[len(group):]
        if ":" not in name:
            return f"{begun}{quoted(name)}]"
    # What stands in brackets is the parameter's, whatever it is.
    head, bracket, parameter = nodeid.partition("[")
    group, separator, name = head.rpartition("::")
    if separator:
        LAST[:] = group + separator, "[" + "".join(quoted(name) + "," for name in group.split("::"))
        return LAST[1] + quoted(name + bracket + parameter) + "]"
    # A bracket in the name of the file, or no test in it.
    file, separator, rest = nodeid.partition("::")
    if not separator:
        return "[%s]" % quoted(file)
    head, bracket, parameter = rest.partition("[")
    names = head.split("::")
    names[-1] += bracket + parameter
    return "[%s]" % ",".join([quoted(file)] + [quoted(name) for name in names])


# A group, up to the name of a test in it, and the beginning of its tests' paths. No test begins with this one.
LAST = ["\0", ""]


def texts(pairs):
    return "[%s]" % ",".join('{"stream":%s,"text":%s}' % (quoted(stream), quoted(text)) for stream, text in pairs)


def output_of(report):
    pairs = [
        (title[len("Captured "):], text)
        for title, text in report.sections
        if title.startswith("Captured ") and text
    ]
    return ',"output":' + texts(pairs) if pairs else ""


def error_of(report):
    longrepr = report.longrepr
    if longrepr is None:
        return None
    crash = getattr(longrepr, "reprcrash", None)
    text = str(longrepr)
    message = crash.message if crash is not None else (text.strip().splitlines() or ["no message"])[-1]
    place = ""
    if crash is not None:
        place = ',"file":%s,"line":%d' % (quoted(relative(crash.path)), crash.lineno)
    return '{"message":%s,"stack":%s%s}' % (quoted(str(message)), quoted(text), place)


def relative(path):
    try:
        shown = os.path.relpath(path, START)
    except ValueError:
        return path
    return path if shown.startswith("..") else shown


START = os.getcwd()


def root_of(config):
    """Node ids are relative to the root folder, which is not always where pytest was started."""
    root = str(getattr(config, "rootpath", START))
    return "" if root == START else ',"root":' + quoted(root)


def harmless(hook):
    """A defect of ours must not stop anybody's tests: it is said, and costs what this hook would have written."""

    @functools.wraps(hook)
    def guarded(self, *args):
        try:
            return hook(self, *args)
        except Exception as error:
            defect(error, hook.__name__)

    return guarded


def defect(error, place):
    complain("this is a defect in 3pio, please report it: %s: %s in %s" % (type(error).__name__, error, place))


def time_of(reports):
    """The time of a test's phases, as JSON behind other fields. Plugins may have put anything there."""
    seconds = 0
    try:
        for report in reports:
            seconds += report.duration
        return f',"ms":{1000 * seconds:.3f}' if 0 <= seconds < FOREVER else ""
    except (TypeError, ValueError):
        return ""


def details_of(report, status, reports):
    """The side fields of a verdict, as JSON behind the others."""
    parts = []
    if status in ("fail", "error"):
        parts.append(',"error":' + (error_of(report) or '{"message":"no message"}'))
        failed = [r for r in reports if r is not report and status_of(r) in ("fail", "error")]
        if failed:
            # Failed both in its call and in its teardown: nothing of either is left out.
            parts.append(',"output":' + texts([("error in " + r.when, str(r.longrepr)) for r in failed]))
        elif report.sections:
            parts.append(output_of(report))
    else:
        reason = reason_of(report, status)
        if reason:
            parts.append(',"reason":' + quoted(reason))
        if report.sections:
            parts.append(output_of(report))
    if status in ("fail", "error", "skip"):
        file, line, _ = report.location
        if line is not None:
            parts.append(',"file":%s,"line":%d' % (quoted(file), line + 1))
    return "".join(parts)


class Reporter:
    def __init__(self, config, segment):
        self.segment = segment
        self.config = config
        # What the phases of a test have said so far, by node id. Tests run one after the other, or a few at a time.
        self.phases = {}
        # Paths of tests that have started and have no verdict.
        self.started = {}
        # Tests whose last report was an attempt.
        self.retried = set()
        segment.write(
            '"type":"hello","runner":"pytest","runnerVersion":%s,"pid":%d,"cwd":%s%s'
            % (quoted(pytest.__version__), os.getpid(), quoted(START), root_of(config))
        )

    # The next three are called for each test: what `harmless` does, without its price.
    def pytest_runtest_logstart(self, nodeid, location):
        # rerunfailures starts a test again for each attempt.
        if nodeid in self.started:
            return
        try:
            self.started[nodeid] = path = path_of(nodeid)
            self.segment.write('"type":"test.start","path":' + path)
        except Exception as error:
            defect(error, "pytest_runtest_logstart")

    def pytest_runtest_logreport(self, report):
        try:
            if report.__class__ is not TestReport and is_part(report):
                self.subtest(report)
                return
            nodeid = report.nodeid
            when = report.when
            if self.retried and nodeid in self.retried:
                self.retried.discard(nodeid)
                # The teardown of an attempt, which has been reported by then.
                if when == "teardown":
                    return
            reports = self.phases.get(nodeid)
            if reports is None:
                self.phases[nodeid] = reports = []
            reports.append(report)
            if report.outcome == "rerun":
                del self.phases[nodeid]
                self.retried.add(nodeid)
                self.attempt(nodeid, report)
            # A worker that died sends one report, of no phase that is known.
            elif when == "teardown" or when not in PHASES:
                del self.phases[nodeid]
                self.verdict(nodeid, reports)
        except Exception as error:
            defect(error, "pytest_runtest_logreport")

    def pytest_runtest_logfinish(self, nodeid, location):
        # A test whose teardown was never reported still has a verdict.
        if nodeid in self.phases:
            try:
                self.verdict(nodeid, self.phases.pop(nodeid))
            except Exception as error:
                defect(error, "pytest_runtest_logfinish")

    def attempt(self, nodeid, report):
        status = "error" if report.when in ("setup", "teardown") else "fail"
        error = error_of(report) or '{"message":"no message"}'
        self.segment.write(
            '"type":"test.attempt","path":%s,"status":"%s"%s,"error":%s%s'
            % (path_of(nodeid), status, time_of([report]), error, output_of(report))
        )

    def verdict(self, nodeid, reports):
        path = self.started.pop(nodeid, None) or path_of(nodeid)
        status, report = "pass", reports[-1]
        for candidate in reports:
            if candidate.outcome != "passed" or hasattr(candidate, "wasxfail"):
                found = status_of(candidate)
                if SEVERITY[found] > SEVERITY[status]:
                    status, report = found, candidate
        extra = ""
        if status != "pass" or report.sections:
            # A defect of ours, or a strange report, must not cost the verdict.
            try:
                extra = details_of(report, status, reports)
            except Exception as error:
                defect(error, "details_of")
        self.segment.write(f'"type":"test.end","path":{path},"status":"{status}"{time_of(reports)}{extra}')

    def subtest(self, report):
        # pytest reports a failed subtest when it fails, and counts it beside its test.
        status = status_of(report)
        if report.when != "call":
            return
        context = report.context
        words = [str(context.msg)] if context.msg is not None else []
        words += ["%s=%r" % item for item in sorted(context.kwargs.items(), key=str)]
        path = path_of(report.nodeid)[:-1] + "," + quoted(", ".join(words) or "<subtest>") + "]"
        error = error_of(report) if status in ("fail", "error") else None
        extra = (',"error":' + error if error else "") + output_of(report)
        self.segment.write('"type":"subtest.end","path":%s,"status":"%s"%s' % (path, status, extra))

    @harmless
    def pytest_collectreport(self, report):
        if report.failed:
            error = error_of(report) or '{"message":"no message"}'
            self.segment.write(
                '"type":"group.error","path":%s,"phase":"collection","error":%s%s'
                % (path_of(report.nodeid or "(session)"), error, output_of(report))
            )
        elif report.skipped:
            # A module that skips itself has no tests; pytest counts it as one that is skipped.
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.segment.write(
                '"type":"output","path":%s,"stream":"skipped","text":%s' % (path_of(report.nodeid), quoted(str(reason)))
            )

    @harmless
    def pytest_collection_finish(self, session):
        # Said before the first test, so that a run that dies still tells how many there were. xdist collects in its workers.
        if not self.config.getoption("collectonly", False) and not self.config.pluginmanager.hasplugin("dsession"):
            self.write_collected(len(session.items))

    def write_collected(self, count):
        self.segment.write('"type":"collected","count":%d' % count)

    @harmless
    def pytest_internalerror(self, excrepr):
        self.segment.write(
            '"type":"group.error","path":["(pytest)"],"phase":"internal error","error":{"message":%s}'
            % quoted(str(excrepr))
        )

    # After every other plugin: the terminal reporter's account is complete then.
    @pytest.hookimpl(trylast=True)
    @harmless
    def pytest_sessionfinish(self, session):
        # After Ctrl-C in the middle of a test it has only its set-up: that is no verdict, it has started and not ended.
        for nodeid, reports in list(self.phases.items()):
            if len(reports) > 1 or reports[0].failed:
                self.verdict(nodeid, reports)
        self.phases.clear()
        scheduler = getattr(self.config.pluginmanager.getplugin("dsession"), "sched", None)
        collection = getattr(scheduler, "collection", None)
        if collection is None:
            # Other ways of distributing keep it by worker; each worker has collected the same.
            collection = next(iter((getattr(scheduler, "registered_collections", None) or {}).values()), None)
        if collection is not None:
            self.write_collected(len(collection))
        self.write_totals()

    def write_totals(self):
        """What pytest's own terminal reporter counts, in our words."""
        terminal = self.config.pluginmanager.getplugin("terminalreporter")
        if terminal is None:
            return
        stats = {
            name: [r for r in terminal.stats.get(name, []) if is_test(r)]
            for name in ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
        }
        # pytest counts a test that broke in its teardown twice: as what its call was, and as an error.
        broken = {r.nodeid for r in stats["error"] if r.when == "teardown"}
        failed = {r.nodeid for r in stats["failed"]}
        counts = {
            "pass": sum(r.nodeid not in broken for r in stats["passed"]),
            "fail": len(stats["failed"]),
            "error": sum(r.nodeid not in failed for r in stats["error"]),
            "skip": sum(r.nodeid not in broken for r in stats["skipped"]),
            "xfail": sum(r.nodeid not in broken for r in stats["xfailed"]),
            "xpass": sum(r.nodeid not in broken for r in stats["xpassed"]),
        }
        self.segment.write(
            '"type":"totals","counts":{%s}' % ",".join('"%s":%d' % item for item in sorted(counts.items()))
        )

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self):
        self.segment.close()


# In seconds; no time is NaN or infinite, which JSON does not have.
FOREVER = 1e9

TestReport = pytest.TestReport

PHASES = ("setup", "call", "teardown")

SEVERITY = {"pass": 0, "skip": 1, "xfail": 1, "xpass": 1, "fail": 3, "error": 2}


def is_part(report):
    """Of a part of a test: a subtest."""
    return report.__class__.__name__ == "SubtestReport" or hasattr(report, "context")


def is_test(report):
    """Neither of a module that was collected, nor of a part of a test."""
    return getattr(report, "when", "collect") != "collect" and not hasattr(report, "context")


def status_of(report):
    outcome = report.outcome
    if hasattr(report, "wasxfail"):
        if outcome == "skipped":
            return "xfail"
        if outcome == "passed":
            return "xpass"
    if outcome == "passed":
        return "pass"
    if outcome == "skipped":
        return "skip"
    return "error" if report.when in ("setup", "teardown") else "fail"


def reason_of(report, status):
    if status in ("xfail", "xpass"):
        return report.wasxfail
    if status == "skip":
        longrepr = report.longrepr
        reason = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
        return reason[len("Skipped: "):] if reason.startswith("Skipped: ") else reason
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    # Workers of xdist send their reports to the controller.
    if FOLDER is None or RUN is None or hasattr(config, "workerinput"):
        return
    durability = os.environ.get("THREEPIO_DURABILITY", "interval")
    config.pluginmanager.register(Reporter(config, Segment(FOLDER, RUN, durability)), "threepio_reporter")
