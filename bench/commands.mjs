// Commands for the tables of jobs, jobs.mjs and group-jobs.mjs.
//
// A command is a list of stages, a stage is a list of words; `"<", PATH` at its end feeds its standard input. The first
// word is looked up by tools.mjs ("jn" is ours).

export const COLUMNS = [
  "id",
  "first_name",
  "last_name",
  "email",
  "country",
  "city",
  "score",
  "balance",
  "active",
  "notes",
];
export const TEXT_COLUMNS = ["first_name", "last_name", "email", "country", "city", "notes"];
export const PLAIN_COLUMNS = ["t", "x", "y", "z", "n"];

export const ours = (...stages) => ({ kind: "ours", label: "jn", stages });
/** The same on the TypeScript backend alone. */
export const asTypeScript = ({ stages }) => ({
  kind: "ours",
  label: "jn-typescript",
  stages: stages.map(([program, ...rest]) => [program === "jn" ? "jn-typescript" : program, ...rest]),
});
export const limit = (label, ...stages) => ({ kind: "limit", label, stages });

/** jq and the programs that take its language and its options. */
export const jqs = (...args) => ["jq", "gojq", "jaq"].map((tool) => peer(tool, [tool, ...args]));
export const duckdb = (query, options, ...more) =>
  peer("duckdb", ["duckdb", "-c", `COPY (${query}) TO '/dev/stdout' (${options})`], ...more);
export const sqlite = (path, ...statements) => ["sqlite3", ":memory:", `.import --csv "${path}" t`, ...statements];
export const jsonObject = (columns) =>
  `SELECT json_object(${columns.map((name) => `'${name}', ${name}`).join(", ")}) FROM t`;
export const polars = (job, path, ...more) => peer("polars", ["polars", job, path], ...more);
export const chCsv = (path) => `SELECT * FROM file('${path}', 'CSVWithNames')`;
export const chJson = (path) => `SELECT * FROM file('${path}', 'JSONEachRow')`;
export const CH_ARRAY = "JSONEachRow SETTINGS output_format_json_array_of_rows = 1";
export const csvjson = (path) => ["csvjson", "--stream", "--no-inference", "--snifflimit", "0", path];
export const ndjsonOf = (path) => `read_json('${path}', format = 'newline_delimited')`;

export const HEAD = ["head", "-n", "10"];
export const EMPTY_NODE = limit("node -e 0", ["node", "-e", "0"]);

export const peer = (label, ...stages) => ({ kind: "peer", label, stages });

/** ClickHouse: `query` without its output; `format` is ClickHouse's name, with settings after it. */
export function clickhouse(query, format, ...more) {
  return peer(
    "clickhouse",
    ["clickhouse", "local", "--query", `${query} INTO OUTFILE '/dev/stdout' APPEND FORMAT ${format}`],
    ...more,
  );
}

/** nushell. `-n --no-std-lib` are what it starts fastest with. */
export function nushell(pipeline, ...more) {
  return peer("nu", ["nu", "-n", "--no-std-lib", "-c", pipeline], ...more);
}

/** Both of nushell's ways to read NDJSON give the same; lines are the faster one. */
export const NU_NDJSON = "lines | each {from json}";
export const NU_TO_NDJSON = "each {to json -r} | to text";

/** sqlite3 over NDJSON: a table `t` of one column, `line`; the statement's rows are printed as they are. */
export function sqliteLines(path, statement) {
  const read = ["CREATE TABLE t (line TEXT)", ".mode ascii", '.separator "\\037" "\\n"', `.import "${path}" t`];
  return peer("sqlite3", ["sqlite3", ":memory:", ...read, ".mode list", statement]);
}

/** jaq, whose reader of CSV gives arrays, the header's first: the records are made of the names of `columns`. */
export const jaqRecords = (columns) =>
  `input as $header | inputs | {${columns.map((name, index) => `${name}: .[${index}]`).join(", ")}}`;
export const jaqCsv = (expression, path, ...more) =>
  peer("jaq", ["jaq", "-nc", "--from", "csv", expression, path], ...more);

/**
 * The awks that read CSV, and write JSON by a program made for these columns: `texts` need quotes, the others stand as they are. `when` is awk's
 * condition; an array has its items on lines of their own.
 */
export function csvAwks(path, columns, { texts, when = "NR > 1", array = false }, ...more) {
  const members = columns.map((name, index) => {
    const value = texts.includes(name) ? `q($${index + 1})` : `$${index + 1}`;
    return `${index === 0 ? '"{' : '",'}\\"${name}\\":" ${value}`;
  });
  const record = `${members.join(" ")} "}"`;
  const quote = `function q(s) { gsub(/["\\\\]/, "\\\\\\\\&", s); gsub(/\\n/, "\\\\n", s); return "\\"" s "\\"" }`;
  const program = array
    ? `${quote} BEGIN { printf "[" } ${when} { printf "%s%s", sep, ${record}; sep = ",\\n" } END { print "]" }`
    : `${quote} ${when} { print ${record} }`;
  return [
    peer("gawk", ["gawk", "--csv", program, path], ...more),
    peer("goawk", ["goawk", "-i", "csv", program, path], ...more),
  ];
}

/** What every job but the brief ones is held against: one more pipe, and one Node process that only moves bytes. */
export function commonLimits(path) {
  return [limit("cat", ["cat", path], ["cat"]), limit("loop", ["loop", path])];
}

/** mawk reads no quotes, so it can do plain numbers only. */
export function mawk(columns, path) {
  const members = columns.map((name, index) => `${index === 0 ? '"{' : '",'}\\"${name}\\":" $${index + 1}`);
  return peer("mawk", ["mawk", "-F,", `NR > 1 { print ${members.join(" ")} "}" }`, path]);
}

export function toCsv(columns) {
  const names = columns.map((name) => `"${name}"`).join(",");
  const fields = columns.map((name) => `.${name}`).join(",");
  return `[${names}], (inputs | [${fields}]) | @csv`;
}
