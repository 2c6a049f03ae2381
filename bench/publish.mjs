// Keeps the published table, a Markdown file with a section for each job: a run replaces the sections of the jobs that it ran.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

const HEAD = `# Measured

Each section is one run of \`npm run bench\`: all of its commands in turn on the same machine, after a run that checks what they write. How, and
what the columns mean, is in [README.md](README.md). A machine that does other work at the same time makes all figures worse, and ratios less so.
`;

/** Puts the section of a job that was measured into the file at `path`. */
export function publish(path, job, versions) {
  const text = existsSync(path) ? readFileSync(path, "utf8") : HEAD;
  const [start, end] = [`<!-- ${job.name} -->`, `<!-- end of ${job.name} -->`];
  const section = `${start}\n\n${sectionOf(job, versions)}\n${end}`;
  const from = text.indexOf(start);
  const before = from < 0 ? `${text.trimEnd()}\n\n` : text.slice(0, from);
  const after = from < 0 ? "\n" : text.slice(text.indexOf(end) + end.length);
  writeFileSync(path, before + section + after);
}

function sectionOf({ title, input, rows, goal, brief, bestPeer }, versions) {
  const unit = brief ? "ms" : "s";
  const shown = (seconds) => (brief ? (1000 * seconds).toFixed(0) : seconds.toFixed(2));
  const lines = rows.map(({ label, kind, figures, result, command }) => {
    const name = kind === "peer" && versions[label] !== undefined ? `${label} ${versions[label]}` : label;
    const cells =
      figures === undefined
        ? ["-", "-", "-", "-", "-"]
        : [
            `${shown(figures.seconds.median)} (${shown(figures.seconds.min)}-${shown(figures.seconds.max)})`,
            brief ? "-" : figures.megabytesPerSecond.toFixed(0),
            figures.cpuSeconds?.toFixed(2) ?? "-",
            figures.sumOfPeaksMib?.toFixed(0) ?? "-",
            ratio(figures, rows, bestPeer),
          ];
    return `| ${[name, ...cells, result.note, `\`${command.replaceAll("|", "\\|")}\``].join(" | ")} |`;
  });
  return [
    `## ${title}`,
    "",
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB; ` +
      `input ${(input.bytes / 1e6).toFixed(0)} MB; ${rows.find(({ figures }) => figures)?.figures.runs ?? 0} runs each.${verdict(goal, rows, bestPeer)}`,
    "",
    `| command | wall ${unit} (min-max) | MB/s | CPU s | sum of peaks MiB | x fastest peer | result | exactly |`,
    "| --- | --: | --: | --: | --: | --: | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}

function ratio(figures, rows, bestPeer) {
  const best = rows.find(({ label, kind }) => kind === "peer" && label === bestPeer)?.figures;
  return best === undefined ? "-" : (best.seconds.median / figures.seconds.median).toFixed(2);
}

function verdict(goal, rows, bestPeer) {
  const mine = rows.find(({ kind }) => kind === "ours")?.figures;
  if (goal === undefined || mine === undefined || bestPeer === undefined) return "";
  const reached = Number(ratio(mine, rows, bestPeer));
  return ` Goal: ${goal} x the fastest peer; measured ${reached}: ${reached >= goal ? "reached" : "missed"}.`;
}
