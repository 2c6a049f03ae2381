import { readFileSync } from "node:fs";
import { ioError } from "@jn/wire";
import { type Language, PATTERNS } from "./streaming-rules.ts";

/** Something in a plugin's source that breaks a rule, or an exception that is none. Lines count from 1. */
export interface SourceFinding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly problem: string;
}

/**
 * Looks for what a plugin must not do in its source, which is not run. A line is let off by a comment on it or above it,
 * `jn: allow RULE -- reason`; one without a reason, or with nothing to let off, is a finding itself.
 *
 * @returns undefined for a language that is not understood: only Python, JavaScript, TypeScript and shell are
 * @throws WireError `IO`
 */
export function checkSource(path: string): readonly SourceFinding[] | undefined {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw ioError("read", path, error);
  }
  const language = languageOf(path, text);
  if (language === undefined) return undefined;
  const source = withoutComments(text, language);
  const allowed = exceptionsIn(text);
  const findings: SourceFinding[] = [];
  for (const { rule, breaks, mended, problem } of PATTERNS.get(language)!) {
    for (const found of source.matchAll(breaks)) {
      if (mended?.(source, found.groups?.["name"]) === true || isQuoted(source, found.index, language)) continue;
      const line = lineAt(source, found.index + found[0].search(/\S/));
      const exception = allowed.find((one) => one.rule === rule && (one.line === line || one.line === line - 1));
      if (exception !== undefined) exception.isUsed = true;
      else if (!findings.some((one) => one.line === line && one.rule === rule))
        findings.push({ path, line, rule, problem });
    }
  }
  for (const { line, rule, reason, isUsed } of allowed) {
    if (!isUsed) findings.push({ path, line, rule, problem: "there is nothing to allow here; remove the comment" });
    else if (reason === "") findings.push({ path, line, rule, problem: "say why it is allowed: -- and the reason" });
  }
  return findings.toSorted((left, right) => left.line - right.line);
}

/** A comment that allows something. */
interface Exception {
  readonly line: number;
  readonly rule: string;
  readonly reason: string;
  isUsed: boolean;
}

function exceptionsIn(text: string): readonly Exception[] {
  return [...text.matchAll(/(?:#|\/\/)[ \t]*jn: allow ([\w-]+)[ \t]*(?:--[ \t]*(.*))?$/gm)].map((found) => ({
    line: lineAt(text, found.index),
    rule: found[1]!,
    reason: (found[2] ?? "").trim(),
    isUsed: false,
  }));
}

function languageOf(path: string, text: string): Language | undefined {
  const [, extension = ""] = /\.(\w+)$/.exec(path) ?? [];
  const [first = ""] = text.split("\n", 1);
  const program = first.startsWith("#!") ? first : "";
  if (/^pyw?$/.test(extension) || /\bpython|\buv\b/.test(program)) return "python";
  if (/^[mc]?[jt]s$/.test(extension) || /\b(?:node|bun|deno|tsx)\b/.test(program)) return "javascript";
  return /^(?:sh|bash)$/.test(extension) || /\b(?:ba|da|z|k)?sh\b/.test(program) ? "shell" : undefined;
}

/** The same text with blanks where comments were, and where a program in another language is quoted. */
function withoutComments(text: string, language: Language): string {
  return text.replaceAll(TOKENS.get(language)!, (token: string) => {
    const isText = /^["'`]/.test(token) && !/^(?:"""|''')/.test(token);
    const isQuotedProgram = language === "shell" && token.startsWith("'");
    return isText && !isQuotedProgram ? token : token.replaceAll(/[^\n]/g, " ");
  });
}

/** Whether that place is inside a string. In shell, what is in double quotes is run. */
function isQuoted(source: string, index: number, language: Language): boolean {
  if (language === "shell") return false;
  return [...source.matchAll(TOKENS.get(language)!)].some(
    (token) => token.index < index && index < token.index + token[0].length,
  );
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/** Comments, and the strings that may have in them what would look like one. */
const TOKENS: ReadonlyMap<Language, RegExp> = new Map([
  ["python", /"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*/g],
  ["javascript", /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\*[^]*?\*\/|\/\/.*/g],
  ["shell", /"(?:[^"\\]|\\.)*"|'[^']*'|(?<![^\s;])#.*/g],
]);
