// The table of jobs: what is read, which commands do the same work, what the right answer is, and which floors must hold.
//
// A command is a list of stages, a stage is a list of words; `"<", PATH` at its end feeds its standard input. The first
// word is looked up by tools.mjs ("jn" is ours). `d` maps the names of the data sets to paths.

const COLUMNS = ["id", "first_name", "last_name", "email", "country", "city", "score", "balance", "active", "notes"];
const PLAIN_COLUMNS = ["t", "x", "y", "z", "n"];

const ours = (...stages) => ({ kind: "ours", label: "jn", stages });
/** The same on the TypeScript backend alone. */
export const asTypeScript = ({ stages }) => ({
  kind: "ours",
  label: "jn-typescript",
  stages: stages.map(([program, ...rest]) => [program === "jn" ? "jn-typescript" : program, ...rest]),
});
const peer = (label, ...stages) => ({ kind: "peer", label, stages });
const limit = (label, ...stages) => ({ kind: "limit", label, stages });

/** jq and the programs that take its language and its options. */
const jqs = (...args) => ["jq", "gojq", "jaq"].map((tool) => peer(tool, [tool, ...args]));
const duckdb = (query, options, ...more) =>
  peer("duckdb", ["duckdb", "-c", `COPY (${query}) TO '/dev/stdout' (${options})`], ...more);
const sqlite = (path, ...statements) => ["sqlite3", ":memory:", `.import --csv "${path}" t`, ...statements];
const jsonObject = (columns) => `SELECT json_object(${columns.map((name) => `'${name}', ${name}`).join(", ")}) FROM t`;
const polars = (job, ...paths) => peer("polars", ["polars", job, ...paths]);
const csvjson = (path) => ["csvjson", "--stream", "--no-inference", "--snifflimit", "0", path];
const ndjsonOf = (path) => `read_json('${path}', format = 'newline_delimited')`;

const HEAD = ["head", "-n", "10"];
const MLR_SUM = ["stats1", "-a", "sum", "-f", "score", "-g", "country", "then", "rename", "score_sum,total"];
const wins = ({ score }) => score > 90;

const UPDATE = ".score |= . + 1 | .seen = true";
const GROUPS =
  "group_by(.country) | map({country: .[0].country, n: length, best: (map(.score) | max), ids: (map(.id) | add)})";
const SUM = "total: sum(score)";
const SUM_REDUCED =
  "reduce inputs as $r ({}; .[$r.country] += $r.score) | to_entries[] | {country: .key, total: .value}";
const sumIn = (table) => `SELECT country, sum(score) AS total FROM ${table} GROUP BY country`;
const TOP = "sort_by(.balance)[-5:]";

function groups(records) {
  const found = new Map();
  for (const { country, score, id } of records) {
    const group = found.get(country) ?? { country, n: 0, best: score, ids: 0 };
    found.set(country, { country, n: group.n + 1, best: Math.max(group.best, score), ids: group.ids + id });
  }
  return [...found.values()].toSorted((a, b) => (a.country < b.country ? -1 : 1));
}

/** In tenths, which are whole. */
function sums(records) {
  const found = new Map();
  for (const { country, score } of records) found.set(country, (found.get(country) ?? 0) + Math.round(score * 10));
  return [...found].map(([country, tenths]) => ({ country, total: tenths / 10 }));
}

function joinJob(name, title, type, sqlJoin, others = () => []) {
  const from = (d) => `read_csv('${d["people.csv"]}') p ${sqlJoin} read_csv('${d["lookup.csv"]}') l USING (id)`;
  const sqlText = `SELECT json_object(${COLUMNS.map((column) => `'${column}', p.${column}`).join(", ")}, 'team', l.team, 'level', l.level) FROM t p ${sqlJoin} l USING (id)`;
  return {
    name,
    title,
    goal: 1,
    input: "people.csv",
    result: { format: "ndjson", from: "people.ndjson", join: type, isUnordered: true },
    commands: (d) => [
      ours(["jn", "join", d["lookup.csv"], "--on", "id", "--type", type, d["people.csv"]]),
      polars(type, d["people.csv"], d["lookup.csv"]),
      duckdb(`SELECT * FROM ${from(d)}`, "FORMAT json"),
      ...others(d),
      peer("sqlite3", [
        ...sqlite(d["people.csv"], `.import --csv "${d["lookup.csv"]}" l`, "CREATE INDEX i ON l(id)", sqlText),
      ]),
    ],
  };
}

function top(records) {
  let held = [];
  for (const record of records) {
    held.push(record);
    if (held.length > 10_000) held = held.toSorted((a, b) => a.balance - b.balance).slice(-5);
  }
  return held.toSorted((a, b) => a.balance - b.balance).slice(-5);
}

