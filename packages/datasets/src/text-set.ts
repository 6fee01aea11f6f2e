/** Turns the content of a data file into a set of labelled texts. The loaders beside this file say which set it is. */
import { checksums } from "./checksums.ts";
import { type DataFileName, readDataFile } from "./data-file.ts";
import type { DatasetInfo, LabelledTexts, TextDataset } from "./dataset.ts";

/** What a loader says about its set; the checksum is added here. */
export interface TextSource {
  readonly call: string;
  readonly file: DataFileName;
  readonly url: URL;
  readonly info: Omit<DatasetInfo, "sha256">;
}

/** Names stand once, rows refer to them by index; the first `trainCount` rows are for training. */
interface TextContent {
  readonly texts: string[];
  readonly targetNames: string[];
  readonly y: number[];
  readonly groupNames?: string[];
  readonly groups?: number[];
  readonly trainCount: number;
}

/** All texts, and the same texts divided for training and testing. */
export async function loadTexts({ call, file, url, info }: TextSource): Promise<TextDataset> {
  const content = await readDataFile<TextContent>(call, file, url);
  const { texts, targetNames, y, groupNames, groups, trainCount } = content;
  const all: LabelledTexts = {
    texts,
    labels: named(targetNames, y),
    ...(groupNames && groups && { groups: named(groupNames, groups) }),
  };
  const split = { train: rows(all, 0, trainCount), test: rows(all, trainCount, texts.length) };
  return { ...info, sha256: checksums[file], targetNames, ...all, split };
}

function named(names: string[], indices: number[]): string[] {
  return indices.map((index) => names[index] ?? "");
}

function rows({ texts, labels, groups }: LabelledTexts, start: number, end: number): LabelledTexts {
  return {
    texts: texts.slice(start, end),
    labels: labels.slice(start, end),
    ...(groups && { groups: groups.slice(start, end) }),
  };
}
