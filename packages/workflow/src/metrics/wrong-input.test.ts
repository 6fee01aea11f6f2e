import { DataError, OptionError } from "@skein-ml/core";
import { describe, expect, it } from "vitest";
import { accuracyScore } from "./accuracy.ts";
import { classificationReport } from "./classification-report.ts";
import { confusionMatrix } from "./confusion-matrix.ts";
import { logLoss } from "./log-loss.ts";
import { f1Score, precisionScore, recallScore } from "./precision-recall-f1.ts";
import { r2Score } from "./r2.ts";

const ofLabels = { accuracyScore, confusionMatrix, precisionScore, recallScore, f1Score, classificationReport };
type Kind = typeof DataError | typeof OptionError;

async function refuses(
  metric: (...given: never[]) => unknown,
  given: unknown[],
  kind: Kind,
  words: RegExp,
): Promise<void> {
  const attempt = async (): Promise<unknown> => Reflect.apply(metric, undefined, given);
  await expect(attempt()).rejects.toThrow(words);
  await expect(attempt()).rejects.toBeInstanceOf(kind);
}

describe.each(Object.entries(ofLabels))("%s", (name, metric) => {
  const y = [0, 1, 1];
  it.each([
    ["nothing", [], [], DataError, /yTrue has no rows/],
    ["other lengths", y, [0, 1], DataError, /yTrue has 3 rows, but yPred has 2/],
    [
      "labels of other kinds",
      y,
      ["0", "1", "1"],
      DataError,
      /yTrue holds number labels, but yPred holds string labels/,
    ],
    ["labels of mixed kinds", [0, "1", 1], y, DataError, /yTrue: y mixes number and string/],
    ["NaN", y, [0, 1, Number.NaN], DataError, /yPred: y holds the number NaN/],
    ["fractions", [0.5, 1, 1], y, DataError, /y holds a fraction/],
    ["null", [null, 1, 1], y, DataError, /y holds null/],
    ["no list", 7, y, DataError, /rows of data are wanted/],
    ["undefined", y, undefined, DataError, /rows of data are wanted/],
  ])("refuses %s", async (_, yTrue, yPred, kind, words) => {
    await refuses(metric, [yTrue, yPred], kind, words);
    await refuses(metric, [yTrue, yPred], kind, new RegExp(name));
  });

  it("refuses wrong weights and options", async () => {
    await refuses(metric, [y, y, { sampleWeight: [1, 2] }], DataError, /sampleWeight has 2/);
    await refuses(metric, [y, y, { sampleWeight: [1, -1, 1] }], DataError, /sampleWeight holds/);
    await refuses(metric, [y, y, { sampleWeight: [0, 0, 0] }], DataError, /sampleWeight is 0/);
    await refuses(metric, [y, y, { noSuchOption: 1 }], OptionError, /noSuchOption/);
    await refuses(metric, [y, y, 7], OptionError, /options|plain object/);
  });
});

describe("options of metrics", () => {
  const [y, text] = [
    [0, 1, 1],
    ["a", "b", "c"],
  ];
  it.each([
    [confusionMatrix, [y, y, { normalize: "rows" }], /normalize/],
    [confusionMatrix, [y, y, { labels: [] }], /labels/],
    [confusionMatrix, [y, y, { labels: [1, 1] }], /all different/],
    [confusionMatrix, [y, y, { labels: [7] }], /none of labels is in yTrue/],
    [precisionScore, [y, y, { average: "mean" }], /average/],
    [precisionScore, [y, y, { zeroDivision: 2 }], /0, 1 or NaN/],
    [recallScore, [y, y, { posLabel: 5 }], /posLabel is no label of y/],
    [f1Score, [text, text], /there are 3 classes, and average is "binary".*Pass average: "macro"/],
    [classificationReport, [y, y, { targetNames: ["one"] }], /1 targetNames came for 2 classes/],
    [classificationReport, [y, y, { digits: -1 }], /digits/],
    [r2Score, [y, y, { multioutput: "raw_values" }], /multioutput/],
  ] as const)("%o refuses %o", (metric, given, words) => refuses(metric, [...given], OptionError, words));
});

describe("logLoss", () => {
  const y = ["a", "b"];
  it.each([
    [
      "more than 1",
      y,
      [
        [0.5, 1.5],
        [0.5, 0.5],
      ],
      /yProba holds 1.5, which is no probability \(row 0, column 1\)/,
    ],
    [
      "less than 0",
      y,
      [
        [-0.5, 1.5],
        [0.5, 0.5],
      ],
      /holds -0.5/,
    ],
    [
      "NaN",
      y,
      [
        [Number.NaN, 1],
        [0.5, 0.5],
      ],
      /X holds NaN/,
    ],
    [
      "rows that do not sum to 1",
      y,
      [
        [0.5, 0.5],
        [0.5, 0.3],
      ],
      /do not sum to 1 \(row 1, sum 0.8\)/,
    ],
    ["other lengths", y, [[0.5, 0.5]], /yTrue has 2 rows, but yProba has 1/],
    ["ragged rows", y, [[0.5, 0.5], [1]], /ragged/],
    [
      "too many columns",
      y,
      [
        [0.5, 0.25, 0.25],
        [1, 0, 0],
      ],
      /3 columns for 2 labels.*Pass the labels of all columns/,
    ],
    [
      "one class only",
      ["a", "a"],
      [
        [1, 0],
        [1, 0],
      ],
      /2 columns for 1 labels/,
    ],
    ["a flat list for three", ["a", "b", "c"], [0.1, 0.2, 0.3], /2 columns for 3 labels/],
  ])("refuses %s", (_, yTrue, yProba, words) => refuses(logLoss, [yTrue, yProba], DataError, words));

  it("refuses labels that lack some of yTrue", () =>
    refuses(
      logLoss,
      [
        y,
        [
          [1, 0],
          [0, 1],
        ],
        { labels: ["a", "c"] },
      ],
      DataError,
      /a label that is not among labels/,
    ));
});

describe("r2Score", () => {
  it.each([
    ["one row", [1], [1], /at least two rows/],
    [
      "other shapes",
      [1, 2],
      [
        [1, 2],
        [3, 4],
      ],
      /differ in shape/,
    ],
    ["other lengths", [1, 2], [1], /yTrue has 2 rows, but yPred has 1/],
    ["NaN", [1, Number.NaN], [1, 2], /NaN/],
    ["strings", ["1", "2"], [1, 2], /the string "1"/],
  ])("refuses %s", (_, yTrue, yPred, words) => refuses(r2Score, [yTrue, yPred], DataError, words));
});
