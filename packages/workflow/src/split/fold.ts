/** What splitters give, and what they share. */
import { DataError, type LabelsLike } from "@skein-ml/core";

/** Row numbers of one division of the data, both ascending. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Divides rows several times into a training and a test part. */
export interface Splitter {
  /**
   * @param X  only its number of rows matters
   * @param y  labels, where the splitter looks at them
   */
  split(X: unknown, y?: LabelsLike | readonly unknown[]): Promise<readonly Fold[]>;
}

/** Folds from the number of the fold that each row is tested in. */
export function foldsOf(foldOfRow: Int32Array, nSplits: number): Fold[] {
  return Array.from({ length: nSplits }, (_, fold) => {
    const train: number[] = [];
    const test: number[] = [];
    foldOfRow.forEach((place, row) => (place === fold ? test : train).push(row));
    return { train: Int32Array.from(train), test: Int32Array.from(test) };
  });
}

/** @throws DataError if there are fewer rows than folds */
export function checkRows(call: string, n: number, nSplits: number): void {
  if (n >= nSplits) return;
  throw new DataError(
    call,
    `${n} rows can't be divided into ${nSplits} folds`,
    { rows: n, nSplits },
    "Take fewer folds.",
  );
}
