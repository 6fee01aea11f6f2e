import type { Label } from "@skein-ml/core";
import { describe, expect, it } from "vitest";
import golden from "../../../../golden/workflow/metrics.json" with { type: "json" };
import { accuracyScore } from "./accuracy.ts";
import { classificationReport, type ReportRow } from "./classification-report.ts";
import { confusionMatrix } from "./confusion-matrix.ts";
import { logLoss } from "./log-loss.ts";
import { f1Score, precisionScore, recallScore } from "./precision-recall-f1.ts";
import { r2Score } from "./r2.ts";

/** Arguments of a case without its name and what is expected; `"NaN"` read as NaN. */
function optionsOf(test: object): Record<string, unknown> {
  const { name: _name, expected: _expected, yTrue: _yTrue, ...options } = test as Record<string, unknown>;
  delete options.yPred;
  delete options.yProba;
  if ("zeroDivision" in options) options.zeroDivision = Number(options.zeroDivision);
  return options;
}

/** Python's names of booleans as ours. */
function inJavaScript<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll("True", "true").replaceAll("False", "false")) as T;
}

function expectClose(found: unknown, expected: unknown): void {
  if (Array.isArray(expected)) {
    expect(found).toHaveLength(expected.length);
    expected.forEach((item, i) => expectClose((found as unknown[])[i], item));
    return;
  }
  const wanted = Number(expected);
  if (Number.isNaN(wanted)) expect(found).toBeNaN();
  else
    expect(Math.abs((found as number) - wanted), `${found} for ${wanted}`).toBeLessThanOrEqual(
      1e-12 * Math.max(1, Math.abs(wanted)),
    );
}

describe("metrics equal scikit-learn's", () => {
  it.each(golden.accuracy)("accuracy: $name", async (test) => {
    expectClose(await accuracyScore(test.yTrue as Label[], test.yPred as Label[], optionsOf(test)), test.expected);
  });
  it.each(golden.confusionMatrix)("confusionMatrix: $name", async (test) => {
    expectClose(await confusionMatrix(test.yTrue as Label[], test.yPred as Label[], optionsOf(test)), test.expected);
  });
  it.each(golden.logLoss)("logLoss: $name", async (test) => {
    const { yTrue, yProba, expected } = test;
    expectClose(await logLoss(yTrue as Label[], yProba as number[][] | number[], optionsOf(test)), expected);
  });
  it.each(golden.precision)("precision: $name", async (test) => {
    expectClose(await precisionScore(test.yTrue as Label[], test.yPred as Label[], optionsOf(test)), test.expected);
  });
  it.each(golden.recall)("recall: $name", async (test) => {
    expectClose(await recallScore(test.yTrue as Label[], test.yPred as Label[], optionsOf(test)), test.expected);
  });
  it.each(golden.f1)("f1: $name", async (test) => {
    expectClose(await f1Score(test.yTrue as Label[], test.yPred as Label[], optionsOf(test)), test.expected);
  });
  it.each(golden.r2)("r2: $name", async (test) => {
    const options = optionsOf(test);
    const camelCase = { raw_values: "rawValues", variance_weighted: "varianceWeighted" };
    if (options.multioutput) options.multioutput = camelCase[options.multioutput as keyof typeof camelCase];
    expectClose(await r2Score(test.yTrue as number[], test.yPred as number[], options), test.expected);
  });
  it.each(golden.classificationReport)("classificationReport: $name", async (test) => {
    const report = await classificationReport(test.yTrue as Label[], test.yPred as Label[], optionsOf(test));
    const { accuracy, ...rows } = inJavaScript(test.expected.output) as Record<string, unknown>;
    const found: Record<string, ReportRow> = {
      ...Object.fromEntries(report.classes.map((row) => [row.name, row])),
      "micro avg": report.microAverage,
      "macro avg": report.macroAverage,
      "weighted avg": report.weightedAverage,
    };
    for (const [name, scores] of Object.entries(rows as Record<string, Record<string, unknown>>)) {
      const { precision, recall, f1, support } = found[name]!;
      expectClose(
        [precision, recall, f1, support],
        ["precision", "recall", "f1-score", "support"].map((key) => scores[key]),
      );
    }
    if (accuracy === undefined) expect(report.accuracy).toBeUndefined();
    else expectClose(report.accuracy, accuracy);
    expect(String(report)).toBe(inJavaScript(test.expected.text));
  });
});
