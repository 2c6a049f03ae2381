import { PatternError } from "./pattern.ts";
import { firstCharacter, Op, type PatternProgram, SIZE } from "./pattern-program.ts";
import { afterReference, isAt, isIn, isInsidePair, widthAt } from "./text-place.ts";
import { TriedPlaces } from "./tried-places.ts";

/** A match: for each group, the whole first, where it starts and ends in UTF-16 units; -1 when it took no part. */
export type MatchSpans = Int32Array;

export interface SearchOptions {
  /** Of all matches at the first place that has one, the longest. */
  readonly longest?: boolean;
  /** Only matches that are not empty. */
  readonly notEmpty?: boolean;
}

/**
 * Finds matches by backtracking, with a stack of its own instead of recursion. A search that takes long (`(a+)+$`)
 * remembers what it tried, so that it tries nothing twice (Davis, Servant and Lee 2021); a pattern that forbids that, by
 * looking around or back, becomes an error after a number of steps instead of a program that hangs.
 */
export class PatternMatcher {
  readonly #program: PatternProgram;
  readonly #slots: Int32Array;
  /** What to try next when something fails, in threes: an instruction and a position, or a slot and its old value. */
  readonly #stack: number[] = [];
  #text = "";
  #from = 0;
  #searchStart = 0;
  #steps = 0;
  #longest = false;
  #notEmpty = false;
  #best: Int32Array | undefined;
  #bestEnd = -1;
  /** Made only for a search that takes long. */
  #tried: TriedPlaces | undefined;
  readonly #isRegular: boolean;

  constructor(program: PatternProgram) {
    this.#program = program;
    this.#slots = new Int32Array(program.slots);
    this.#isRegular = program.isRegular;
  }

