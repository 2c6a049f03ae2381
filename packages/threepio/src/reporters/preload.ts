// Loaded into every Node process of a run (NODE_OPTIONS=--require). It recognises a test runner by its own program, and gives
// it our reporter beside the user's. In any other process it does nothing.
import { isMainThread } from "node:worker_threads";
import { claim } from "./claim.ts";

if (isMainThread && process.env["THREEPIO_EVENTS"] !== undefined && process.execArgv.includes("--test")) claim();
