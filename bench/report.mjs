// Turns measured runs into figures, and figures into text.

/** The figures of one command. `runs` are `{ seconds, processes }`; `probe` is the checked run before them. */
export function summarise(runs, probe, inputBytes) {
  const seconds = runs.map((run) => run.seconds);
  const metered = runs[0].processes.length > 0 ? runs : [probe];
  const peaks = metered.map(({ processes }) => processes.map(({ peakMib }) => peakMib));
  const known = peaks[0].length > 0;
  return {
    runs: seconds.length,
    seconds: { median: median(seconds), min: Math.min(...seconds), max: Math.max(...seconds) },
    megabytesPerSecond: inputBytes / 1e6 / median(seconds),
    cpuSeconds: known
      ? median(metered.map(({ processes }) => sum(processes.map(({ cpuSeconds }) => cpuSeconds))))
      : undefined,
    peakMib: known ? Math.max(...peaks.flat()) : undefined,
    proportionalMib: known ? highestSum(probe) : undefined,
  };
}

/** What was sampled of one process misses what it has for a moment only, and where nothing was sampled, one process is known all the same. */
function highestSum({ processes, proportionalMib }) {
  const peaks = processes.map(({ peakMib }) => peakMib);
  if (peaks.length > 1 && proportionalMib === undefined) return undefined;
  return Math.max(proportionalMib ?? 0, ...peaks);
}

/** Adds to each row its speed against the best peer that was right and against each limit. */
export function addRatios(rows) {
  const timed = rows.filter(({ figures }) => figures !== undefined);
  const speedOver = (row, other) =>
    other === undefined ? undefined : other.figures.seconds.median / row.figures.seconds.median;
  const best = timed
    .filter(({ kind, result }) => kind === "peer" && result.ok)
    .toSorted((a, b) => a.figures.seconds.median - b.figures.seconds.median)[0];
  const limits = timed.filter(({ kind }) => kind === "limit");
  for (const row of timed) {
    row.speedOver = { bestPeer: speedOver(row, best) };
    for (const other of limits) row.speedOver[other.label] = speedOver(row, other);
  }
  return best?.label;
}

/**
 * The goals of a job that could be measured: `goal` and `typescriptGoal` are least speeds, as multiples of the fastest peer's; `mostOverNodeMs` is
 * the most that ours may take above an empty Node program.
 */
export function judgeGoals({ goal, typescriptGoal, mostOverNodeMs }, rows, bestPeer) {
  const timed = (label) => rows.find((row) => row.label === label && row.figures !== undefined);
  const goals = [];
  for (const [label, least] of [
    ["jn", goal],
    ["jn-typescript", typescriptGoal],
  ]) {
    const speed = timed(label)?.speedOver.bestPeer;
    if (least === undefined || speed === undefined) continue;
    goals.push({
      text: `${label} at least ${least} x the fastest peer (${bestPeer})`,
      measured: speed.toFixed(2),
      reached: speed >= least,
    });
  }
  const [mine, node] = [timed("jn"), timed(EMPTY_NODE)];
  if (mostOverNodeMs !== undefined && mine !== undefined && node !== undefined) {
    const over = 1000 * (mine.figures.seconds.median - node.figures.seconds.median);
    goals.push({
      text: `jn at most ${mostOverNodeMs} ms above \`${EMPTY_NODE}\``,
      measured: `${over.toFixed(0)} ms`,
      reached: over <= mostOverNodeMs,
    });
  }
  return goals;
}

const EMPTY_NODE = "node -e 0";

/** A floor is of jn, or of what it names. `ok` is undefined where that or the limit was not timed. */
export function judgeFloors(floors, rows) {
  return floors.map(({ of = "jn", against, speedAtLeast, timeAtMost }) => {
    const speed = rows.find(({ label }) => label === of)?.speedOver?.[against];
    const isTime = timeAtMost !== undefined;
    const value = speed === undefined ? undefined : isTime ? 1 / speed : speed;
    const bound = isTime ? `time at most ${timeAtMost}` : `speed at least ${speedAtLeast}`;
    const text = `${of}: ${bound} x ${against}`;
    const ok = value === undefined ? undefined : isTime ? value <= timeAtMost : value >= speedAtLeast;
    return { text, value, ok };
  });
}

export function jobText({ name, title, input, brief, bestPeer, rows, floors, goals }) {
  const limits = rows.filter(({ kind }) => kind === "limit").map(({ label }) => label);
  const scale = brief ? 1000 : 1;
  const head = [
    "command",
    "runs",
    brief ? "wall ms (min-max)" : "wall s (min-max)",
    ...(brief ? [] : ["MB/s"]),
    "CPU s",
    "peak MiB",
    "sum MiB",
    "x best peer",
    ...limits.map((label) => `x ${label}`),
    "result",
  ];
  const lines = rows.map(({ kind, label, figures, speedOver, result }) => {
    const shown = kind === "ours" ? `${label} (ours)` : label;
    if (figures === undefined) return [shown, ...head.slice(2).map(() => "-"), result.note];
    const { median: middle, min, max } = figures.seconds;
    const time = (seconds) => (seconds * scale).toFixed(brief ? 0 : 3);
    return [
      shown,
      String(figures.runs),
      `${time(middle)} (${time(min)}-${time(max)})`,
      ...(brief ? [] : [digits(figures.megabytesPerSecond)]),
      digits(figures.cpuSeconds),
      digits(figures.peakMib),
      digits(figures.proportionalMib),
      digits(speedOver.bestPeer),
      ...limits.map((limit) => digits(speedOver[limit])),
      result.note,
    ];
  });
  const floorLines = floors.map(
    ({ text, value, ok }) =>
      `floor: ${text}: ${ok === undefined ? "not measured" : `${digits(value)}, ${ok ? "ok" : "MISSED"}`}`,
  );
  const size = `${input.name}, ${(input.bytes / 1e6).toPrecision(3)} MB`;
  return [
    `## ${name}: ${title} (${size})`,
    "",
    ...aligned([head, ...lines]),
    "",
    ...rows
      .map(({ kind, label, command }) => (kind === "limit" ? "" : `${label}: ${command}`))
      .filter((line) => line !== ""),
    ...(bestPeer === undefined ? [] : [`best peer: ${bestPeer}`]),
    ...goals.map(({ text, measured, reached }) => `goal: ${text}: ${measured}, ${reached ? "reached" : "MISSED"}`),
    ...floorLines,
    "",
  ].join("\n");
}

function aligned(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const last = widths.length - 1;
  return table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : column === last ? cell : cell.padStart(widths[column]),
      )
      .join("  "),
  );
}

/** Three significant digits, never as an exponent; a dash for what is not known. */
function digits(value) {
  if (value === undefined) return "-";
  return value >= 100
    ? value.toFixed(0)
    : value >= 10
      ? value.toFixed(1)
      : value >= 0.1 || value === 0
        ? value.toFixed(2)
        : value.toFixed(3);
}

function sum(list) {
  return list.reduce((total, value) => total + value, 0);
}

function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
