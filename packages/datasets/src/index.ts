/** Small real data sets with licence, source and checksum: docs/datasets.md. */
export { loadBreastCancer } from "./breast-cancer.ts";
export type {
  ClassificationDataset,
  Dataset,
  DatasetInfo,
  LabelledTexts,
  RegressionDataset,
  TextDataset,
} from "./dataset.ts";
export { loadDefinitions } from "./definitions.ts";
export { loadDiabetes } from "./diabetes.ts";
export { loadDigits } from "./digits.ts";
export { loadIris } from "./iris.ts";
export { loadStateOfTheUnion } from "./state-of-the-union.ts";
export { loadWine } from "./wine.ts";
