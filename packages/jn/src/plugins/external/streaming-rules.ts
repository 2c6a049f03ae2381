/** What a plugin must not do, because its memory would grow with the input, or something would be left behind. */
export type StreamingRule = "whole-output" | "reads-to-end" | "unwaited-child" | "missing-close";

/** The languages whose source is understood. */
export type Language = "python" | "javascript" | "shell";

/** What breaks a rule, as text. */
export interface Pattern {
  readonly rule: StreamingRule;
  /** A group `name` is what the thing is called that is opened or started. */
  readonly breaks: RegExp;
  /** Whether something elsewhere in the source makes it right again. */
  readonly mended?: (source: string, name: string | undefined) => boolean;
  readonly problem: string;
}

const CAPTURED = "the whole output of a program is held in memory; read it piece by piece";
const TO_END = "the input is read to its end before anything can be written; convert record by record";
const UNWAITED = "a process is started and not waited for, so its failure is not seen";
const UNCLOSED = "it is opened and not closed: the other end may wait for ever, or data be lost";

/** What is looked for, in source without comments. These are signs, not proofs: what is right can be allowed, with a reason. */
export const PATTERNS: ReadonlyMap<Language, readonly Pattern[]> = new Map([
  [
    "python",
    [
      {
        rule: "whole-output",
        breaks:
          /\bcheck_output\s*\(|\bget(?:status)?output\s*\(|\bcapture_output\s*=\s*True|\.communicate\s*\(|\.stdout\.read\s*\(\s*\)/g,
        problem: CAPTURED,
      },
      {
        rule: "reads-to-end",
        breaks:
          /\bstdin(?:\.buffer)?\.(?:read\s*\(\s*\)|readlines\s*\()|\b(?:list|sorted|tuple|set)\s*\(\s*sys\.stdin|\b\w+\.(?:load|safe_load|parse)\s*\(\s*sys\.stdin|\bopen\s*\(\s*(?:0|["']\/dev\/stdin["'])[^)]*\)\.read\s*\(\s*\)/g,
        problem: TO_END,
      },
      {
        rule: "unwaited-child",
        breaks: /(?:(?<name>\w+)\s*=\s*)?\b(?:subprocess\.)?Popen\s*\(|\bos\.(?:fork|spawn\w+)\s*\(/g,
        mended: (source, name) =>
          name === undefined
            ? /\bwith\s+(?:subprocess\.)?Popen|\bos\.wait/.test(source)
            : new RegExp(String.raw`\b${name}\.(?:wait|communicate)\s*\(|\bwith\s+${name}\b`).test(source),
        problem: UNWAITED,
      },
      {
        rule: "missing-close",
        breaks: /\b(?<name>\w+)\s*=\s*(?:subprocess\.)?Popen\s*\((?=[^#]*?\bPIPE\b)/g,
        mended: (source, name) =>
          new RegExp(String.raw`\b${name}\.(?:communicate|stdin\.close|stdout\.close)\s*\(|\bwith\s+${name}\b`).test(
            source,
          ),
        problem: UNCLOSED,
      },
      {
        rule: "missing-close",
        breaks: /\b(?<name>\w+)\s*=\s*(?:open|\w+\.open)\s*\(/g,
        mended: (source, name) =>
          new RegExp(String.raw`\b${name}\.close\s*\(|\bwith\s+${name}\b|\bclosing\(\s*${name}\b`).test(source),
        problem: UNCLOSED,
      },
    ],
  ],
  [
    "javascript",
    [
      {
        rule: "whole-output",
        breaks: /(?<![.\w])(?:execSync|execFileSync|spawnSync|execFile|exec)\s*\(|\bchild_process\.exec\w*\s*\(/g,
        problem: CAPTURED,
      },
      {
        rule: "reads-to-end",
        breaks:
          /\breadFile(?:Sync)?\s*\(\s*(?:0|process\.stdin\.fd|["']\/dev\/stdin["'])|(?<![.\w])(?:text|json|buffer|arrayBuffer)\s*\(\s*process\.stdin|\bprocess\.stdin\.toArray\s*\(|\bfromAsync\s*\(\s*process\.stdin/g,
        problem: TO_END,
      },
      {
        rule: "reads-to-end",
        breaks: /\bBuffer\.concat\s*\(/g,
        mended: (source) => !/\bprocess\.stdin\b/.test(source) || !/\.(?:on|once)\(\s*["']end["']/.test(source),
        problem: TO_END,
      },
      {
        rule: "unwaited-child",
        breaks: /(?<![.\w])(?:spawn|fork)\s*\(|\bchild_process\.(?:spawn|fork)\s*\(/g,
        mended: (source) => /["'](?:close|exit)["']/.test(source),
        problem: UNWAITED,
      },
      {
        rule: "missing-close",
        breaks: /\b(?<name>\w+)\s*=\s*(?:await\s+)?(?:\w+\.)?(?:openSync|open|createWriteStream)\s*\(/g,
        mended: (source, name) =>
          new RegExp(String.raw`\b${name}\.(?:end|close|destroy)\s*\(|closeSync\s*\(\s*${name}\b|pipeline\s*\(`).test(
            source,
          ),
        problem: UNCLOSED,
      },
    ],
  ],
  [
    "shell",
    [
      {
        rule: "whole-output",
        breaks:
          /\$\((?!\()\s*(?!(?:cat|basename|dirname|mktemp|date|pwd|uname|id|printf|echo|command|expr|tput|nproc)\b)[^)\s]/g,
        problem: CAPTURED,
      },
      { rule: "reads-to-end", breaks: /\$\(\s*(?:cat\b|<)|`\s*cat\b/g, problem: TO_END },
      {
        rule: "reads-to-end",
        breaks:
          /(?:^|[|;&(]\s*|\bthen\s+|\bdo\s+)(?:sponge|tac|sort|shuf|tail)\b|\bjq\b[^\n|]*\s(?:-\w*s\w*|--slurp)(?=\s|$)/gm,
        problem: TO_END,
      },
      {
        rule: "unwaited-child",
        breaks: /(?<![&|<>\d])&(?=\s*(?:$|[;)#]))/gm,
        mended: (source) => /(?:^|[;\s])wait\b/m.test(source),
        problem: UNWAITED,
      },
      {
        rule: "missing-close",
        breaks: /\bexec\s+(?<name>[3-9]|\d\d+)(?:<>?|>>?)(?!\s*&-)/g,
        mended: (source, name) => new RegExp(String.raw`\bexec\s+${name}[<>]&-`).test(source),
        problem: UNCLOSED,
      },
    ],
  ],
]);
