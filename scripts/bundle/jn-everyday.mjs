// The command lines whose code is compiled when jn is built (code-cache.mjs).
const CSV = 'name,age,city\nAda,36,London\nGrace,-1.5,"New\nYork"\n,,\n';
const NDJSON = '{"name":"Ada","age":36,"at":{"city":"London"}}\n{"name":"Grace","age":1.5,"at":{"city":null}}\n';
const FILES = { "a.csv": CSV, "b.csv": CSV, "a.json": `[${NDJSON.trim().replace("\n", ",")}]`, "a.ndjson": NDJSON };

/** What makeCodeCache takes. */
export const EVERYDAY = {
  files: FILES,
  input: NDJSON,
  variables: { JN_BACKEND: "auto" },
  commands: [
    ["cat", "a.csv"],
    ["cat", "a.json"],
    ["cat", "a.ndjson"],
    ["head", "-n", "1"],
    ["tail", "-n", "1"],
    ["filter", ".age > 10"],
    ["filter", "{name, city: .at.city}"],
    ["filter", '.age |= . + 1 | .seen = true | select(.name != "x")'],
    ["filter", "-s", "group_by(.name) | map({name: .[0].name, n: length})"],
    ["sort", "--by", "age"],
    ["group", "--by", "name", "--agg", "n: count, total: sum(.age)"],
    ["join", "b.csv", "--on", "name"],
    ["put", "-~json"],
    ["put", "-~csv"],
    ["put", "out.json"],
    ["put", "out.csv"],
    ["run", "cat a.csv | filter '.age > 10' | put out.json"],
  ],
};
