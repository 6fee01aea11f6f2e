import type { Tensor } from "@skein-ml/core";
import { describe, expect, test } from "vitest";
import golden from "../../../golden/datasets/tabular.json" with { type: "json" };
import { loadBreastCancer } from "./breast-cancer.ts";
import { checksums } from "./checksums.ts";
import type { Dataset } from "./dataset.ts";
import { loadDiabetes } from "./diabetes.ts";
import { loadDigits } from "./digits.ts";
import { loadIris } from "./iris.ts";
import { loadWine } from "./wine.ts";

interface Expected {
  shape: number[];
  featureNames: string[];
  targetNames: string[];
  rows: Record<string, number[] | undefined>;
  columnSums: number[];
  bits: string;
  target: { first: number[]; last: number[]; sum: number; bits: string };
}

const tables = [
  { file: "breast-cancer", load: loadBreastCancer, expected: golden["breast-cancer"] },
  { file: "diabetes", load: loadDiabetes, expected: { ...golden.diabetes, targetNames: ["disease progression"] } },
  { file: "digits", load: loadDigits, expected: golden.digits },
  { file: "iris", load: loadIris, expected: golden.iris },
  { file: "wine", load: loadWine, expected: golden.wine },
] as const satisfies readonly { file: keyof typeof checksums; load: () => Promise<Dataset>; expected: Expected }[];

/** SHA-256 of float64 values as they lie in memory: little-endian, as in the golden file. */
async function bits(values: ArrayLike<number>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Float64Array.from(values));
  return Buffer.from(digest).toString("hex");
}

function target(y: number[] | Tensor): number[] {
  return Array.isArray(y) ? y : Array.from(y.data);
}

describe.each<{ file: keyof typeof checksums; load: () => Promise<Dataset>; expected: Expected }>(tables)(
  "$file equals scikit-learn's",
  ({ file, load, expected }) => {
    test("names, shape and dtype", async () => {
      const set = await load();
      expect(set.X.shape).toEqual(expected.shape);
      expect(set.X.dtype).toBe("float64");
      expect(set.featureNames).toEqual(expected.featureNames);
      expect(set.targetNames).toEqual(expected.targetNames);
    });

    test("every bit of X and y", async () => {
      const { X, y } = await load();
      expect(await bits(X.data)).toBe(expected.bits);
      expect(await bits(target(y))).toBe(expected.target.bits);
    });

    test("rows and sums, to see where a difference lies", async () => {
      const { X, y } = await load();
      const [rows = 0, columns = 0] = X.shape;
      const sums = new Float64Array(columns);
      for (let i = 0; i < rows * columns; i++) sums[i % columns] = (sums[i % columns] ?? 0) + (X.data[i] ?? 0);
      for (const [column, sum] of expected.columnSums.entries()) expect(sums[column]).toBeCloseTo(sum, 6);
      for (const [row, values] of Object.entries(expected.rows)) {
        expect(Array.from(X.data.subarray(Number(row) * columns, (Number(row) + 1) * columns))).toEqual(values);
      }
      const classes = target(y);
      expect(classes.slice(0, 5)).toEqual(expected.target.first);
      expect(classes.slice(-5)).toEqual(expected.target.last);
      expect(classes.reduce((sum, value) => sum + value, 0)).toBe(expected.target.sum);
    });

    test("comes with licence, source and checksum", async () => {
      const set = await load();
      expect(set.sha256).toBe(checksums[file]);
      expect(set.licence).toContain("BSD-3-Clause");
      expect(set.source).toContain("scikit-learn 1.9.1");
      expect(set.description.length).toBeGreaterThan(80);
    });
  },
);

test("a class index of every row has a name", async () => {
  for (const load of [loadBreastCancer, loadDigits, loadIris, loadWine]) {
    const { y, targetNames } = await load();
    expect(new Set(y)).toEqual(new Set(targetNames.keys()));
  }
});

test("each call gives data of its own", async () => {
  const [first, second] = [await loadIris(), await loadIris()];
  first.y[0] = 2;
  expect(second.y[0]).toBe(0);
});
