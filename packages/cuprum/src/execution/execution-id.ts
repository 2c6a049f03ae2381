/**
 * A new name for an execution, which no other of any process has: 26 hexadecimal digits (104 bits) of the engine's random numbers, which
 * the system seeds. It guards no secret; `randomUUID` would take a program that starts one command 4 ms to load.
 */
export function newExecutionId(): string {
  return digits() + digits();
}

/** 52 bits: what a random number has. */
function digits(): string {
  return Math.floor(Math.random() * 2 ** 52)
    .toString(16)
    .padStart(13, "0");
}
