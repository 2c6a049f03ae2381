import type { FormatPlugin } from "../plugins/plugin.ts";

/** What a format's own file says of it; the registry adds the name, the role and what it matches. */
export type FormatParts = Omit<FormatPlugin, "name" | "role" | "matches">;
