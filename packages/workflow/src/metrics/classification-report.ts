/** The classification report: precision, recall and F1 of all classes in a table. */
import { check, type Label, type LabelsLike, OptionError, type OptionSchema, type WeightsLike } from "@skein-ml/core";
import { checkedOptions } from "../checked-options.ts";
import {
  averageScores,
  countClasses,
  type Scores,
  scoresOf,
  type ZeroDivision,
  zeroDivisionOption,
} from "./class-scores.ts";
import { labelsOption } from "./confusion-matrix.ts";
import { fixed } from "./fixed.ts";
import { labelsOf, readPairs } from "./label-pairs.ts";

export interface ClassificationReportOptions {
  /** The classes to report, in this order. Default: all labels that occur, sorted. */
  readonly labels?: readonly Label[] | null;
  /** Names to print, one for each class. Default: the labels. */
  readonly targetNames?: readonly string[] | null;
  /** Decimals printed. Default 2. */
  readonly digits?: number;
  /** What a score is where it would divide by 0: 0 (default), 1 or NaN. */
  readonly zeroDivision?: ZeroDivision;
  readonly sampleWeight?: WeightsLike;
}

/** Scores with the rows (or weight) they are of. */
export interface ReportRow extends Scores {
  readonly support: number;
}

const SCHEMA: OptionSchema<Omit<ClassificationReportOptions, "sampleWeight">> = {
  labels: labelsOption(),
  targetNames: check.nullable(check.list(check.string()), { default: null }),
  digits: check.integer({ min: 0, max: 20, default: 2 }),
  zeroDivision: zeroDivisionOption(),
};

/** What `classificationReport` gives. `String(report)` prints it as a table. */
export class ClassificationReport {
  /** One row for each class. */
  readonly classes: readonly (ReportRow & { readonly label: Label; readonly name: string })[];
  /** Undefined where some labels that occur were left out; `microAverage` stands in then. */
  readonly accuracy: number | undefined;
  readonly microAverage: ReportRow;
  readonly macroAverage: ReportRow;
  readonly weightedAverage: ReportRow;
  readonly #digits: number;
  readonly #weighted: boolean;

  /** @internal Use `classificationReport`. */
  constructor(content: Omit<ClassificationReport, "toString">, digits: number, weighted: boolean) {
    this.classes = content.classes;
    this.accuracy = content.accuracy;
    this.microAverage = content.microAverage;
    this.macroAverage = content.macroAverage;
    this.weightedAverage = content.weightedAverage;
    this.#digits = digits;
    this.#weighted = weighted;
  }

  /** The table, as scikit-learn prints it. */
  toString(): string {
    const digits = this.#digits;
    const width = Math.max("weighted avg".length, digits, ...this.classes.map(({ name }) => name.length));
    const line = (name: string, cells: readonly string[]): string =>
      `${name.padStart(width)} ${cells.map((cell) => ` ${cell.padStart(9)}`).join("")}\n`;
    const count = (support: number): string =>
      this.#weighted && Number.isInteger(support) ? `${support}.0` : `${support}`;
    const row = (name: string, { precision, recall, f1, support }: ReportRow): string =>
      line(name, [...[precision, recall, f1].map((score) => fixed(score, digits)), count(support)]);
    const { accuracy, microAverage, macroAverage, weightedAverage } = this;
    const support = count(microAverage.support);
    return [
      line("", ["precision", "recall", "f1-score", "support"]),
      "\n",
      ...this.classes.map((scores) => row(scores.name, scores)),
      "\n",
      accuracy === undefined
        ? row("micro avg", microAverage)
        : line("accuracy", ["", "", fixed(accuracy, digits), support]),
      row("macro avg", macroAverage),
      row("weighted avg", weightedAverage),
    ].join("");
  }
}

/**
 * Precision, recall, F1 and number of rows of each class, with their averages: an object to read, a table to print.
 *
 * @param yTrue         `[n]` labels
 * @param yPred         `[n]` labels of the same kind
 * @throws DataError    if they are empty, or differ in length or kind
 * @throws OptionError  if there is not one of `targetNames` for each class
 * @source scikit-learn 1.9, `classification_report`
 * @example
 * const report = await classificationReport(["cat", "cat", "dog"], ["cat", "dog", "dog"]);
 * report.accuracy; // => 0.6667
 * console.log(String(report));
 */
export async function classificationReport(
  yTrue: LabelsLike,
  yPred: LabelsLike,
  options: ClassificationReportOptions = {},
): Promise<ClassificationReport> {
  const call = "classificationReport";
  const {
    labels: given,
    targetNames,
    digits,
    zeroDivision,
    sampleWeight,
  } = checkedOptions(call, SCHEMA, options, ["sampleWeight"]);
  const pairs = await readPairs(call, yTrue, yPred, sampleWeight);
  const present = labelsOf(pairs);
  const labels = given ?? present;
  if (targetNames && targetNames.length !== labels.length) {
    throw new OptionError(
      call,
      `${targetNames.length} targetNames came for ${labels.length} classes`,
      { classes: labels.slice(0, 20) },
      "Pass one name for each class, or the labels they are of as `labels`.",
    );
  }
  const counts = countClasses(pairs, labels);
  const support = counts.reduce((sum, { actual }) => sum + actual, 0);
  const average = (kind: "micro" | "macro" | "weighted"): ReportRow => ({
    ...averageScores(counts, kind, zeroDivision),
    support,
  });
  const microAverage = average("micro");
  const complete = present.every((label) => labels.includes(label));
  const classes = counts.map((each, k) => ({
    label: labels[k]!,
    name: targetNames?.[k] ?? String(labels[k]),
    ...scoresOf(each, zeroDivision),
    support: each.actual,
  }));
  const averages = { microAverage, macroAverage: average("macro"), weightedAverage: average("weighted") };
  const accuracy = complete ? microAverage.f1 : undefined;
  return new ClassificationReport({ classes, accuracy, ...averages }, digits, sampleWeight !== undefined);
}
