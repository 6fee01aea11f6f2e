import { csrFromDense, type Tensor } from "@skein-ml/core";
import { loadBreastCancer, loadDigits, loadIris, loadWine } from "@skein-ml/datasets";
import { describe, expect, it } from "vitest";
import golden from "../../../../golden/classical/linear/logistic-regression.json" with { type: "json" };
import { StandardScaler } from "../preprocessing/standard-scaler.ts";
import { LogisticRegression, type LogisticRegressionOptions } from "./logistic-regression.ts";

type Case = (typeof golden.cases)[number];

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
  it.each(golden.cases)("$name: lbfgs, sparse", (test) => check(test, "lbfgs", true));
});
