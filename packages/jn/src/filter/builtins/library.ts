import type { Definition } from "../language/ast.ts";
import { parseFilter } from "../language/parser.ts";
import { unplaced } from "../language/unplaced.ts";

/** The library function of that name and number of arguments (`map/1`), parsed when it is first asked for. */
export function libraryFunction(key: string): Definition | undefined {
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const source = SOURCES.get(key);
  if (source === undefined) return undefined;
  const node = parseFilter(`${source} .`);
  if (node.kind !== "define") return undefined;
  const definition = unplaced(node.definition);
  parsed.set(key, definition);
  return definition;
}

/** `name/arity` of every library function. */
export function libraryNames(): readonly string[] {
  return [...SOURCES.keys()];
}

const parsed = new Map<string, Definition>();

/**
 * What the filter language itself can say best: written in it, inlined where it is used. One definition a line; none calls
 * itself, except through a function inside it.
 */
const LIBRARY = `
def map(f): [.[] | f];
def select(f): if f then . else empty end;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def recurse: recurse(.[]?);
def recurse(f): def r: ., (f | r); r;
def recurse(f; condition): def r: ., (f | select(condition) | r); r;
def map_values(f): .[] |= f;
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def with_entries(f): to_entries | map(f) | from_entries;
def add(f): reduce f as $x (null; . + $x);
def any(f): any(.[]; f);
def all(f): all(.[]; f);
def any(generator; condition): isempty(first(generator | condition | select(.))) | not;
def all(generator; condition): isempty(first(generator | condition | select(. | not)));
def isempty(g): label $out | (g | false, break $out), true;
def first: .[0];
def last: .[-1];
def first(f): label $out | (f | ., break $out);
def last(f): reduce f as $x ([]; [$x]) | .[];
def nth($n): .[$n];
def nth($n; f): if $n < 0 then error("nth doesn't support negative indices") else first(skip($n; f)) end;
def limit($n; f): if $n > 0 then label $out | foreach f as $x ($n; . - 1; $x, if . <= 0 then break $out else empty end) elif $n == 0 then empty else error("limit doesn't support negative count") end;
def skip($n; f): if $n > 0 then foreach f as $x ($n; . - 1; if . < 0 then $x else empty end) elif $n == 0 then f else error("skip doesn't support negative count") end;
def until(condition; update): def r: if condition then . else (update | r) end; r;
def while(condition; update): def r: if condition then ., (update | r) else empty end; r;
def repeat(f): def r: f, r; r;
def range($n): range(0; $n; 1);
def range($from; $upto): range($from; $upto; 1);
def sort_by(f): _sort_by_keys(map([f]));
def group_by(f): _group_by_keys(map([f]));
def unique_by(f): _unique_by_keys(map([f]));
def min_by(f): _min_by_keys(map([f]));
def max_by(f): _max_by_keys(map([f]));
def in($object): . as $key | $object | has($key);
def inside($other): . as $x | $other | contains($x);
def index($x): indices($x) | .[0];
def rindex($x): indices($x) | .[-1:][0];
def del(f): delpaths([path(f)]);
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def leaf_paths: paths(scalars);
def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)));
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def env: $ENV;
def ascii: [.] | implode;
def normals: select(isnormal);
def combinations: def c: if length == 0 then [] else .[0][] as $x | (.[1:] | c) as $w | [$x] + $w end; c;
def combinations($n): . as $dot | [range($n) | $dot] | combinations;
def finites: select(isfinite);
def match($pattern): _matches($pattern)[];
def match($re; $flags): _matches($re; $flags)[];
def capture($pattern): _captures($pattern)[];
def capture($re; $flags): _captures($re; $flags)[];
def scan($re): _scanned($re; "g")[];
def scan($re; $flags): _scanned($re; "g" + $flags)[];
def split($re; $flags): _parts($re; $flags + "g");
def splits($re): _parts($re; "g")[];
def splits($re; $flags): _parts($re; $flags + "g")[];
def sub($re; f): sub($re; f; "");
def sub($re; f; $flags): _edits($re; $flags) as $edits | _edited($edits; [$edits[] | [.[2] | f]])[];
def gsub($re; f): sub($re; f; "g");
def gsub($re; f; $flags): sub($re; f; $flags + "g");
def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def todate: todateiso8601;
def fromdate: fromdateiso8601;
def date: todate;
def dateadd(unit; n): . + n;
def datesub(unit; n): . - n;
def tostream: _events[];
def fromstream(f): {x: null, e: false} as $init | foreach f as $i ($init; if .e then $init else . end | if $i | length == 2 then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1]) else setpath(["e"]; $i[0] | length == 1) end; if .e then .x else empty end);
def truncate_stream(f): . as $n | null | f | . as $event | if .[0] | length > $n then setpath([0]; $event[0][$n:]) else empty end;
def debug(f): (f | debug | empty), .;
def halt_error: halt_error(5);
def INDEX(f; key): reduce f as $row ({}; .[$row | key | tostring] = $row);
def INDEX(key): INDEX(.[]; key);
def JOIN($index; key): [.[] | [., $index[key]]];
def JOIN($index; f; key): f | [., $index[key]];
def JOIN($index; f; key; join): f | [., $index[key]] | join;
def IN(f): any(f == .; .);
def IN(source; f): any(source == f; .);
def drop(paths): delpaths([path(paths)]);
def default($x): if . == null then $x else . end;
def sum(f): reduce (.[] | f) as $x (0; . + $x);
def count: length;
def avg(f): if length == 0 then null else sum(f) / length end;
`;

const SOURCES: ReadonlyMap<string, string> = new Map(
  LIBRARY.trim()
    .split("\n")
    .map((line) => {
      const [, name = "", params = ""] = /^def (\w+)(?:\(([^)]*)\))?:/.exec(line) ?? [];
      const arity = params === "" ? 0 : params.split(";").length;
      return [`${name}/${arity}`, line] as const;
    }),
);
