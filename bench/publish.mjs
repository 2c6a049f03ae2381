// Keeps the published table, a Markdown file with a section for each job, and a summary of the goals above them: a run replaces
// the sections of what it measured.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

const HEAD = `# Measured

\`npm run bench\` makes this page. Each section is one run: all of its commands in turn on the same machine, after a run that checks what they
write. How, and what the columns mean, is in [README.md](README.md). A machine that does other work at the same time makes all figures worse, and
ratios less so.

<!-- summary -->

<!-- end of summary -->
`;

/** Puts the section of a job that run.mjs measured into the file at `path`. */
export function publish(path, job, versions) {
  publishSection(path, job.name, sectionOf(job, versions));
}

/**
 * Puts `lines` into the file at `path` as the section called `name`: in the place of the one that was there, else at the end. The first
 * line is a heading, `## TITLE`; the summary takes every line that goalLine made.
 */
export function publishSection(path, name, lines) {
  const text = existsSync(path) ? readFileSync(path, "utf8") : HEAD;
  const published = replaced(text, name, lines.join("\n"));
  writeFileSync(path, replaced(published, SUMMARY, summaryOf(published)));
}

/** What a reader has to know of a measurement that is published: the day, and the machine. */
export function machineLine() {
  const processor = `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${processor}, load ${loadavg()[0].toFixed(1)}`;
}

/** A goal and whether it was reached, as a line of a section. */
export function goalLine(goal, measured, reached) {
  return `- Goal: ${goal}; measured ${measured}: ${reached ? "reached" : "**missed**"}.`;
}

const SUMMARY = "summary";
const GOAL_LINE = /^- Goal: (.*); measured (.*): (reached|\*\*missed\*\*)\.$/;

function replaced(text, name, section) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = text.indexOf(start);
  const before = from < 0 ? `${text.trimEnd()}\n\n` : text.slice(0, from);
  const after = from < 0 ? "\n" : text.slice(text.indexOf(end) + end.length);
  return `${before}${start}\n\n${section.trim()}\n\n${end}${after}`;
}

/** Every goal of every section. */
function summaryOf(text) {
  const rows = [];
  let title = "";
  for (const line of text.slice(Math.max(0, text.indexOf(`<!-- end of ${SUMMARY} -->`))).split("\n")) {
    if (line.startsWith("## ")) title = line.slice(3);
    const [, goal, measured, reached] = GOAL_LINE.exec(line) ?? [];
    if (goal !== undefined)
      rows.push(`| ${[title, goal, measured, reached].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  }
  return ["| of | goal | measured | |", "| --- | --- | --: | --- |", ...rows].join("\n");
}

function sectionOf({ title, input, rows, brief, goals }, versions) {
  const unit = brief ? "ms" : "s";
  const shown = (seconds) => (brief ? (1000 * seconds).toFixed(0) : seconds.toFixed(2));
  const lines = rows.map(({ label, kind, figures, speedOver, result, command }) => {
    const name = kind === "peer" && versions[label] !== undefined ? `${label} ${versions[label]}` : label;
    const cells =
      figures === undefined
        ? ["-", "-", "-", "-", "-", "-", "-"]
        : [
            `${shown(figures.seconds.median)} (${shown(figures.seconds.min)}-${shown(figures.seconds.max)})`,
            String(figures.runs),
            brief ? "-" : figures.megabytesPerSecond.toFixed(0),
            figures.cpuSeconds?.toFixed(2) ?? "-",
            figures.peakMib?.toFixed(0) ?? "-",
            figures.proportionalMib?.toFixed(0) ?? "-",
            speedOver.bestPeer?.toFixed(2) ?? "-",
          ];
    return `| ${[name, ...cells, result.note, `\`${command}\``].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return [
    `## ${title}`,
    "",
    `${machineLine()}; ${input.name}, ${(input.bytes / 1e6).toPrecision(3)} MB.`,
    "",
    ...goals.map(({ text, measured, reached }) => goalLine(text, measured, reached)),
    "",
    `| command | wall ${unit} (min-max) | runs | MB/s | CPU s | peak MiB | sum MiB | x fastest peer | result | exactly |`,
    "| --- | --: | --: | --: | --: | --: | --: | --: | --- | --- |",
    ...lines,
  ];
}
