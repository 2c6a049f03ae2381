import type { NativeBuiltin } from "./native.ts";

type Builtins = readonly (readonly [string, NativeBuiltin])[];

/** Builtins that few filters use, and that are loaded for those which do. */
interface Part {
  /** Name and number of arguments of each: what is not loaded must be known all the same. */
  readonly names: readonly string[];
  readonly load: () => Promise<Builtins>;
}

/** Start-up is paid by every stage of every pipeline: these are half of what the language consists of. */
const PARTS: readonly Part[] = [
  {
    names: named("test/1 test/2 _matches/1 _matches/2 _captures/1 _captures/2 _scanned/2 _edits/2 _parts/2 _edited/2"),
    async load() {
      const { regexBuiltins } = await import("./regex.ts");
      return regexBuiltins;
    },
  },
  {
    names: named("now/0 gmtime/0 localtime/0 mktime/0 strftime/1 strflocaltime/1 strptime/1"),
    async load() {
      const { dateBuiltins } = await import("./dates.ts");
      return dateBuiltins;
    },
  },
  {
    names: named(
      `year/0 month/0 day/0 hour/0 minute/0 second/0 today/0 time/0 week/0 weekday/0 weekday_num/0 epoch/0 epoch_ms/0
      delta/0 ago/0`,
    ),
    async load() {
      const { timeBuiltins } = await import("./times.ts");
      return timeBuiltins;
    },
  },
  {
    names: named(
      `floor/0 ceil/0 sqrt/0 fabs/0 trunc/0 sin/0 cos/0 tan/0 asin/0 acos/0 atan/0 sinh/0 cosh/0 tanh/0 asinh/0 acosh/0
      atanh/0 exp/0 exp2/0 exp10/0 expm1/0 log/0 log2/0 log10/0 log1p/0 cbrt/0 round/0 rint/0 nearbyint/0 frexp/0 modf/0
      logb/0 significand/0 gamma/0 lgamma/0 lgamma_r/0 tgamma/0 erf/0 erfc/0 j0/0 j1/0 y0/0 y1/0 pow/2 atan2/2 fmin/2 fmax/2
      fmod/2 fdim/2 hypot/2 copysign/2 drem/2 remainder/2 ldexp/2 scalb/2 scalbln/2 nextafter/2 nexttoward/2 jn/2 yn/2 fma/3
      abs/0`,
    ),
    async load() {
      const { mathBuiltins } = await import("./numbers.ts");
      return mathBuiltins;
    },
  },
  {
    names: named(
      `capitalize/0 titlecase/0 snakecase/0 kebabcase/0 screamcase/0 pascalcase/0 camelcase/0 slugify/0 words/0 lines/0
      chars/0`,
    ),
    async load() {
      const { caseBuiltins } = await import("./cases.ts");
      return caseBuiltins;
    },
  },
  {
    names: named("uuid/0 uuid7/0 ulid/0 xid/0 nanoid/0 shortid/0 random/0 seq/0 xid_time/0"),
    async load() {
      const { idBuiltins } = await import("./ids.ts");
      return idBuiltins;
    },
  },
];

/** The names of all builtins that are in parts. */
export const PART_NAMES: ReadonlySet<string> = new Set(PARTS.flatMap(({ names }) => names));

/** The builtins of the parts that these are in. */
export async function builtinsWith(names: ReadonlySet<string>): Promise<Builtins> {
  const wanted = PARTS.filter((part) => part.names.some((name) => names.has(name)));
  return (await Promise.all(wanted.map((part) => part.load()))).flat();
}

function named(names: string): readonly string[] {
  return names.split(/\s+/);
}
