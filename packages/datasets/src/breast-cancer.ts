import type { ClassificationDataset } from "./dataset.ts";
import { loadClasses } from "./table.ts";

/**
 * Breast tumours, Wisconsin diagnostic set: 569 samples, `X` `[569, 30]`, class 0 malignant (212), 1 benign (357).
 *
 * The same rows in the same order as scikit-learn's `load_breast_cancer`.
 *
 * @throws DataError  if the data file can't be read or is not the one that was shipped
 * @source Wolberg, Mangasarian, Street, Street, Breast Cancer Wisconsin (Diagnostic), UCI, 1993, doi:10.24432/C5DW2B
 * @example (await loadBreastCancer()).targetNames // => ["malignant", "benign"]
 */
export function loadBreastCancer(): Promise<ClassificationDataset> {
  return loadClasses({
    call: "loadBreastCancer",
    file: "breast-cancer",
    url: new URL("../data/breast-cancer.json.gz", import.meta.url),
    info: {
      name: "breast cancer",
      description:
        "Ten measures of cell nuclei in images of fine needle aspirates (radius, texture, smoothness and so on), each " +
        "as mean, standard error and worst value over the image. The class says whether the tumour was malignant.",
      licence: "CC BY 4.0 (original, UCI); BSD-3-Clause (scikit-learn's copy)",
      source:
        "W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin (Diagnostic). UCI Machine Learning " +
        "Repository, 1993, https://doi.org/10.24432/C5DW2B; from scikit-learn 1.9.1, load_breast_cancer",
    },
  });
}
