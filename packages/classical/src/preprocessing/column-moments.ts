/**
 * Weighted mean and variance of every column, missing entries left out; and how those of two sets of rows become one.
 */
import { type Context, DataError, type Matrix } from "@skein-ml/core";

/** One entry for each column. */
export interface Moments {
  /** Sum of the weights of the rows that have a value. */
  readonly weight: Float64Array;
  /** NaN for a column without a value. */
  readonly mean: Float64Array;
  /** Mean squared distance from the mean. */
  readonly variance: Float64Array;
}

/** Elements looked at between two turns of the event loop. */
const BLOCK = 1 << 17;

/**
 * Moments of the columns, in two passes: the mean first, then squares around it.
 *
 *     mean = Σ w x / Σ w      variance = (Σ w d² - (Σ w d)² / Σ w) / Σ w,  d = x - mean
 *
 * The second term corrects the rounding of the mean.
 *
 * @param sampleWeight  `[n]`; 1 each if undefined
 * @source Chan, Golub, LeVeque, The American Statistician 37(3), 1983, formula (1.7)
 */
export async function columnMoments(
  X: Matrix,
  sampleWeight: Float64Array | undefined,
  context: Context,
): Promise<Moments> {
  const p = X.shape[1];
  const { weight, stored, mean } = await weightsAndMeans(X, sampleWeight, context);
  const variance = new Float64Array(p);
  const rest = new Float64Array(p);
  const columns = X.kind === "csr" ? X.indices : undefined;
  await forEachRow(X, sampleWeight, context, (from, to, share) => {
    for (let at = from; at < to; at++) {
      const j = columns ? columns[at]! : at - from;
      const distance = X.data[at]! - mean[j]!;
      if (Number.isNaN(distance)) continue;
      rest[j]! += share * distance;
      variance[j]! += share * distance * distance;
    }
  });
  for (let j = 0; j < p; j++) {
    // Zeros that a sparse matrix does not store are as far from the mean as it is from them.
    const zeros = weight[j]! - stored[j]!;
    const squares = variance[j]! + zeros * mean[j]! ** 2;
    variance[j] = (squares - (rest[j]! - zeros * mean[j]!) ** 2 / weight[j]!) / weight[j]!;
  }
  return { weight, mean, variance };
}

/**
 * The moments of two sets of rows together.
 * @source Chan, Golub, LeVeque, The American Statistician 37(3), 1983, formula (2.1)
 */
export function mergedMoments(a: Moments, b: Moments): Moments {
  const weight = a.weight.map((sum, j) => sum + b.weight[j]!);
  const mean = new Float64Array(weight.length);
  const variance = new Float64Array(weight.length);
  for (let j = 0; j < weight.length; j++) {
    // A side that weighs nothing has no mean, and no say.
    const [from, other] = a.weight[j]! > 0 ? [a, b] : [b, a];
    const share = other.weight[j]! > 0 ? other.weight[j]! / weight[j]! : 0;
    const distance = share > 0 ? other.mean[j]! - from.mean[j]! : 0;
    mean[j] = from.mean[j]! + share * distance;
    variance[j] = from.variance[j]! + share * ((share > 0 ? other.variance[j]! : 0) - from.variance[j]!);
    variance[j]! += share * (1 - share) * distance * distance;
  }
  return { weight, mean, variance };
}

/** @throws DataError if a column's values are finite but its variance is not: squares above 1e308 have no float64 */
export function checkMoments(call: string, { names }: Matrix, { weight, variance }: Moments): void {
  const column = variance.findIndex((value, j) => weight[j]! > 0 && !Number.isFinite(value));
  if (column < 0) return;
  const details = names ? { column: names[column] } : { column };
  throw new DataError(call, "a column's values are too large to square", details, "Divide the column first.");
}

/** Means, the weights they were divided by, and the part of these that stored values have. */
async function weightsAndMeans(
  X: Matrix,
  sampleWeight: Float64Array | undefined,
  context: Context,
): Promise<{ weight: Float64Array; stored: Float64Array; mean: Float64Array }> {
  const p = X.shape[1];
  const stored = new Float64Array(p);
  const missing = new Float64Array(p);
  const mean = new Float64Array(p);
  const columns = X.kind === "csr" ? X.indices : undefined;
  let total = 0;
  await forEachRow(X, sampleWeight, context, (from, to, share) => {
    total += share;
    for (let at = from; at < to; at++) {
      const j = columns ? columns[at]! : at - from;
      const value = X.data[at]!;
      if (Number.isNaN(value)) missing[j]! += share;
      else {
        stored[j]! += share;
        mean[j]! += share * value;
      }
    }
  });
  const weight = X.kind === "csr" ? missing.map((share) => total - share) : stored;
  for (let j = 0; j < p; j++) mean[j]! /= weight[j]!;
  return { weight, stored, mean };
}

/** Visit the stored values of each row, `[from, to)`, with the row's weight. */
async function forEachRow(
  X: Matrix,
  sampleWeight: Float64Array | undefined,
  context: Context,
  visit: (from: number, to: number, share: number) => void,
): Promise<void> {
  const [n, p] = X.shape;
  const block = Math.max(1, Math.floor(BLOCK / p));
  for (let i = 0; i < n; i++) {
    if (i % block === 0) await context.turn();
    const share = sampleWeight ? sampleWeight[i]! : 1;
    if (X.kind === "csr") visit(X.indptr[i]!, X.indptr[i + 1]!, share);
    else visit(i * p, (i + 1) * p, share);
  }
}
