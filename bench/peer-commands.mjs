// Peers whose words take more than a line to make, for the table of jobs in jobs.mjs.

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
