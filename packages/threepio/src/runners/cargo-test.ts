import { cargoTestStream } from "../streams/cargo-test-stream.ts";
import { programName, type Runner } from "./runner.ts";

/** `cargo test` is read as it prints: its machine format is for nightly compilers only. */
export const cargoTest: Runner = {
  name: "cargo test",
  summary: "cargo test, by the text that it prints",
  matches: (words) => {
    const at = words.findIndex((word) => programName(word) === "cargo");
    const task = words.slice(at + 1).find((word) => !word.startsWith("+"));
    return at >= 0 && (task === "test" || task === "t");
  },
  watches: (words) => (words.join(" ").includes("cargo watch") ? "cargo watch never ends" : undefined),
  stream: { format: "cargo-test", file: "output.log", open: cargoTestStream },
};
