// Loaded before every test: property tests draw the same cases in every run, so that the gate gives the same answer for
// the same source. The heavy suite draws new ones each time.
import fc from "fast-check";

if (process.env["JN_TEST_HEAVY"] !== "1") fc.configureGlobal({ seed: 20_261_121 });
