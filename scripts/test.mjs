// npm test: installs and builds what is missing, then runs every test. Works on a fresh clone.
//
//   node scripts/test.mjs                   all tests
//   node scripts/test.mjs <file> ...        only these, such as packages/jn/dist/test/csv-reader.test.js
//   JN_TEST_HEAVY=1 node scripts/test.mjs   the long ones, too (npm run test:heavy)
import { backendLine } from "./backend.mjs";
import { otherTests, packageTests, runTests } from "./run-tests.mjs";
import { build, installIfNeeded, script } from "./workspace.mjs";

await script(async () => {
  await installIfNeeded();
  await build();
  console.log(await backendLine());
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named : [...packageTests(), ...otherTests()];
  return runTests(process.execPath, files, { heavy: process.env["JN_TEST_HEAVY"] === "1" });
});
