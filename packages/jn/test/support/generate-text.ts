// Writes records of a text format to standard output until the bytes asked for are written, or nobody reads any more.
//
//   node generate-text.js yaml|xml|html|markdown|logfmt|access|lines|lcov|tsv|json|ndjson|csv BYTES
import { writeSync } from "node:fs";

/** What stands before the records, a record, and what stands after them. */
interface Shape {
  readonly before?: string;
  readonly record: (id: number) => string;
  readonly after?: string;
}

const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ["ndjson", { record: (id) => `{"id":${id},"name":"name ${id}","x":${id % 100}}\n` }],
  ["json", { before: "[0", record: (id) => `,\n{"id":${id},"name":"name ${id}","x":${id % 100}}`, after: "]\n" }],
  ["csv", { before: "id,name,x\n", record: (id) => `${id},"name, ${id}",${id % 100}\n` }],
  ["tsv", { before: "id\tname\tx\n", record: (id) => `${id}\tname ${id}\t${id % 100}\n` }],
  ["yaml", { record: (id) => `---\nid: ${id}\nname: "name, ${id}"\nx: ${id % 100}\n` }],
  [
    "xml",
    {
      before: "<r>\n",
      record: (id) => `<row id="${id}"><name>name ${id}</name><x>${id % 100}</x></row>\n`,
      after: "</r>\n",
    },
  ],
  [
    "html",
    {
      before: "<table><tr><th>id</th><th>name</th></tr>\n",
      record: (id) => `<tr><td>${id}</td><td>name &amp; ${id}</td></tr>\n`,
      after: "</table>\n",
    },
  ],
  ["markdown", { before: "| id | name |\n| --- | --- |\n", record: (id) => `| ${id} | name ${id} |\n` }],
  ["logfmt", { record: (id) => `level=info id=${id} msg="request served" x=${id % 100}\n` }],
  [
    "access",
    {
      record: (id) =>
        `10.0.0.${id % 256} - - [10/Oct/2000:13:55:36 -0700] "GET /p/${id} HTTP/1.1" 200 ${id} "-" "Mozilla/5.0"\n`,
    },
  ],
  ["lines", { record: (id) => `line ${id} of a long text\n` }],
  ["lcov", { record: (id) => `SF:file${id}.js\nDA:1,${id}\nDA:2,0\nend_of_record\n` }],
] satisfies (readonly [string, Shape])[]);

const [kind = "ndjson", wanted = "0"] = process.argv.slice(2);
const shape = SHAPES.get(kind)!;
let written = 0;
let id = 0;

try {
  put(shape.before ?? "");
  while (written < Number(wanted)) {
    let piece = "";
    while (piece.length < 256 * 1024) piece += shape.record(++id);
    put(piece);
  }
  put(shape.after ?? "");
} catch (error) {
  if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
}

function put(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at, bytes.length - at);
  written += bytes.length;
}
