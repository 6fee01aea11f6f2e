import { type CsrMatrix, csrFromDense, csrToDense, DataError, type MatrixLike, Tensor, tensor } from "@skein-ml/core";
import { loadBreastCancer, loadDigits, loadIris, loadWine } from "@skein-ml/datasets";
import { describe, expect, it } from "vitest";
import golden from "../../../../golden/classical/preprocessing/standard-scaler.json" with { type: "json" };
import { StandardScaler } from "./standard-scaler.ts";

type Cell = number | string;
type Case = (typeof golden.cases)[number];

const loaders = { iris: loadIris, wine: loadWine, breast_cancer: loadBreastCancer, digits: loadDigits };

/** Largest difference, relative to the expected value (or absolute, below 1); NaN must meet NaN. */
function expectClose(found: ArrayLike<number>, expected: readonly Cell[], tolerance = 1e-12): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((cell, at) => {
    const wanted = Number(cell);
    if (Number.isNaN(wanted)) expect(found[at]).toBeNaN();
    else
      expect(Math.abs(found[at]! - wanted), `${found[at]} for ${wanted}`).toBeLessThanOrEqual(
        tolerance * Math.max(1, Math.abs(wanted)),
      );
  });
}

async function dataOf(test: Case): Promise<MatrixLike & (Tensor | CsrMatrix)> {
  if (test.dataset) return (await loaders[test.dataset as keyof typeof loaders]()).X;
  const rows = (test.X as Cell[][]).map((row) => row.map(Number));
  if (test.sparse) return csrFromDense(rows);
  const flat = rows.flat();
  const data = test.dtype === "float32" ? Float32Array.from(flat) : Float64Array.from(flat);
  return tensor(data, { shape: [rows.length, rows[0]!.length] });
}

function flat(X: Tensor | CsrMatrix): ArrayLike<number> {
  return X instanceof Tensor ? X.data : csrToDense(X).data;
}

async function fitted(test: Case, X: Tensor | CsrMatrix): Promise<StandardScaler> {
  const scaler = new StandardScaler(test.options);
  const weight = test.sampleWeight;
  if (!test.batches) return scaler.fit(X, undefined, weight ? { sampleWeight: weight } : {});
  const rows = (test.X as Cell[][]).map((row) => row.map(Number));
  for (const [from = 0, to = 0] of test.batches) {
    await scaler.partialFit(rows.slice(from, to), undefined, weight ? { sampleWeight: weight.slice(from, to) } : {});
  }
  return scaler;
}

describe("StandardScaler against scikit-learn", () => {
  it.each(golden.cases)("$name", async (test) => {
    const X = await dataOf(test);
    const scaler = await fitted(test, X);
    if (test.mean) expectClose(scaler.mean.data, test.mean);
    if (test.var) expectClose(scaler.var.data, test.var);
    if (test.scale) expectClose(scaler.scale.data, test.scale);
    const seen = scaler.nSamplesSeen;
    expectClose(typeof seen === "number" ? [seen] : seen.data, [test.nSamplesSeen].flat());
    const transformed = await scaler.transform(X);
    const head = test.transformed.flat();
    const tolerance = test.dtype === "float32" ? 1e-6 : 1e-12;
    expectClose(Array.from(flat(transformed)).slice(0, head.length), head, tolerance);
    const back = await scaler.inverseTransform(transformed);
    // In float32 the way back rounds to the size of the means, 6e5.
    const backTolerance = test.dtype === "float32" ? 0.1 : 1e-12;
    expectClose(Array.from(flat(back)).slice(0, head.length), test.inverse.flat(), backTolerance);
    expect(transformed instanceof Tensor).toBe(!test.sparse);
    if (transformed instanceof Tensor) expect(transformed.dtype).toBe(test.dtype);
  });
});

describe("StandardScaler", () => {
  it("refuses sparse rows it would fill, at each call", async () => {
    const X = csrFromDense([
      [1, 0],
      [0, 2],
    ]);
    await expect(new StandardScaler().fit(X)).rejects.toThrow(
      "StandardScaler.fit: X is sparse, and taking means out would fill it (shape [2, 2]). " +
        "Pass { withMean: false } to StandardScaler, or dense rows: csrToDense(X).",
    );
    const scaler = await new StandardScaler().fit([
      [1, 0],
      [0, 2],
    ]);
    await expect(scaler.transform(X)).rejects.toThrow(DataError);
    await expect(scaler.inverseTransform(X)).rejects.toThrow(DataError);
    await expect(scaler.partialFit(X)).rejects.toThrow(DataError);
  });

  it("refuses a column whose squares overflow, at fit and when learning on", async () => {
    const problem = /StandardScaler.fit: a column's values are too large to square \(column 1\)\. Divide the column/;
    for (const large of [
      [1e200, 2e200, 3e200],
      [1e308, -1e308, 0],
      [1e308, 1e308, 1e308],
    ]) {
      const rows = large.map((value) => [0, value]);
      await expect(new StandardScaler().fit(rows)).rejects.toThrow(problem);
    }
    const scaler = await new StandardScaler().fit({ a: [1, 3] });
    await expect(scaler.partialFit({ a: [1e200] })).rejects.toThrow(/too large to square \(column "a"\)/);
    expect(scaler.var.toArray()).toEqual([1]);
    // A column without a value has no variance either, and that is none of this.
    expect((await new StandardScaler().fit([[Number.NaN]])).var.toArray()).toEqual([Number.NaN]);
  });

  it("learns on: other columns are refused, and what was learned stays", async () => {
    const scaler = await new StandardScaler().partialFit({ a: [1, 3], b: [0, 0] });
    expect(scaler.featureNamesIn).toEqual(["a", "b"]);
    await expect(scaler.partialFit([[1]])).rejects.toThrow(/X has 1 columns, but the model was fitted on 2/);
    await expect(scaler.partialFit({ a: [1], c: [2] })).rejects.toThrow(DataError);
    expect(scaler.nSamplesSeen).toBe(2);
    await scaler.partialFit([[5, 6]]);
    expect(scaler.mean.toArray()).toEqual([3, 2]);
    expect(scaler.featureNamesIn).toEqual(["a", "b"]);
    expect(scaler.getFeatureNamesOut()).toEqual(["a", "b"]);
  });

  it("keeps a column that is missing in one batch only", async () => {
    const scaler = await new StandardScaler().partialFit([[Number.NaN], [Number.NaN]]);
    await scaler.partialFit([[1], [3]]);
    await scaler.partialFit([[Number.NaN]]);
    expect([scaler.mean.item(), scaler.var.item(), scaler.nSamplesSeen]).toEqual([2, 1, 2]);
  });
});
