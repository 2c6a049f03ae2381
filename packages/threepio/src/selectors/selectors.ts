import type { RunStart } from "../journal/event.ts";
import type { WriterHome } from "../model/writer-home.ts";
import { cargoNextestSelector } from "./cargo-nextest.ts";
import { cargoTestSelector } from "./cargo-test.ts";
import { firstRunOf } from "./first-run.ts";
import { goTestSelector } from "./go-test.ts";
import { jestSelector } from "./jest.ts";
import { mochaSelector } from "./mocha.ts";
import { nodeTestSelector } from "./node-test.ts";
import { playwrightSelector } from "./playwright.ts";
import { pytestSelector } from "./pytest.ts";
import type { ChosenTest, Selection, Selector } from "./selector.ts";
import { vitestSelector } from "./vitest.ts";

const SELECTORS: ReadonlyMap<string, Selector> = new Map(
  [
    pytestSelector,
    nodeTestSelector,
    vitestSelector,
    jestSelector,
    mochaSelector,
    playwrightSelector,
    goTestSelector,
    cargoNextestSelector,
    cargoTestSelector,
  ].map((selector) => [selector.runner, selector]),
);

/**
 * The commands that run these tests again, and no others where the runner can do that. They are to be started in `home.cwd`,
 * one after the other.
 *
 * @param home who reported the tests: `Collector.homeOf` of their writer; all tests have the same
 * @param start what the user typed: the same launcher and options come again
 * @returns undefined when nobody knows how to choose tests of that runner: TAP, JUnit XML
 */
export function selectionsFor(
  home: WriterHome,
  tests: readonly ChosenTest[],
  start: RunStart | undefined,
): readonly Selection[] | undefined {
  const selector = SELECTORS.get(home.runner);
  return selector?.select(tests, firstRunOf(selector, home, start));
}