  /**
   * The first match at or after `start`, or undefined.
   *
   * @throws PatternError when it takes more than a bounded number of steps
   */
  find(text: string, start: number, options: SearchOptions = {}): MatchSpans | undefined {
    this.#text = text;
    this.#searchStart = start;
    this.#steps = 0;
    this.#tried = undefined;
    this.#longest = options.longest ?? false;
    this.#notEmpty = options.notEmpty ?? false;
    const first = firstCharacter(this.#program);
    for (let from = start; from <= text.length; from++) {
      if (from > start && isInsidePair(text, from)) continue;
      if (first !== undefined) {
        while (from < text.length && !isIn(first, text, from)) from++;
        if (from >= text.length) return undefined;
      }
      this.#from = from;
      this.#slots.fill(-1);
      this.#slots[0] = from;
      this.#stack.length = 0;
      this.#best = undefined;
      this.#bestEnd = -1;
      const end = this.#run(0, from, true);
      const slots = this.#best ?? this.#slots;
      const matchEnd = this.#best === undefined ? end : this.#bestEnd;
      if (matchEnd < 0) continue;
      const spans = slots.slice(0, 2 + 2 * this.#program.names.length);
      spans[1] = matchEnd;
      return spans;
    }
    return undefined;
  }

  /** Runs from an instruction to a `match`; the position there, or -1, with everything as it was before. */
  #run(instruction: number, position: number, isOutermost: boolean): number {
    const { code, classes } = this.#program;
    const slots = this.#slots;
    const stack = this.#stack;
    const text = this.#text;
    const base = stack.length;
    let pc = instruction * SIZE;
    let at = position;
    for (;;) {
      if (++this.#steps > PATIENT_STEPS) this.#checkSteps();
      let ok = true;
      switch (code[pc]) {
        case Op.match:
          if (!isOutermost) return at;
          if (this.#notEmpty && at === this.#from) ok = false;
          else if (this.#longest) {
            if (at > this.#bestEnd) {
              this.#best = slots.slice();
              this.#bestEnd = at;
            }
            ok = false;
          } else return at;
          break;
        case Op.character:
          if (at < text.length && isIn(classes[code[pc + 1]!]!, text, at)) {
            at += widthAt(text, at);
            pc += SIZE;
          } else ok = false;
          break;
        case Op.run:
        case Op.runPossessively: {
          if (this.#tried !== undefined && this.#tried.isTried(pc, at)) {
            ok = false;
            break;
          }
          const test = classes[code[pc + 1]!]!;
          const least = code[pc + 2]!;
          const most = code[pc + 3]!;
          let count = 0;
          let low = at;
          while (count !== most && at < text.length && isIn(test, text, at)) {
            at += widthAt(text, at);
            if (++count <= least) low = at;
          }
          this.#steps += count;
          if (count < least) ok = false;
          else {
            // Fewer of them will do: one entry stands for all positions from `low` to here.
            if (code[pc] === Op.run && at > low) stack.push(pc / SIZE + 1, low, at);
            pc += SIZE;
          }
          break;
        }
        case Op.split:
          if (this.#tried !== undefined && this.#tried.isTried(pc, at)) {
            ok = false;
            break;
          }
          stack.push(code[pc + 2]!, at, -1);
          pc = code[pc + 1]! * SIZE;
          break;
        case Op.jump:
          pc = code[pc + 1]! * SIZE;
          break;
        case Op.save:
          this.#setSlot(code[pc + 1]!, at);
          pc += SIZE;
          break;
        case Op.anchor:
          if (isAt(code[pc + 1]!, text, at, this.#searchStart)) pc += SIZE;
          else ok = false;
          break;
        case Op.backreference: {
          const { end, compared } = afterReference(this.#program.references[code[pc + 1]!]!, slots, text, at);
          this.#steps += compared;
          if (end < 0) ok = false;
          else {
            at = end;
            pc += SIZE;
          }
          break;
        }
        case Op.atomic: {
          const end = this.#runInside(pc / SIZE + 1, at);
          if (end < 0) ok = false;
          else {
            at = end;
            pc = code[pc + 1]! * SIZE;
          }
          break;
        }
        case Op.lookAhead:
          if (this.#look(pc / SIZE + 1, at, code[pc + 2] === 1)) pc = code[pc + 1]! * SIZE;
          else ok = false;
          break;
        case Op.lookBehind:
          if (this.#lookBehind(pc / SIZE + 1, at, code[pc + 2] === 1, code[pc + 3]!)) pc = code[pc + 1]! * SIZE;
          else ok = false;
          break;
        case Op.reached:
          if (slots[code[pc + 1]!] === at) pc += SIZE;
          else ok = false;
          break;
        case Op.leaveIfEmpty:
          pc = slots[code[pc + 1]!] === at ? code[pc + 2]! * SIZE : pc + SIZE;
          break;
        case Op.condition:
          pc = slots[code[pc + 1]!]! >= 0 ? pc + SIZE : code[pc + 2]! * SIZE;
          break;
        default: {
          // Absent: everything up to here can be taken that does not contain the body.
          const far = this.#absentUntil(pc / SIZE + 1, at);
          const next = code[pc + 1]!;
          if (far > at) stack.push(next, at, far);
          at = far;
          pc = next * SIZE;
        }
      }
      if (ok) continue;
      // Back to the last choice.
      for (;;) {
        if (stack.length === base) return -1;
        const high = stack.pop()!;
        const low = stack.pop()!;
        const target = stack.pop()!;
        if (target < 0) {
          slots[~target] = low;
          continue;
        }
        if (high < 0) at = low;
        else {
          at = high - 1;
          if (isInsidePair(text, at)) at--;
          if (at > low) stack.push(target, low, at);
          this.#steps++;
          if (this.#tried !== undefined && this.#tried.isTried(target * SIZE + 1, at)) continue;
        }
        pc = target * SIZE;
        break;
      }
    }
  }

  #checkSteps(): void {
    if (this.#steps > MAX_STEPS) throw new PatternError("it takes too long on this text");
    if (this.#tried !== undefined || !this.#isRegular || this.#notEmpty) return;
    this.#tried = TriedPlaces.of(this.#program.code.length, this.#text.length + 1);
  }

  #setSlot(slot: number, value: number): void {
    this.#stack.push(~slot, this.#slots[slot]!, 0);
    this.#slots[slot] = value;
  }

  /** Runs a body that is never gone back into: only what it set stays on the stack. */
  #runInside(instruction: number, at: number): number {
    const stack = this.#stack;
    const base = stack.length;
    const end = this.#run(instruction, at, false);
    let kept = base;
    for (let entry = base; entry < stack.length; entry += 3) {
      if (stack[entry]! >= 0) continue;
      stack.copyWithin(kept, entry, entry + 3);
      kept += 3;
    }
    stack.length = kept;
    return end;
  }

  #look(instruction: number, at: number, negative: boolean): boolean {
    const base = this.#stack.length;
    const found = this.#runInside(instruction, at) >= 0;
    if (found && negative) this.#undo(base);
    return found !== negative;
  }

  /** Tries every place before `at`, the nearest one first, to start from and reach `at`. */
  #lookBehind(instruction: number, at: number, negative: boolean, register: number): boolean {
    const base = this.#stack.length;
    this.#setSlot(register, at);
    let found = false;
    for (let from = at; from >= 0 && !found; from--) {
      if (!isInsidePair(this.#text, from)) found = this.#runInside(instruction, from) >= 0;
    }
    if (!found || negative) this.#undo(base);
    return found !== negative;
  }

  /** How far a text from `at` on can reach without containing what the body matches. */
  #absentUntil(instruction: number, at: number): number {
    for (let from = at; from <= this.#text.length; from++) {
      const base = this.#stack.length;
      const end = isInsidePair(this.#text, from) ? -1 : this.#runInside(instruction, from);
      this.#undo(base);
      if (end >= 0) return from;
    }
    return this.#text.length;
  }

  #undo(base: number): void {
    const stack = this.#stack;
    while (stack.length > base) {
      stack.pop();
      const value = stack.pop()!;
      const target = stack.pop()!;
      if (target < 0) this.#slots[~target] = value;
    }
  }
}

/** Steps of one search: half a second or so. */
const MAX_STEPS = 20_000_000;
/** Steps after which a search remembers what it tried: in time that is bounded by the text's and the pattern's length. */
const PATIENT_STEPS = 10_000;
