import type { CodecPlugin } from "../plugins/plugin.ts";

/** What a codec's own file says of it; the registry adds the name, the role and what it matches. */
export type CodecParts = Omit<CodecPlugin, "name" | "role" | "matches">;
