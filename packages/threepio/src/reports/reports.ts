import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AtomicFile, type ByteSink, descriptorSink } from "@jn/wire";
import type { Entry } from "../model/entry.ts";
import type { DetailStore } from "../model/detail-store.ts";
import { rootGroups } from "../model/overview.ts";
import { rootOfKey } from "../model/test-key.ts";
import { verdicts } from "../model/verdicts.ts";
import { GroupReport, type GroupReportOptions } from "./group-report.ts";
import { putText } from "../put-text.ts";
import { reportPath } from "./report-path.ts";
import { RUN_RECORD, runRecordOf } from "./run-record.ts";
import { hasSameContent } from "./unchanged.ts";
import { type RunSummary, writeRunReport } from "./run-report.ts";

/** What reports are made from. */
export interface ReportSource {
  /** The run's folder. */
  readonly folder: string;
  readonly summary: RunSummary;
  /** The index, in order; each call begins anew. */
  readonly entries: () => Iterable<Entry>;
  /** The file of root groups that `overviewOf` has written. */
  readonly groupsPath: string;
  readonly details: DetailStore;
  /** The command that runs a test again. */
  readonly again: GroupReportOptions["again"];
}

/**
 * Writes test-run.md, run.json and the reports of all groups. Each file is complete or as it was before. They are not synced to the disk:
 * they can be made again from the journal.
 *
 * @throws WireError `IO`
 */
export function writeReports(source: ReportSource): void {
  writeGroupReports(source);
  const { folder, summary, groupsPath, details } = source;
  writeWhole(join(folder, "test-run.md"), (sink) =>
    writeRunReport(
      summary,
      rootGroups(groupsPath),
      ({ detail }) => (detail === undefined ? undefined : details.read(detail)),
      sink,
    ),
  );
  writeWhole(join(folder, RUN_RECORD), (sink) =>
    putText(sink, `${JSON.stringify(runRecordOf(basename(folder), summary))}\n`),
  );
}

function writeGroupReports({ folder, entries, groupsPath, details, again }: ReportSource): void {
  const groups = rootGroups(groupsPath);
  const made = new Set<string>();
  let root: string | undefined;
  let file: AtomicFile | undefined;
  let sink: ByteSink | undefined;
  let report: GroupReport | undefined;
  const finish = (): void => {
    sink?.flush();
    if (file !== undefined) put(file);
    file = undefined;
  };
  try {
    for (const item of verdicts(entries())) {
      if (rootOfKey(item.key) !== root) {
        finish();
        root = rootOfKey(item.key);
        const group = groups.next().value!;
        const path = join(folder, reportPath(group.name));
        makeFolder(dirname(path), made);
        file = AtomicFile.open(path);
        sink = descriptorSink(file.fd, path);
        report = new GroupReport(group, sink, { details, again });
      }
      report!.add(item);
    }
    finish();
  } finally {
    file?.discard();
  }
}

/** Folders come in order, so the last few are all that has to be remembered. */
function makeFolder(path: string, made: Set<string>): void {
  if (made.has(path)) return;
  mkdirSync(path, { recursive: true });
  if (made.size >= MAX_REMEMBERED) made.clear();
  made.add(path);
}

const MAX_REMEMBERED = 1000;

/** Puts a file in its place, unless the same is there already. */
function put(file: AtomicFile): void {
  if (hasSameContent(file.path, file.fd)) file.discard();
  else file.commit({ isDurable: false });
}

function writeWhole(path: string, write: (sink: ByteSink) => void): void {
  const file = AtomicFile.open(path);
  try {
    const sink = descriptorSink(file.fd, path);
    write(sink);
    sink.flush();
    put(file);
  } finally {
    file.discard();
  }
}
