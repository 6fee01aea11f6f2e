/**
 * What a loader gives: numbers or texts, the names that belong to them, and where they come from. Not a reader of your
 * own files; these types describe the sets that this package ships.
 */
import type { Tensor } from "@skein-ml/core";

/** What is known about a set, tables and texts alike. */
export interface DatasetInfo {
  readonly name: string;
  /** What the rows are, in a few sentences. */
  readonly description: string;
  /** The terms of the original and of the copy it was made from. */
  readonly licence: string;
  /** Who made it, where it was published, and the copy it was made from. */
  readonly source: string;
  /** SHA-256 of the unpacked data file; loading compares it. */
  readonly sha256: string;
}

/**
 * A table: one row of `X` for each case, one column for each feature.
 *
 * With classes `y` holds indices into `targetNames`; with a quantity to predict `y` is a Tensor, float64 `[n]`, and
 * `targetNames` has its one name.
 */
export interface Dataset<Y extends number[] | Tensor = number[] | Tensor> extends DatasetInfo {
  /** float64, `[n, features]`. */
  readonly X: Tensor;
  readonly y: Y;
  readonly featureNames: readonly string[];
  readonly targetNames: readonly string[];
}

/** A table with classes: `y[i]` is an index into `targetNames`. */
export type ClassificationDataset = Dataset<number[]>;

/** A table with a quantity to predict: `y` is float64, `[n]`. */
export type RegressionDataset = Dataset<Tensor>;

/** Texts with their labels, side by side. */
export interface LabelledTexts {
  readonly texts: string[];
  /** One of `targetNames` for each text. */
  readonly labels: string[];
  /** Where each text was taken from, if several come from one place: they belong on one side of a split. */
  readonly groups?: string[];
}

/** A set of labelled texts, and its division for training and testing: no group is on both sides. */
export interface TextDataset extends DatasetInfo, LabelledTexts {
  readonly targetNames: readonly string[];
  readonly split: { readonly train: LabelledTexts; readonly test: LabelledTexts };
}
