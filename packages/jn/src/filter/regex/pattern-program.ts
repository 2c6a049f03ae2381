import { type CharacterTest, characterTest } from "./character-class.ts";
import { type ParsedPattern, type Pattern, PatternError, type Place } from "./pattern.ts";

/** A regular expression as instructions for the matcher: `code` has four numbers for each, the operation and operands. */
export interface PatternProgram {
  readonly code: Int32Array;
  readonly classes: readonly CharacterTest[];
  readonly references: readonly BackReference[];
  readonly names: readonly (string | null)[];
  /** Slots: the start and the end of each group, from 2 on (0 is the start of the result), then registers of loops. */
  readonly slots: number;
  /** Whether what can follow an instruction at a position does not depend on how one got there. */
  readonly isRegular: boolean;
}

export interface BackReference {
  readonly groups: readonly number[];
  readonly ignoresCase: boolean;
}

/** The class that the first character must be in, if the program begins with one. */
export function firstCharacter({ code, classes }: PatternProgram): CharacterTest | undefined {
  let at = 0;
  while (code[at] === Op.save) at += SIZE;
  const isRun = (code[at] === Op.run || code[at] === Op.runPossessively) && code[at + 2]! > 0;
  return code[at] === Op.character || isRun ? classes[code[at + 1]!] : undefined;
}

export const Op = {
  match: 0,
  /** class */
  character: 1,
  /** class, least, most (-1: any number): as many as there are; fewer on backtracking */
  run: 2,
  /** class, least, most: never fewer */
  runPossessively: 3,
  /** first choice, second choice */
  split: 4,
  /** target */
  jump: 5,
  /** slot: remembers the position */
  save: 6,
  /** place, an index of PLACES */
  anchor: 7,
  /** index of references */
  backreference: 8,
  /** what follows; the body is next, and ends with `match` */
  atomic: 9,
  /** what follows, 1 if negative */
  lookAhead: 10,
  /** what follows, 1 if negative; the body ends with `reached` */
  lookBehind: 11,
  /** slot: goes on only if the position is that of the slot */
  reached: 12,
  /** slot, what follows: leaves a loop whose last round took nothing */
  leaveIfEmpty: 13,
  /** the slot of a group's end, where to go if it took no part */
  condition: 14,
  /** what follows: the body is what must not occur */
  absent: 15,
} as const;

const PLACES: readonly Place[] = [
  "start",
  "end",
  "endOrLastNewline",
  "lineStart",
  "lineEnd",
  "wordBoundary",
  "noWordBoundary",
  "searchStart",
];

/** @throws PatternError when the pattern, with its counted repeats written out, is too large */
export function compilePattern(parsed: ParsedPattern): PatternProgram {
  return new ProgramBuilder(parsed).program();
}

class ProgramBuilder {
  readonly #parsed: ParsedPattern;
  readonly #code: number[] = [];
  readonly #classes: CharacterTest[] = [];
  readonly #references: { readonly groups: readonly number[]; readonly ignoresCase: boolean }[] = [];
  #slots: number;
  #calls = 0;
  #isRegular = true;

  constructor(parsed: ParsedPattern) {
    this.#parsed = parsed;
    this.#slots = 2 + 2 * parsed.names.length;
  }