export const JOBS = [
  {
    name: "csv-mixed",
    title: "CSV with quotes, newlines inside quotes and non-ASCII text -> NDJSON",
    goal: 3,
    input: "people.csv",
    result: { format: "ndjson", from: "people.ndjson" },
    floors: [{ against: "loop", speedAtLeast: 0.12 }],
    commands: (d) => [
      ours(["jn", "cat", d["people.csv"]]),
      peer("mlr", ["mlr", "--icsv", "--ojsonl", "cat", d["people.csv"]]),
      duckdb(`SELECT * FROM read_csv('${d["people.csv"]}')`, "FORMAT json"),
      polars("csv-ndjson", d["people.csv"]),
      peer("sqlite3", sqlite(d["people.csv"], jsonObject(COLUMNS))),
      peer("qsv", ["qsv", "tojsonl", d["people.csv"]]),
      peer("csvjson", csvjson(d["people.csv"])),
    ],
  },
  {
    name: "csv-numeric",
    title: "CSV of plain numbers -> NDJSON",
    goal: 3,
    input: "plain.csv",
    result: { format: "ndjson", from: "plain.ndjson" },
    commands: (d) => [
      ours(["jn", "cat", d["plain.csv"]]),
      peer("mlr", ["mlr", "--icsv", "--ojsonl", "cat", d["plain.csv"]]),
      duckdb(`SELECT * FROM read_csv('${d["plain.csv"]}')`, "FORMAT json"),
      polars("csv-ndjson", d["plain.csv"]),
      peer("sqlite3", sqlite(d["plain.csv"], jsonObject(PLAIN_COLUMNS))),
      peer("qsv", ["qsv", "tojsonl", d["plain.csv"]]),
      peer("csvjson", csvjson(d["plain.csv"])),
    ],
  },
  {
    name: "ndjson-select",
    title: "NDJSON -> the records with score > 90",
    goal: 4,
    input: "people.ndjson",
    result: { format: "ndjson", from: "people.ndjson", keep: wins },
    floors: [{ against: "loop", speedAtLeast: 0.35 }],
    commands: (d) => [
      ours(["jn", "filter", ".score > 90", "<", d["people.ndjson"]]),
      polars("select", d["people.ndjson"]),
      ...jqs("-c", "select(.score > 90)", "<", d["people.ndjson"]),
      peer("mlr", ["mlr", "--ijsonl", "--ojsonl", "filter", "$score > 90", "<", d["people.ndjson"]]),
      duckdb(`SELECT * FROM ${ndjsonOf(d["people.ndjson"])} WHERE score > 90`, "FORMAT json"),
    ],
  },
  {
    name: "ndjson-csv",
    title: "NDJSON -> CSV",
    goal: 2,
    input: "people.ndjson",
    result: { format: "csv", from: "people.ndjson" },
    commands: (d) => [
      ours(["jn", "put", "-~csv", "<", d["people.ndjson"]]),
      polars("ndjson-csv", d["people.ndjson"]),
      ...jqs("-nr", toCsv(COLUMNS), "<", d["people.ndjson"]),
      peer("mlr", ["mlr", "--ijsonl", "--ocsv", "cat", "<", d["people.ndjson"]]),
      duckdb(`SELECT * FROM ${ndjsonOf(d["people.ndjson"])}`, "FORMAT csv, HEADER"),
      peer("qsv", ["qsv", "jsonl", d["people.ndjson"]]),
    ],
  },
  {
    name: "main",
    title: "CSV -> the records with score > 90 -> JSON array",
    goal: 2,
    input: "people.csv",
    result: { format: "json", from: "people.ndjson", keep: wins },
    commands: (d) => [
      ours(["jn", "run", `cat ${d["people.csv"]} | filter '.score > 90' | put -~json`]),
      peer("mlr", ["mlr", "--icsv", "--ojson", "filter", "$score > 90", d["people.csv"]]),
      peer(
        "mlr | jq | jq",
        ["mlr", "--icsv", "--ojsonl", "cat", d["people.csv"]],
        ["jq", "-c", "select(.score > 90)"],
        ["jq", "-s", "."],
      ),
      duckdb(`SELECT * FROM read_csv('${d["people.csv"]}') WHERE score > 90`, "FORMAT json, ARRAY true"),
      polars("main", d["people.csv"]),
      peer("sqlite3", sqlite(d["people.csv"], ".mode json", "SELECT * FROM t WHERE CAST(score AS REAL) > 90")),
    ],
  },
  {
    name: "main-shell",
    title:
      "CSV -> the records with score > 90 -> JSON array, as three processes that a shell connects, against one process",
    goal: 1,
    input: "people.csv",
    result: { format: "json", from: "people.ndjson", keep: wins },
    commands: (d) => [
      ours(["jn", "cat", d["people.csv"]], ["jn", "filter", ".score > 90"], ["jn", "put", "-~json"]),
      duckdb(`SELECT * FROM read_csv('${d["people.csv"]}') WHERE score > 90`, "FORMAT json, ARRAY true"),
      polars("main", d["people.csv"]),
    ],
  },
  {
    name: "nested-construct",
    title: "nested NDJSON -> {login, type}",
    goal: 1.5,
    input: "events.ndjson",
    result: { format: "ndjson", from: "events.ndjson", keep: ({ actor, type }) => ({ login: actor.login, type }) },
    commands: (d) => [
      ours(["jn", "filter", "{login: .actor.login, type}", "<", d["events.ndjson"]]),
      polars("nested", d["events.ndjson"]),
      ...jqs("-c", "{login: .actor.login, type}", "<", d["events.ndjson"]),
      peer("mlr", [
        "mlr",
        "--ijsonl",
        "--ojsonl",
        "put",
        '$* = {"login": $actor.login, "type": $type}',
        "<",
        d["events.ndjson"],
      ]),
      duckdb(`SELECT actor.login AS login, type FROM ${ndjsonOf(d["events.ndjson"])}`, "FORMAT json"),
    ],
  },
  {
    name: "ndjson-update",
    title: "NDJSON -> one member changed, one added",
    input: "people.ndjson",
    result: {
      format: "ndjson",
      from: "people.ndjson",
      keep: (record) => ({ ...record, score: record.score + 1, seen: true }),
    },
    commands: (d) => [
      ours(["jn", "filter", UPDATE, "<", d["people.ndjson"]]),
      ...jqs("-c", UPDATE, "<", d["people.ndjson"]),
      peer("mlr", ["mlr", "--ijsonl", "--ojsonl", "put", "$score += 1; $seen = true", "<", d["people.ndjson"]]),
      duckdb(`SELECT * REPLACE (score + 1 AS score), true AS seen FROM ${ndjsonOf(d["people.ndjson"])}`, "FORMAT json"),
      polars("update", d["people.ndjson"]),
    ],
  },
  {
    name: "ndjson-group",
    title: "NDJSON -> count, maximum and sum of groups",
    input: "people.ndjson",
    result: { format: "json", from: "people.ndjson", all: groups },
    commands: (d) => [
      ours(["jn", "filter", "-s", GROUPS, "<", d["people.ndjson"]]),
      ...jqs("-c", "-s", GROUPS, "<", d["people.ndjson"]),
      duckdb(
        `SELECT country, count(*) AS n, max(score) AS best, sum(id) AS ids FROM ${ndjsonOf(d["people.ndjson"])} GROUP BY country ORDER BY country`,
        "FORMAT json, ARRAY true",
      ),
    ],
  },
  {
    name: "csv-sum",
    title: "CSV -> the sum of a column for each of the groups",
    goal: 1,
    input: "people.csv",
    result: { format: "ndjson", from: "people.ndjson", all: sums, isUnordered: true },
    commands: (d) => [
      ours(["jn", "group", "--by", "country", "--agg", SUM, d["people.csv"]]),
      polars("sum", d["people.csv"]),
      duckdb(sumIn(`read_csv('${d["people.csv"]}')`), "FORMAT json"),
      peer("mlr", ["mlr", "--icsv", "--ojsonl", ...MLR_SUM, d["people.csv"]]),
      peer(
        "sqlite3",
        sqlite(d["people.csv"], "SELECT json_object('country', country, 'total', sum(score)) FROM t GROUP BY country"),
      ),
    ],
  },
  {
    name: "ndjson-sum",
    title: "NDJSON -> the sum of a member for each of the groups",
    goal: 1,
    input: "people.ndjson",
    result: { format: "ndjson", from: "people.ndjson", all: sums, isUnordered: true },
    commands: (d) => [
      ours(["jn", "group", "--by", "country", "--agg", SUM, "<", d["people.ndjson"]]),
      polars("sum", d["people.ndjson"]),
      ...jqs("-nc", SUM_REDUCED, "<", d["people.ndjson"]),
      peer("mlr", ["mlr", "--ijsonl", "--ojsonl", ...MLR_SUM, "<", d["people.ndjson"]]),
      duckdb(sumIn(ndjsonOf(d["people.ndjson"])), "FORMAT json"),
    ],
  },
  joinJob("join", "CSV, each row with that of 10,000 others that has its id -> NDJSON", "inner", "JOIN", (d) => [
    peer("mlr", ["mlr", "--icsv", "--ojsonl", "join", "-j", "id", "-f", d["lookup.csv"], d["people.csv"]]),
  ]),
  joinJob("join-left", "the same, and all other rows", "left", "LEFT JOIN"),
  {
    name: "ndjson-top",
    title: "NDJSON -> the five greatest",
    input: "people.ndjson",
    result: { format: "json", from: "people.ndjson", all: top },
    commands: (d) => [
      ours(["jn", "filter", "-s", TOP, "<", d["people.ndjson"]]),
      ...jqs("-c", "-s", TOP, "<", d["people.ndjson"]),
      duckdb(
        `SELECT * FROM (SELECT * FROM ${ndjsonOf(d["people.ndjson"])} ORDER BY balance DESC LIMIT 5) ORDER BY balance`,
        "FORMAT json, ARRAY true",
      ),
    ],
  },
  {
    name: "json-read",
    title: "JSON array -> NDJSON",
    input: "array.json",
    result: { format: "ndjson", from: "people.ndjson" },
    commands: (d) => [
      ours(["jn", "cat", d["array.json"]]),
      ...jqs("-c", ".[]", d["array.json"]),
      peer("mlr", ["mlr", "--ijson", "--ojsonl", "cat", d["array.json"]]),
      duckdb(`SELECT * FROM read_json('${d["array.json"]}', format = 'array')`, "FORMAT json"),
    ],
  },
  {
    name: "json-write",
    title: "NDJSON -> JSON array",
    input: "people.ndjson",
    result: { format: "json", from: "people.ndjson" },
    commands: (d) => [
      ours(["jn", "put", "-~json", "<", d["people.ndjson"]]),
      ...jqs("-s", ".", "<", d["people.ndjson"]),
      peer("mlr", ["mlr", "--ijsonl", "--ojson", "cat", "<", d["people.ndjson"]]),
      duckdb(`SELECT * FROM ${ndjsonOf(d["people.ndjson"])}`, "FORMAT json, ARRAY true"),
    ],
  },
  {
    name: "head",
    title: "the first 10 records of a large CSV, by closing the pipe",
    input: "people.csv",
    brief: true,
    result: { format: "ndjson", from: "people.ndjson", first: 10 },
    limits: (d) => [limit("cat", ["cat", d["people.csv"]], HEAD), limit("loop", ["loop", d["people.csv"]], HEAD)],
    commands: (d) => [
      ours(["jn", "cat", d["people.csv"]], HEAD),
      peer("mlr", ["mlr", "--icsv", "--ojsonl", "cat", d["people.csv"]], HEAD),
      peer("mlr head", ["mlr", "--icsv", "--ojsonl", "head", "-n", "10", d["people.csv"]]),
      duckdb(`SELECT * FROM read_csv('${d["people.csv"]}')`, "FORMAT json", HEAD),
      peer("sqlite3", sqlite(d["people.csv"], jsonObject(COLUMNS)), HEAD),
      peer("csvjson", csvjson(d["people.csv"]), HEAD),
    ],
  },
  {
    name: "startup",
    title: "a CSV of 10 rows -> NDJSON",
    input: "tiny.csv",
    brief: true,
    result: { format: "ndjson", from: "people.ndjson", first: 10 },
    floors: [{ against: "node -e 0", timeAtMost: 1.5 }],
    limits: () => [limit("node -e 0", ["node", "-e", "0"])],
    commands: (d) => [
      ours(["jn", "cat", d["tiny.csv"]]),
      peer("mlr", ["mlr", "--icsv", "--ojsonl", "cat", d["tiny.csv"]]),
      duckdb(`SELECT * FROM read_csv('${d["tiny.csv"]}')`, "FORMAT json"),
      peer("sqlite3", sqlite(d["tiny.csv"], jsonObject(COLUMNS))),
      peer("qsv", ["qsv", "tojsonl", d["tiny.csv"]]),
      peer("csvjson", csvjson(d["tiny.csv"])),
    ],
  },
];

/** What every job but the brief ones is held against: one more pipe, and one Node process that only moves bytes. */
export function commonLimits(path) {
  return [limit("cat", ["cat", path], ["cat"]), limit("loop", ["loop", path])];
}

function toCsv(columns) {
  const names = columns.map((name) => `"${name}"`).join(",");
  const fields = columns.map((name) => `.${name}`).join(",");
  return `[${names}], (inputs | [${fields}]) | @csv`;
}
