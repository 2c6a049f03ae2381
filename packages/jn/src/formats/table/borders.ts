export type TableStyle = "plain" | "grid" | "markdown";

type Rule = readonly [left: string, fill: string, between: string, right: string];

/** What stands around and between the cells of a table. */
export interface Borders {
  readonly left: string;
  readonly between: string;
  readonly right: string;
  readonly top: Rule | undefined;
  readonly middle: Rule;
  readonly bottom: Rule | undefined;
}

export const BORDERS: Readonly<Record<TableStyle, Borders>> = {
  plain: { left: "", between: "  ", right: "", top: undefined, middle: ["", "-", "  ", ""], bottom: undefined },
  grid: {
    left: "│ ",
    between: " │ ",
    right: " │",
    top: ["┌─", "─", "─┬─", "─┐"],
    middle: ["├─", "─", "─┼─", "─┤"],
    bottom: ["└─", "─", "─┴─", "─┘"],
  },
  markdown: {
    left: "| ",
    between: " | ",
    right: " |",
    top: undefined,
    middle: ["| ", "-", " | ", " |"],
    bottom: undefined,
  },
};
