import { ExitCode } from "@jn/wire";
import type { Command } from "../cli/command.ts";
import { atMost } from "../cli/positionals.ts";

export const mcp: Command = {
  name: "mcp",
  summary: "answer an agent's questions about runs: a server of the Model Context Protocol",
  usage: "",
  details: [
    "Speaks MCP on standard input and output, about the runs in the folder that it is started in. Its tools are the commands: " +
      "list_runs, show_run, failures, show_test, test_output, diff_runs, slowest_tests, flaky_tests. They read, and start nothing.",
  ],
  flags: [],
  examples: [
    {
      title: "as an agent's settings want it",
      command: '{"mcpServers": {"3pio": {"command": "3pio", "args": ["mcp"]}}}',
    },
  ],
  async run({ rest, cwd }) {
    atMost(rest, 0);
    const { serveMcp } = await import("../mcp/mcp-server.ts");
    await serveMcp(cwd);
    return ExitCode.ok;
  },
};
