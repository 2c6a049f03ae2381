import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { WireError } from "@jn/wire";
import { VERSION } from "../cli/version.ts";
import { ThreepioError } from "../threepio-error.ts";
import { TOOLS } from "./tools.ts";

/** Starts to answer; the process ends when the client closes its standard input. */
export async function serveMcp(cwd: string): Promise<void> {
  const server = new McpServer({ name: "3pio", version: VERSION });
  for (const { name, title, description, input, answer } of TOOLS) {
    server.registerTool(
      name,
      { title, description, inputSchema: input, annotations: { readOnlyHint: true, openWorldHint: false } },
      async (given: Readonly<Record<string, unknown>>) => {
        try {
          return { content: [{ type: "text" as const, text: bounded(await answer(cwd, given)) }] };
        } catch (error) {
          // What an agent can mend is an answer; anything else is a defect, and the SDK's to report.
          if (!(error instanceof ThreepioError) && !(error instanceof WireError)) throw error;
          return { content: [{ type: "text" as const, text: error.message }], isError: true };
        }
      },
    );
  }
  await server.connect(new StdioServerTransport());
}

/** However long an answer would be: a context is small. */
function bounded(text: string): string {
  if (text.length <= MAX_ANSWER) return text;
  return `${text.slice(0, MAX_ANSWER)}\n[... ${text.length - MAX_ANSWER} more characters; ask for less]`;
}

const MAX_ANSWER = 40_000;
