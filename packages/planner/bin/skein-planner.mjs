#!/usr/bin/env node
// The command around `runCommand`: reads the command line, prints, writes the report, sets the exit code.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { commands, runCommand, usage } from "../dist/cli/index.js";

const all = Object.assign({}, ...Object.values(commands));
const options = Object.fromEntries(
  Object.entries(all).map(([name, { kind }]) => [name, { type: kind === "flag" ? "boolean" : "string" }]),
);

function parse() {
  try {
    return parseArgs({ options: { ...options, help: { type: "boolean" } }, allowPositionals: true });
  } catch (error) {
    console.error(`${error.message}\n\n${usage()}`);
    process.exit(1);
  }
}

const { values, positionals } = parse();
const { help, ...given } = values;
const { text, exitCode, report } = runCommand(help ? undefined : positionals[0], given);
(exitCode === 0 ? console.log : console.error)(text);
if (report !== undefined) {
  const { planReport } = await import("../dist/report/index.js");
  writeFileSync(report.file, await planReport(report.plan));
  console.log(`\nReport: ${report.file}`);
}
process.exitCode = exitCode;
