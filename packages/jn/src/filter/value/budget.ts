import { isHeapFull } from "../../heap/engine.ts";
import { FilterError } from "./filter-error.ts";

/**
 * What the builtins may do in one run of a filter: how much they look at, and how much memory they fill. A value can be far
 * larger than the memory it takes, as its parts may be shared (`[., .]`, sixty times), so that neither a walk through it
 * nor a copy of it would end.
 */
export interface Budget {
  /** How many elements the builtins have looked at. */
  spent: number;
  /** How many they may. Outside a run, where no parts are shared, there is no bound. */
  readonly most: number;
  /** The bound that messages name. */
  readonly rounds: number;
}

let budget: Budget = { spent: 0, most: Number.POSITIVE_INFINITY, rounds: 0 };
/** Bytes since it was looked whether there is room. */
let taken = 0;

/**
 * A run begins, maybe inside another one, whose results it takes.
 *
 * @param most elements that its builtins may look at
 * @param rounds the bound that messages name
 * @returns what `leave` gets at its end
 */
export function enter(most: number, rounds: number): Budget {
  const outer = budget;
  budget = { spent: 0, most, rounds };
  return outer;
}

export function leave(outer: Budget): void {
  budget = outer;
}

/** The run goes on with another record: what it may do begins anew. */
export function renew(): void {
  budget.spent = 0;
}

/**
 * To be called for what takes about as long as a look at so many elements.
 *
 * @throws StepsExceeded
 */
export function spend(elements: number): void {
  if ((budget.spent += elements) > budget.most) throw new StepsExceeded(budget.rounds);
}

/**
 * To be called for what is made of so many bytes, at least where it can be much.
 *
 * @throws FilterError when the heap is full
 * @throws StepsExceeded
 */
export function take(bytes: number): void {
  spend(bytes / BYTES_PER_ELEMENT_LOOKED_AT);
  look(bytes);
}

function look(bytes: number): void {
  if ((taken += bytes) < LOOK_BYTES) return;
  const more = taken;
  taken = 0;
  if (isHeapFull(more)) throw new FilterError("what the filter holds fills the memory");
}

/** The same for some elements that were made, of any size. */
export function takeSome(): void {
  look(LOOK_BYTES);
}

/** The same for text that is made, or that is put together of the parts it was added up from, which happens at the first look at it. */
export function takeText(length: number): void {
  if (length > LONG_TEXT) take(length);
}

/** The same for a copy of an object. One in several is counted, for all of them: it takes as long as a small copy. */
export function takeCopy(object: object): void {
  if ((++copies & FEW) === 0) take((FEW + 1) * MEMBER_BYTES * Object.keys(object).length);
}

let copies = 0;

/**
 * To be called for each element that is added to an array or object: what grows is copied to something larger.
 *
 * @param bytes what the larger one takes for an element
 * @throws FilterError when the heap is full
 */
export function requireRoom(length: number, bytes: number = BYTES_PER_ELEMENT): void {
  if ((length & ROUND) === 0 && length > 0 && isHeapFull(bytes * length))
    throw new FilterError(`an array or object of more than ${length} elements is too large`);
}

/** Nothing that the filter itself could catch. */
export class StepsExceeded extends Error {
  override readonly name = "StepsExceeded";

  /** @param rounds as many as there may be */
  constructor(rounds: number) {
    super(`the filter goes on for more than ${rounds} rounds; --max-steps sets how many there may be`);
  }
}

/** A look at the heap takes a microsecond. */
const LOOK_BYTES = 2 ** 20;
/** To fill so many bytes takes about as long as a look at an element of an array. */
const BYTES_PER_ELEMENT_LOOKED_AT = 64;
const FEW = 3;
const MEMBER_BYTES = 48;
const LONG_TEXT = 2 ** 14;
const ROUND = 0xfff;
/** An array that grows is copied to one half as long again. */
const BYTES_PER_ELEMENT = 12;
