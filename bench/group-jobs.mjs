// The jobs that bring records together: groups, joins, the greatest. For jobs.mjs.
import {
  CH_ARRAY,
  COLUMNS,
  NU_NDJSON,
  chJson,
  clickhouse,
  duckdb,
  jqs,
  ndjsonOf,
  nushell,
  ours,
  peer,
  polars,
  sqlite,
  sqliteLines,
} from "./commands.mjs";

export const GROUP_JOBS = [
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
      polars("groups", d["people.ndjson"]),
      clickhouse(
        `SELECT country, count() AS n, max(score) AS best, sum(id) AS ids FROM file('${d["people.ndjson"]}', 'JSONEachRow') GROUP BY country ORDER BY country`,
        CH_ARRAY,
      ),
      peer("mlr", [
        "mlr",
        "--ijsonl",
        "--ojson",
        ...["stats1", "-a", "count,max,sum", "-f", "score,id", "-g", "country", "then"],
        ...["cut", "-o", "-f", "country,score_count,score_max,id_sum", "then"],
        ...["rename", "score_count,n,score_max,best,id_sum,ids", "then", "sort", "-f", "country"],
        "<",
        d["people.ndjson"],
      ]),
      sqliteLines(d["people.ndjson"], SQLITE_GROUPS),
      nushell(
        `open --raw ${d["people.ndjson"]} | ${NU_NDJSON} | group-by country --to-table | each {|g| {country: $g.country, n: ($g.items | length), best: ($g.items.score | math max), ids: ($g.items.id | math sum)}} | sort-by country | to json -r`,
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
      clickhouse(sumIn(`file('${d["people.csv"]}', 'CSVWithNames')`), "JSONEachRow"),
      peer("goawk", ["goawk", "-i", "csv", AWK_SUM, d["people.csv"]]),
      peer("gawk", ["gawk", "--csv", AWK_SUM, d["people.csv"]]),
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
      clickhouse(sumIn(`file('${d["people.ndjson"]}', 'JSONEachRow')`), "JSONEachRow"),
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
      polars("top", d["people.ndjson"]),
      clickhouse(
        `SELECT * FROM (${chJson(d["people.ndjson"])} ORDER BY balance DESC LIMIT 5) ORDER BY balance`,
        CH_ARRAY,
      ),
      peer("mlr", [
        "mlr",
        "--ijsonl",
        "--ojson",
        ...["top", "-n", "5", "-f", "balance", "-a", "then", "sort", "-nf", "balance"],
        "<",
        d["people.ndjson"],
      ]),
      nushell(`open --raw ${d["people.ndjson"]} | ${NU_NDJSON} | sort-by balance | last 5 | to json -r`),
    ],
  },
];

const MLR_SUM = ["stats1", "-a", "sum", "-f", "score", "-g", "country", "then", "rename", "score_sum,total"];
const GROUPS =
  "group_by(.country) | map({country: .[0].country, n: length, best: (map(.score) | max), ids: (map(.id) | add)})";
const SUM = "total: sum(score)";
const SUM_REDUCED =
  "reduce inputs as $r ({}; .[$r.country] += $r.score) | to_entries[] | {country: .key, total: .value}";
const AWK_SUM =
  'NR > 1 { s[$5] += $7 } END { for (k in s) printf "{\\"country\\":\\"%s\\",\\"total\\":%.15g}\\n", k, s[k] }';
const sumIn = (table) => `SELECT country, sum(score) AS total FROM ${table} GROUP BY country`;
const SQLITE_GROUPS =
  "SELECT json_group_array(json(row)) FROM (SELECT json_object('country', json_extract(line, '$.country'), 'n', count(*), 'best', " +
  "max(json_extract(line, '$.score')), 'ids', sum(json_extract(line, '$.id'))) AS row FROM t " +
  "GROUP BY json_extract(line, '$.country') ORDER BY json_extract(line, '$.country'))";
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
      peer("polars", ["polars", type, d["people.csv"], d["lookup.csv"]]),
      duckdb(`SELECT * FROM ${from(d)}`, "FORMAT json"),
      clickhouse(
        `SELECT p.*, l.team, l.level FROM file('${d["people.csv"]}', 'CSVWithNames') p ${sqlJoin} file('${d["lookup.csv"]}', 'CSVWithNames') l ON p.id = l.id SETTINGS join_use_nulls = 1`,
        "JSONEachRow",
      ),
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
