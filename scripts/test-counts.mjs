/**
 * Prints "N passed, N failed" from vitest's JSON report, and fails if there is none.
 *
 * A test file that could not be loaded has no tests to count; it counts as one failure.
 */
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
console.log(`${report.numPassedTests} passed, ${report.numFailedTests + unloaded.length} failed`);
