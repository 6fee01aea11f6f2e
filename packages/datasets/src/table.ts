/** Turns the content of a data file into a table. The loaders beside this file say which set it is. */
import { type Tensor, tensor } from "@skein-ml/core";
import { checksums } from "./checksums.ts";
import { type DataFileName, readDataFile } from "./data-file.ts";
import type { ClassificationDataset, DatasetInfo, RegressionDataset } from "./dataset.ts";

/** What a loader says about its set; the checksum is added here. */
export interface TableSource {
  readonly call: string;
  readonly file: DataFileName;
  readonly url: URL;
  readonly info: Omit<DatasetInfo, "sha256">;
}

interface TableContent {
  readonly featureNames: string[];
  readonly targetNames: string[];
  readonly X: number[][];
  readonly y: number[];
}

/** A table with class indices as `y`. */
export async function loadClasses({ call, file, url, info }: TableSource): Promise<ClassificationDataset> {
  const { X, y, featureNames, targetNames } = await readDataFile<TableContent>(call, file, url);
  return { ...info, sha256: checksums[file], X: matrix(X), y, featureNames, targetNames };
}

/** A table with a quantity to predict. */
export async function loadQuantity(source: TableSource, targetName: string): Promise<RegressionDataset> {
  const { call, file, url, info } = source;
  const { X, y, featureNames } = await readDataFile<TableContent>(call, file, url);
  const target = tensor(Float64Array.from(y), { dtype: "float64" });
  return { ...info, sha256: checksums[file], X: matrix(X), y: target, featureNames, targetNames: [targetName] };
}

function matrix(rows: number[][]): Tensor {
  const shape = [rows.length, rows[0]?.length ?? 0];
  return tensor(Float64Array.from(rows.flat()), { shape, dtype: "float64" });
}
