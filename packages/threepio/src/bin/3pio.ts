import { main } from "../cli/main.ts";

void run();

async function run(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2));
}
