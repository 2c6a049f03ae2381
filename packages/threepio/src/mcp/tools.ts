import { stripVTControlCharacters } from "node:util";
import { z, type ZodRawShape } from "zod";
import { fullRecordOf, recordOf, type ResultRecord } from "../model/result-record.ts";
import { CHANGES, type Change, differences } from "../queries/comparison.ts";
import { failureClusters } from "../queries/failure-clusters.ts";
import { failureDigest } from "../queries/failure-digest.ts";
import { foundResult } from "../queries/found-result.ts";
import { loadedHistory } from "../queries/loaded-history.ts";
import { previousRun } from "../queries/previous-run.ts";
import { resultText } from "../queries/result-text.ts";
import { runList } from "../queries/run-list.ts";
import { slowest } from "../queries/slowest.ts";
import { runRecordOf, type RunRecord } from "../reports/run-record.ts";
import { withRun, withRunFolder } from "../run/opened-run.ts";
import { findRunFolder } from "../run/run-folder.ts";

/** A question that an agent can ask. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: ZodRawShape;
  /** The answer, as text. @throws ThreepioError, WireError, with what to do */
  readonly answer: (cwd: string, given: Given) => Promise<string>;
}

/** What was given has been checked against `input`. */
type Given = Readonly<Record<string, unknown>>;

const RUN = z.string().default("latest").describe("id of a run, the beginning of one, or latest");
const TEST = z.string().describe("id of a test, the beginning of one, its title, or a part of its title");
const LIMIT = z.number().int().min(1).max(200).default(20).describe("at most so many");

export const TOOLS: readonly Tool[] = [
  {
    name: "list_runs",
    title: "List test runs",
    description: "The recorded test runs, the newest first: a JSON object a line.",
    input: { limit: LIMIT },
    async answer(cwd, given) {
      const runs: RunRecord[] = [];
      for await (const run of runList(cwd)) if (runs.push(run) >= limitOf(given)) break;
      return runs.length === 0 ? "There are no runs yet: run tests with 3pio COMMAND." : lines(runs);
    },
  },
  {
    name: "show_run",
    title: "Show a test run",
    description: "Counts, state, exit code and whether nothing is missing, of one run, as JSON.",
    input: { run: RUN },
    answer: async (cwd, given) =>
      await withRun(cwd, textOf(given, "run"), ({ folder, summary }) =>
        JSON.stringify(runRecordOf(folder.id, summary)),
      ),
  },
  {
    name: "failures",
    title: "Show failures",
    description: "What failed in a run and why, failures of the same cause once, within a budget of characters.",
    input: { run: RUN, budget: z.number().int().min(200).max(40_000).default(8000).describe("characters at most") },
    answer: async (cwd, given) =>
      await withRun(cwd, textOf(given, "run"), (run) => failureDigest(failureClusters(run), Number(given["budget"]))),
  },
  {
    name: "show_test",
    title: "Show a test",
    description:
      "Status, message, stack, values, output and earlier attempts of one test, and the command that runs it again.",
    input: { test: TEST, run: RUN },
    answer: async (cwd, given) =>
      await withRun(cwd, textOf(given, "run"), (run) => {
        const { folder, collection } = run;
        const result = foundResult(run, textOf(given, "test"));
        const detail = collection.detailOf(result.entry);
        const record = fullRecordOf(folder.id, result, detail, (entry) => collection.detailOf(entry));
        return resultText(record, result.kind === "error" ? undefined : collection.commandAgain(result));
      }),
  },
  {
    name: "test_output",
    title: "Show a test's output",
    description: "What one test printed, without colours.",
    input: { test: TEST, run: RUN },
    answer: async (cwd, given) =>
      await withRun(cwd, textOf(given, "run"), (run) => {
        const { folder, collection } = run;
        const result = foundResult(run, textOf(given, "test"));
        const detail = collection.detailOf(result.entry);
        const { output = [] } = fullRecordOf(folder.id, result, detail, () => undefined);
        const text = output.map((piece) => piece.text).join("");
        return text === "" ? "Nothing was recorded that this test printed." : stripVTControlCharacters(text);
      }),
  },
  {
    name: "diff_runs",
    title: "Compare two runs",
    description:
      "Tests that fail newly, still, or not any more, as JSON; without before: since the last run of the same command.",
    input: { before: z.string().optional().describe("id of the earlier run"), after: RUN, limit: LIMIT },
    async answer(cwd, given) {
      const after = findRunFolder(cwd, textOf(given, "after"));
      const before =
        given["before"] === undefined ? await previousRun(cwd, after) : findRunFolder(cwd, textOf(given, "before"));
      const counts = new Map<Change, number>(CHANGES.map((change) => [change, 0]));
      const shown = new Map<Change, ResultRecord[]>(CHANGES.map((change) => [change, []]));
      await withRunFolder(before, (old) =>
        withRunFolder(after, (now) => {
          for (const { change, result } of differences(old, now)) {
            counts.set(change, counts.get(change)! + 1);
            if (shown.get(change)!.length < limitOf(given)) shown.get(change)!.push(result);
          }
        }),
      );
      const { id: from } = before;
      return JSON.stringify({
        runs: [from, after.id],
        counts: Object.fromEntries(counts),
        tests: Object.fromEntries(shown),
      });
    },
  },
  {
    name: "slowest_tests",
    title: "Show the slowest tests",
    description: "The tests of a run that took longest: a JSON object a line.",
    input: { run: RUN, limit: LIMIT },
    answer: async (cwd, given) =>
      await withRun(cwd, textOf(given, "run"), ({ folder, collection }) =>
        lines(slowest(collection.results(), limitOf(given)).map((result) => recordOf(folder.id, result, undefined))),
      ),
  },
  {
    name: "flaky_tests",
    title: "Show flaky tests",
    description: "Tests that passed on a retry, or changed between runs of the same files: a JSON object a line.",
    input: { limit: LIMIT },
    async answer(cwd, given) {
      const { withHistory } = await loadedHistory();
      const { flakyTests } = await import("../history/flaky-tests.ts");
      const tests = await withHistory(cwd, (database) => flakyTests(database, limitOf(given)));
      return tests.length === 0 ? "No flaky tests are known." : lines(tests);
    },
  },
];

function textOf(given: Given, name: string): string {
  const value = given[name];
  return typeof value === "string" ? value : "";
}

function limitOf({ limit }: Given): number {
  return Number(limit);
}

function lines(values: readonly object[]): string {
  return values.map((value) => JSON.stringify(value)).join("\n");
}