  program(): PatternProgram {
    this.#emit(this.#parsed.root);
    this.#add(Op.match);
    return {
      code: Int32Array.from(this.#code),
      classes: this.#classes,
      references: this.#references,
      names: this.#parsed.names,
      slots: this.#slots,
      isRegular: this.#isRegular,
    };
  }

  #emit(node: Pattern): void {
    switch (node.kind) {
      case "sequence":
        for (const part of node.parts) this.#emit(part);
        return;
      case "choice":
        return this.#choice(node.options);
      case "character":
        this.#add(Op.character, this.#class(node));
        return;
      case "repeat":
        return this.#repeat(node);
      case "group":
        this.#add(Op.save, 2 * node.index);
        this.#emit(node.body);
        this.#add(Op.save, 2 * node.index + 1);
        return;
      case "anchor":
        this.#add(Op.anchor, PLACES.indexOf(node.place));
        return;
      case "keep":
        this.#add(Op.save, 0);
        return;
      case "backreference":
        this.#add(Op.backreference, this.#references.push(node) - 1);
        return;
      case "atomic":
        return this.#enclosed(Op.atomic, 0, () => this.#emit(node.body));
      case "look":
        return this.#look(node);
      case "absent":
        return this.#enclosed(Op.absent, 0, () => this.#emit(node.body));
      case "condition": {
        const test = this.#add(Op.condition, 2 * node.group + 1);
        this.#emit(node.yes);
        const end = this.#add(Op.jump);
        this.#set(test, 2, this.#here());
        this.#emit(node.no);
        this.#set(end, 1, this.#here());
        return;
      }
      case "call": {
        // Written out where it is called; a pattern that calls itself, a bounded number of levels deep.
        const body = this.#parsed.groups.get(node.group);
        if (body === undefined) throw new PatternError("undefined group reference");
        if (++this.#calls > MAX_CALLS) this.#add(Op.anchor, -1);
        else this.#emit({ kind: "group", index: node.group, body });
        this.#calls--;
      }
    }
  }

  #choice(options: readonly Pattern[]): void {
    const ends: number[] = [];
    for (const [at, option] of options.entries()) {
      if (at === options.length - 1) this.#emit(option);
      else {
        const split = this.#splitBefore(false);
        this.#emit(option);
        ends.push(this.#add(Op.jump));
        this.#set(split, 2, this.#here());
      }
    }
    for (const end of ends) this.#set(end, 1, this.#here());
  }

  #repeat(node: Pattern & { readonly kind: "repeat" }): void {
    const { body, least, most, mode } = node;
    if (mode === "possessive" && body.kind !== "character") {
      return this.#enclosed(Op.atomic, 0, () => this.#repeat({ ...node, mode: "greedy" }));
    }
    if (body.kind === "character" && mode !== "lazy") {
      const op = mode === "greedy" ? Op.run : Op.runPossessively;
      this.#add(op, this.#class(body), least, most === Number.POSITIVE_INFINITY ? -1 : most);
      return;
    }
    for (let round = 0; round < least; round++) this.#emit(body);
    if (most === Number.POSITIVE_INFINITY) return this.#loop(body, mode === "lazy");
    const splits: number[] = [];
    for (let round = least; round < most; round++) {
      splits.push(this.#splitBefore(mode === "lazy"));
      this.#emit(body);
    }
    for (const split of splits) this.#set(split, mode === "lazy" ? 1 : 2, this.#here());
  }

  #loop(body: Pattern, isLazy: boolean): void {
    const register = this.#slots++;
    const split = this.#splitBefore(isLazy);
    this.#add(Op.save, register);
    this.#emit(body);
    const leave = this.#add(Op.leaveIfEmpty, register);
    this.#add(Op.jump, split / SIZE);
    this.#set(split, isLazy ? 1 : 2, this.#here());
    this.#set(leave, 2, this.#here());
  }

  /** A choice whose one way is the next instruction; the other one is to be set. */
  #splitBefore(isLazy: boolean): number {
    const next = this.#here() + 1;
    return isLazy ? this.#add(Op.split, 0, next) : this.#add(Op.split, next, 0);
  }

  #look(node: Pattern & { readonly kind: "look" }): void {
    const negative = node.negative ? 1 : 0;
    if (!node.behind) return this.#enclosed(Op.lookAhead, negative, () => this.#emit(node.body));
    const register = this.#slots++;
    this.#enclosed(
      Op.lookBehind,
      negative,
      () => {
        this.#emit(node.body);
        this.#add(Op.reached, register);
      },
      register,
    );
  }

  #enclosed(op: number, flag: number, body: () => void, register = 0): void {
    const start = this.#add(op, 0, flag, register);
    body();
    this.#add(Op.match);
    this.#set(start, 1, this.#here());
  }

  #class(node: { readonly source: string; readonly ignoresCase: boolean }): number {
    const test = characterTest(node.source, node.ignoresCase);
    const known = this.#classes.indexOf(test);
    return known >= 0 ? known : this.#classes.push(test) - 1;
  }

  /** The number of the next instruction. */
  #here(): number {
    return this.#code.length / SIZE;
  }

  /** Returns where the instruction's numbers begin. */
  #add(op: number, a = 0, b = 0, c = 0): number {
    if (this.#code.length > MAX_CODE) throw new PatternError("the pattern is too large");
    if (op === Op.backreference || op >= Op.atomic) this.#isRegular &&= op === Op.leaveIfEmpty;
    return this.#code.push(op, a, b, c) - SIZE;
  }

  #set(instruction: number, operand: number, value: number): void {
    this.#code[instruction + operand] = value;
  }
}

/** Numbers an instruction. */
export const SIZE = 4;
const MAX_CODE = 4 * 200_000;
/** Levels that a pattern may call itself. */
const MAX_CALLS = 20;
