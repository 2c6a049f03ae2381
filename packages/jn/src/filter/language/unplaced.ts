/** A part of a syntax tree that belongs to another text than the filter's: its places mean nothing there. */
export function unplaced<T>(part: T): T {
  if (Array.isArray(part)) return part.map((element: unknown) => unplaced(element)) as T;
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.entries(part).map(
    ([key, value]: [string, unknown]) => [key, key === "at" ? -1 : unplaced(value)] as const,
  );
  return Object.fromEntries(entries) as T;
}
