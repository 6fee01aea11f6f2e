import { DataError, OptionError, tensor } from "@skein-ml/core";
import { expect, test } from "vitest";
import { type ConfusionCounts, confusionMatrixChart } from "./confusion-matrix-chart.ts";
import { renderSvg } from "./render-svg.ts";

const matrix = [
  [48, 2, 0],
  [5, 45, 0],
  [0, 0, 0],
];
const labels = ["ham", "spam", "eggs"];

test("one cell for each pair of classes, with its count and its share of the true class", () => {
  const spec = JSON.parse(JSON.stringify(confusionMatrixChart(matrix, labels)));
  expect(spec.data.values).toHaveLength(9);
  expect(spec.data.values[1]).toEqual({ actual: "ham", predicted: "spam", count: 2, share: 0.04 });
  expect(spec.data.values[3]).toEqual({ actual: "spam", predicted: "ham", count: 5, share: 0.1 });
  expect(spec.data.values[8]).toEqual({ actual: "eggs", predicted: "eggs", count: 0, share: 0 });
  expect(spec.description).toContain("93 of 100 on the diagonal");
});

test("the picture holds counts, labels and axis titles", async () => {
  const svg = await renderSvg(confusionMatrixChart(matrix, labels, { title: "Mails" }));
  for (const text of ["48", "45", "2", "5", "ham", "spam", "eggs", "true class", "predicted class"]) {
    expect(svg).toContain(`>${text}</text>`);
  }
});

test("rows and columns keep the order of the labels", async () => {
  const svg = await renderSvg(confusionMatrixChart(matrix, labels));
  const order = [...svg.matchAll(/>(ham|spam|eggs)<\/text>/g)].map(([, label]) => label);
  expect(order).toEqual(["ham", "spam", "eggs", "ham", "spam", "eggs"]);
});

test("numbers and booleans are labels too, and a tensor is a matrix", async () => {
  const counts = tensor(
    [
      [3, 1],
      [0, 4],
    ],
    { dtype: "int32" },
  );
  expect(await renderSvg(confusionMatrixChart(counts, [false, true]))).toContain(">false</text>");
});

test("many classes are drawn without numbers", async () => {
  const many = Array.from({ length: 30 }, (_, i) => Array.from({ length: 30 }, (_, j) => (i === j ? 12345 : 0)));
  const names = many.map((_, i) => `class ${i}`);
  expect(await renderSvg(confusionMatrixChart(many, names))).not.toContain(">12345</text>");
});

test.each([
  [[], [], "a matrix of counts is wanted"],
  ["abc", ["a"], 'the string "abc" came'],
  [[[1, 2]], ["a"], "the matrix must be square (rows 1, row 0, length 2)"],
  [[[1, 2], 3], ["a", "b"], "the matrix must be square"],
  [
    [
      [1, -1],
      [0, 1],
    ],
    ["a", "b"],
    "the matrix holds the number -1, not a count (row 0, column 1)",
  ],
  [
    [
      [1, Number.NaN],
      [0, 1],
    ],
    ["a", "b"],
    "not a count",
  ],
  [[[1]], ["a", "b"], "one label for each row of the matrix is wanted (labels 2, classes 1)"],
  [
    [
      [1, 0],
      [0, 1],
    ],
    ["a", "a"],
    "two classes have the same label",
  ],
])("%j with labels %j is refused", (wrong, names, message) => {
  expect(() => confusionMatrixChart(wrong as ConfusionCounts, names)).toThrow(DataError);
  expect(() => confusionMatrixChart(wrong as ConfusionCounts, names)).toThrow(message);
});

test("wrong options are refused", () => {
  expect(() => confusionMatrixChart(matrix, labels, { title: 7 } as object)).toThrow(OptionError);
});
