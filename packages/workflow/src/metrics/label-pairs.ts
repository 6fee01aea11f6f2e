/**
 * What all metrics of labels begin with: true and predicted labels, read, compared in length and kind, and numbered.
 */
import {
  Context,
  compareLabels,
  countRows,
  DataError,
  type Label,
  type LabelsLike,
  readLabels,
  readWeights,
  type WeightsLike,
} from "@skein-ml/core";

/** Labels side by side. */
export interface LabelPairs {
  readonly truth: readonly Label[];
  readonly predicted: readonly Label[];
  /** 1 each if there are none. */
  readonly weights: Float64Array;
}

/**
 * @throws DataError if there are none, they differ in length or kind, or a weight is no finite number >= 0
 */
export async function readPairs(
  call: string,
  yTrue: LabelsLike,
  yPred: LabelsLike,
  sampleWeight: WeightsLike | undefined,
): Promise<LabelPairs> {
  const n = sameLength(call, yTrue, yPred, "yPred");
  const truth = await readLabels(new Context(`${call}, yTrue`), yTrue, n);
  const predicted = await readLabels(new Context(`${call}, yPred`), yPred, n);
  checkKinds(call, truth, predicted, "yPred");
  const weights = await readWeights(new Context(call), sampleWeight, n);
  return { truth, predicted, weights: weights ?? new Float64Array(n).fill(1) };
}

/** The number of rows of both. */
export function sameLength(call: string, yTrue: unknown, other: unknown, name: string): number {
  const rows = countRows(call, yTrue);
  const others = countRows(call, other);
  if (rows === 0) throw new DataError(call, "yTrue has no rows", {}, "Pass at least one row.");
  if (rows === others) return rows;
  throw new DataError(
    call,
    `yTrue has ${rows} rows, but ${name} has ${others}`,
    { rows: [rows, others] },
    "Pass one for each row.",
  );
}

/** Throws unless the labels of both are numbers, or strings, or booleans. */
function checkKinds(call: string, truth: readonly Label[], other: readonly Label[], name: string): void {
  const [a, b] = [truth[0], other[0]];
  if (a === undefined || b === undefined || typeof a === typeof b) return;
  throw new DataError(
    call,
    `yTrue holds ${typeof a} labels, but ${name} holds ${typeof b} labels`,
    { yTrue: a, [name]: b },
    "Use labels of one kind, for instance labels.map(String).",
  );
}

/** The distinct labels of both, sorted. */
export function labelsOf({ truth, predicted }: LabelPairs): Label[] {
  return [...new Set([...truth, ...predicted])].sort(compareLabels);
}

/** For each label its place in `labels`; -1 where it is not among them. */
export function placesIn(labels: readonly Label[], given: readonly Label[]): Int32Array {
  const places = new Map(labels.map((label, place) => [label, place]));
  return Int32Array.from(given, (label) => places.get(label) ?? -1);
}
