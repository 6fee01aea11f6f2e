import type { RegressionDataset } from "./dataset.ts";
import { loadQuantity } from "./table.ts";

/**
 * Diabetes patients: 442 people, `X` `[442, 10]`, `y` `[442]`: how far the disease went within a year (25 to 346).
 *
 * The same rows in the same order as scikit-learn's `load_diabetes`: every column has mean 0 and sum of squares 1.
 *
 * @throws DataError  if the data file can't be read or is not the one that was shipped
 * @source Efron, Hastie, Johnstone, Tibshirani, Annals of Statistics 32(2), 2004, pages 407-499
 * @example (await loadDiabetes()).y.shape // => [442]
 */
export function loadDiabetes(): Promise<RegressionDataset> {
  const source = {
    call: "loadDiabetes",
    file: "diabetes",
    url: new URL("../data/diabetes.json.gz", import.meta.url),
    info: {
      name: "diabetes",
      description:
        "Age, sex, body mass index, mean blood pressure and six blood serum values (s1 to s6) of 442 patients, and a " +
        "measure of how far the disease had gone one year later. The features come centred and scaled: every column " +
        "has mean 0 and sum of squares 1.",
      licence: "BSD-3-Clause (scikit-learn's copy; the original was published with a paper and states no licence)",
      source:
        "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani: Least angle regression. Annals of Statistics 32(2), 2004, " +
        "407-499; from scikit-learn 1.9.1, load_diabetes",
    },
  } as const;
  return loadQuantity(source, "disease progression");
}
