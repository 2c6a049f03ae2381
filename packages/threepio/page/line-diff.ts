/** A line of two texts: in both, only expected, or only there. */
export interface DiffLine {
  readonly side: "both" | "expected" | "actual";
  readonly text: string;
}

/** Lines times lines that are compared; beyond, the two texts stand one after the other. */
const MAX_CELLS = 1_000_000;

/** The difference of two texts, line by line, by their longest common subsequence. */
export function lineDiff(expected: string, actual: string): readonly DiffLine[] {
  const left = expected.split("\n");
  const right = actual.split("\n");
  const all = (side: DiffLine["side"], lines: readonly string[]): DiffLine[] => lines.map((text) => ({ side, text }));
  if (left.length * right.length > MAX_CELLS) return [...all("expected", left), ...all("actual", right)];
  const width = right.length + 1;
  const longest = new Uint16Array((left.length + 1) * width);
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      const at = row * width + column;
      longest[at] =
        left[row] === right[column] ? longest[at + width + 1]! + 1 : Math.max(longest[at + width]!, longest[at + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < left.length && column < right.length) {
    const at = row * width + column;
    if (left[row] === right[column]) {
      lines.push({ side: "both", text: left[row++]! });
      column++;
    } else if (longest[at + width]! >= longest[at + 1]!) lines.push({ side: "expected", text: left[row++]! });
    else lines.push({ side: "actual", text: right[column++]! });
  }
  return [...lines, ...all("expected", left.slice(row)), ...all("actual", right.slice(column))];
}
