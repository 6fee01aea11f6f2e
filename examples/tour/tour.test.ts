/** The acts of the tour at small size: each learns something, comes back from its file the same, and can be stopped. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { numberDefinitions } from "./definitions.ts";
import { splitDigits } from "./digits.ts";
import { digitsLogistic } from "./digits-logistic.ts";
import { digitsNet } from "./digits-net.ts";
import type { Outcome } from "./outcome.ts";
import { scoreTable, writeReport } from "./report.ts";
import { Stage } from "./stage.ts";
import { textLstm } from "./text-lstm.ts";

class QuietStage extends Stage {
  override say(): void {}
}

const stage = new QuietStage();
const { signal } = new AbortController();

function majorityOf({ baselines }: Outcome): number {
  return baselines.find(({ name }) => name === "majority class")?.accuracy ?? Number.NaN;
}

test("digits: both models read more than 95 of 100, from memory and from a file, and the report shows it", async () => {
  const digits = await splitDigits();
  const outcomes = [await digitsLogistic(digits, stage, signal), await digitsNet(digits, stage, signal)];
  for (const outcome of outcomes) {
    expect(outcome.accuracy).toBeGreaterThan(0.95);
    expect(majorityOf(outcome)).toBeLessThan(0.11);
    expect(outcome.sameAfterReload).toBe(true);
    expect(outcome.confusion.flat().reduce((sum, count) => sum + count)).toBe(digits.yTest.length);
  }
  expect(scoreTable(outcomes).rows.map(([model]) => model)).toEqual([
    "logistic regression",
    "net 64-32-10",
    "majority class",
  ]);

  const folder = await mkdtemp(join(tmpdir(), "skein-tour-"));
  await writeReport(join(folder, "deep", "index.html"), outcomes);
  const html = await readFile(join(folder, "deep", "index.html"), "utf8");
  expect(html).toContain(outcomes[1]?.accuracy.toFixed(4));
  expect(html.match(/<svg /g)).toHaveLength(4); // scores, curves, two confusion matrices
  await rm(folder, { recursive: true });
}, 60_000);

test("definitions: the LSTM learns from few texts already, and comes back the same", async () => {
  const outcome = await textLstm(await numberDefinitions(0.04), stage, signal);
  expect(outcome.accuracy).toBeGreaterThan(majorityOf(outcome) + 0.1);
  expect(outcome.sameAfterReload).toBe(true);
  expect(outcome.history?.loss).toHaveLength(2);
}, 120_000);

test("a stopped act rejects with the reason", async () => {
  const controller = new AbortController();
  const definitions = await numberDefinitions(0.04);
  setTimeout(() => controller.abort(new Error("enough")), 300);
  await expect(textLstm(definitions, stage, controller.signal)).rejects.toThrow("enough");
}, 60_000);
