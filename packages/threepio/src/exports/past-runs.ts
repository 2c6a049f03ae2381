import { type PastRuns, NO_PAST } from "../page-report/page-parts.ts";
import { loadedHistory } from "../queries/loaded-history.ts";
import { runsBefore } from "../queries/previous-run.ts";
import type { OpenedRun } from "../run/opened-run.ts";

/** Runs whose verdicts the page shows beside a failure; of older ones only the sums. */
const MAX_READ = 20;

/** Hands what a format shows of earlier runs to `work`: for all but the page nothing, so that they cost no more than the journal. */
export async function withPastRuns(
  cwd: string,
  run: OpenedRun,
  format: string,
  work: (past: PastRuns) => void,
): Promise<void> {
  if (format !== "html") return work(NO_PAST);
  const runs = await runsBefore(cwd, run);
  if (runs.length < 2) return work({ runs, statuses: () => [] });
  const { withHistory } = await loadedHistory();
  const { statusesBefore } = await import("../history/statuses-before.ts");
  await withHistory(
    cwd,
    (database) => {
      const statuses = statusesBefore(database, run.folder.id, MAX_READ);
      work({ runs, statuses: (id) => statuses(id) });
    },
    { newest: MAX_READ },
  );
}
