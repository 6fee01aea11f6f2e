import { cpu } from "@skein-ml/backend-cpu";
import {
  csrFromDense,
  DataError,
  hostDevice,
  loadModel,
  ModelFileError,
  OptionError,
  type Progress,
  saveModel,
  type Tensor,
} from "@skein-ml/core";
import { loadBreastCancer, loadDigits, loadIris, loadWine } from "@skein-ml/datasets";
import { afterAll, describe, expect, it } from "vitest";
import golden from "../../../../golden/classical/linear/logistic-regression.json" with { type: "json" };
import { StandardScaler } from "../preprocessing/standard-scaler.ts";
import { LogisticRegression, type LogisticRegressionOptions } from "./logistic-regression.ts";

type Case = (typeof golden.cases)[number];

const before = cpu().liveBytes;
afterAll(() => expect(cpu().liveBytes).toBe(before));

const loaders = { iris: loadIris, wine: loadWine, breast_cancer: loadBreastCancer, digits: loadDigits };

/** The rows and labels of a case. */
async function dataOf(test: Case): Promise<{ X: number[][]; y: number[] }> {
  const [X, y] = test.dataset.startsWith("synthetic.")
    ? Object.values(golden.synthetic[test.dataset.slice("synthetic.".length) as keyof typeof golden.synthetic])
    : await loadReal(test.dataset as keyof typeof loaders);
  const keep = (_: unknown, row: number): boolean => test.onlyClasses?.includes((y as number[])[row]!) ?? true;
  const rows = (X as number[][]).filter(keep);
  const labels = (y as number[]).filter(keep);
  const scaled = test.scaled ? (await new StandardScaler().fitTransform(rows)).toArray() : rows;
  return { X: scaled as number[][], y: labels };
}

async function loadReal(name: keyof typeof loaders): Promise<[number[][], number[]]> {
  const { X, y } = await loaders[name]();
  return [X.toArray() as number[][], y];
}

function weightOf(test: Case, n: number): { sampleWeight?: number[] } {
  if (test.sampleWeight === null) return {};
  const start = test.sampleWeight.startsWith("1") ? 1 : 0;
  return { sampleWeight: Array.from({ length: n }, (_, i) => start + (i % 3)) };
}

/** Equal to 1e-6, relative to each number; numbers that are nothing beside the greatest may differ by 1e-9 of that. */
function expectEqual(found: Tensor, expected: readonly number[], what: string): void {
  const greatest = Math.max(...expected.map(Math.abs));
  expect(found.size).toBe(expected.length);
  expected.forEach((wanted, i) => {
    const difference = Math.abs(found.data[i]! - wanted);
    expect(difference, `${what} ${i}: ${found.data[i]} for ${wanted}`).toBeLessThanOrEqual(
      1e-6 * Math.abs(wanted) + 1e-9 * greatest,
    );
  });
}

async function check(test: Case, solver: "lbfgs" | "newton-cholesky", sparse: boolean): Promise<void> {
  const { X, y } = await dataOf(test);
  const options = { ...(test.options as LogisticRegressionOptions), solver, tol: 1e-12, maxIter: 100_000 };
  const rows = sparse ? csrFromDense(X) : X;
  const model = await new LogisticRegression(options).fit(rows, y, weightOf(test, y.length));
  expect(model.classes).toEqual(test.classes);
  expectEqual(model.coef, test.coef.flat(), "coef");
  expectEqual(model.intercept, test.intercept, "intercept");
  const probabilities = await model.predictProba(rows);
  const k = test.classes.length;
  expectEqual((await model.predictProba(X.slice(0, 20))) as Tensor, test.probabilities.flat(), "probability");
  let logLikelihood = 0;
  y.forEach((label, row) => {
    logLikelihood += Math.log(probabilities.data[row * k + test.classes.indexOf(label)]!);
  });
  expect(Math.abs(logLikelihood / test.logLikelihood - 1)).toBeLessThan(1e-6);
  const predicted = await model.predict(rows);
  expect(predicted.filter((label, row) => label === y[row]).length).toBe(test.correct);
}

describe("LogisticRegression equals scikit-learn", () => {
  it.each(golden.cases)("$name: newton-cholesky", (test) => check(test, "newton-cholesky", false));
  it.each(golden.cases)("$name: lbfgs", (test) => check(test, "lbfgs", false));
  const small = golden.cases.filter(({ dataset }) => dataset !== "digits");
  it.each(small)("$name: newton-cholesky, sparse", (test) => check(test, "newton-cholesky", true));
  it.each(small)("$name: lbfgs, sparse", (test) => check(test, "lbfgs", true));
});

/** Overlapping classes on a line. */
const X = [[0], [1], [2], [3], [4], [5]];
const y = ["low", "high", "low", "high", "low", "high"];

describe("LogisticRegression", () => {
  it("gives decision values, probabilities and their logarithms that agree", async () => {
    const { X: rows, y: labels } = await loadIris();
    for (const count of [2, 3]) {
      const kept = labels.flatMap((label, row) => (label < count ? [row] : []));
      const part = kept.map((row) => (rows.toArray() as number[][])[row]!);
      const model = await new LogisticRegression().fit(
        part,
        kept.map((row) => labels[row]!),
      );
      const decisions = await model.decisionFunction(part);
      const probabilities = await model.predictProba(part);
      const logs = await model.predictLogProba(part);
      expect(decisions.shape).toEqual(count === 2 ? [part.length] : [part.length, count]);
      const k = count;
      for (let row = 0; row < part.length; row++) {
        const values = count === 2 ? [0, decisions.data[row]!] : Array.from(decisions.data.slice(row * k, row * k + k));
        const total = values.reduce((sum, value) => sum + Math.exp(value), 0);
        for (let c = 0; c < k; c++) {
          expect(probabilities.data[row * k + c]!).toBeCloseTo(Math.exp(values[c]!) / total, 12);
          expect(logs.data[row * k + c]!).toBeCloseTo(values[c]! - Math.log(total), 10);
        }
      }
    }
  });

  it("keeps logarithms finite where probabilities underflow", async () => {
    const model = await new LogisticRegression({ C: 100 }).fit([[0], [1], [2], [3]], [0, 0, 1, 1]);
    const far = [[-1e4], [1e4]];
    expect((await model.predictProba(far)).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const logs = (await model.predictLogProba(far)).toArray() as number[][];
    for (const value of logs.flat()) expect(Number.isFinite(value)).toBe(true);
    expect(logs[0]![1]).toBeLessThan(-1000);
  });

  it("says whether it converged, and reports its iterations", async () => {
    const events: Progress[] = [];
    const short = await new LogisticRegression({ maxIter: 2, tol: 1e-10 }).fit(X, y, {
      onProgress: (e) => events.push(e),
    });
    expect([short.converged, short.nIter]).toEqual([false, 2]);
    expect(events.at(-1)?.message).toBe("stopped after 2 iterations without reaching tol");
    expect(events.at(-1)?.metrics?.gradientMax).toBeGreaterThan(1e-10);
    const long = await new LogisticRegression({ tol: 1e-10 }).fit(X, y);
    expect(long.converged).toBe(true);
    // A line separates these, so without penalty there is no optimum.
    const apart = await new LogisticRegression({ penalty: "none", tol: 1e-12, maxIter: 20 }).fit([[0], [1]], [0, 1]);
    expect(apart.converged).toBe(false);
  });

  it("knows penalty none by three names", async () => {
    const fits = [{ penalty: "none" }, { penalty: null }, { C: Number.POSITIVE_INFINITY }] as const;
    const coefs = await Promise.all(
      fits.map(async (options) => (await new LogisticRegression(options).fit(X, y)).coef.item()),
    );
    expect(coefs[1]).toBe(coefs[0]);
    expect(coefs[2]).toBe(coefs[0]);
  });

  it("begins at what it learned with warmStart", async () => {
    const options = { tol: 1e-8, warmStart: true };
    for (const labels of [y, ["a", "b", "c", "a", "b", "c"]]) {
      const model = await new LogisticRegression(options).fit(X, labels);
      const { nIter, coef } = model;
      expect(nIter).toBeGreaterThan(1);
      await model.fit(X, labels);
      expect(model.nIter).toBe(0);
      expect(model.coef.toArray()).toEqual(coef.toArray());
      // Other classes or columns: from the beginning.
      await model.fit(
        X,
        labels.map((label) => `new ${label}`),
      );
      expect(model.nIter).toBe(nIter);
    }
  });

  it("falls back where the Hessian is singular: equal columns without penalty", async () => {
    const twice = X.map(([x = 0]) => [x, x]);
    const options = { penalty: "none", tol: 1e-9, maxIter: 500 } as const;
    const newton = await new LogisticRegression({ ...options, solver: "newton-cholesky" }).fit(twice, y);
    const single = await new LogisticRegression(options).fit(X, y);
    const [a = 0, b = 0] = newton.coef.data;
    expect(newton.converged).toBe(true);
    expect(a + b).toBeCloseTo(single.coef.item(), 6);
  });

  it("weighs classes: balanced, by label, and labels of any kind", async () => {
    const uneven = ["a", "a", "a", "b", "a", "b"];
    const fit = async (
      classWeight: Required<LogisticRegressionOptions>["classWeight"],
      labels: (string | boolean)[],
    ): Promise<number> => (await new LogisticRegression({ classWeight, tol: 1e-10 }).fit(X, labels)).coef.item();
    const balanced = await fit("balanced", uneven);
    expect(await fit({ a: 6 / 8, b: 6 / 4 }, uneven)).toBeCloseTo(balanced, 10);
    const flags = uneven.map((label) => label === "b");
    expect(await fit({ true: 6 / 4, false: 6 / 8 }, flags)).toBeCloseTo(balanced, 10);
    const sampleWeight = uneven.map((label) => (label === "b" ? 2 : 1));
    const byRow = await new LogisticRegression({ tol: 1e-10 }).fit(X, uneven, { sampleWeight });
    expect(await fit({ b: 2 }, uneven)).toBeCloseTo(byRow.coef.item(), 10);
  });

  it("says what is wrong with class weights before any work", async () => {
    const model = new LogisticRegression({ classWeight: { hihg: 2 } });
    await expect(model.fit(X, y)).rejects.toThrow(
      'LogisticRegression.fit: classWeight has a weight for "hihg", which is no label of y (classes ["high", "low"]). ' +
        "Did you mean high?",
    );
    await expect(new LogisticRegression({ classWeight: { high: 0, low: 0 } }).fit(X, y)).rejects.toThrow(DataError);
    expect(model.fitted).toBe(false);
    for (const classWeight of ["even", { high: -1 }, { high: "2" }, { high: 1 / 0 }, 3, [1, 2]]) {
      expect(() => new LogisticRegression({ ...{ classWeight } } as object)).toThrow(OptionError);
    }
  });

  it("computes on the machine it is told to, which is no part of its file", async () => {
    const device = hostDevice();
    const model = await new LogisticRegression({ device, tol: 1e-8 }).fit(X, y);
    const own = await new LogisticRegression({ tol: 1e-8 }).fit(X, y);
    expect(model.coef.item()).toBeCloseTo(own.coef.item(), 10);
    expect(model.clone().getParams().device).toBe(device);
    const again = await loadModel(await saveModel(model), { classes: [LogisticRegression] });
    expect(again.getParams().device).toBe(null);
    expect((await again.predictProba(X)).toArray()).toEqual(
      (await own.fit(X, y).then(() => model.predictProba(X))).toArray(),
    );
  });

  it("refuses a file whose coefficients do not fit its classes", async () => {
    const model = await new LogisticRegression().fit(X, y);
    const { options, state } = model.describe();
    expect(() => LogisticRegression.restore({ options, state: { ...state, classes: ["a", "b", "c"] } })).toThrow(
      ModelFileError,
    );
  });

  it("counts the Hessian in parts on long data", async () => {
    const n = 5000;
    const wide = Array.from({ length: n }, (_, i) =>
      Array.from({ length: 60 }, (_, j) => Math.sin(i * (j + 1)) + (i % 10 === j ? 1 : 0)),
    );
    const labels = wide.map((_, i) => i % 10);
    const options = { tol: 1e-9, C: 0.01 } as const;
    const newton = await new LogisticRegression({ ...options, solver: "newton-cholesky" }).fit(wide, labels);
    const quasi = await new LogisticRegression({ ...options, maxIter: 1000 }).fit(wide, labels);
    expect(newton.converged).toBe(true);
    newton.coef.data.forEach((value, at) => expect(value).toBeCloseTo(quasi.coef.data[at]!, 6));
  });
});
