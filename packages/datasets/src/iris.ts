import type { ClassificationDataset } from "./dataset.ts";
import { loadClasses } from "./table.ts";

/**
 * Fisher's irises: 150 flowers, `X` `[150, 4]` in centimetres, three species of 50 flowers each.
 *
 * The same rows in the same order as scikit-learn's `load_iris`, which follow Fisher's paper; the copy at UCI differs in
 * two rows.
 *
 * @throws DataError  if the data file can't be read or is not the one that was shipped
 * @source Fisher, Annals of Eugenics 7(2), 1936, pages 179-188
 * @example (await loadIris()).targetNames // => ["setosa", "versicolor", "virginica"]
 */
export function loadIris(): Promise<ClassificationDataset> {
  return loadClasses({
    call: "loadIris",
    file: "iris",
    url: new URL("../data/iris.json.gz", import.meta.url),
    info: {
      name: "iris",
      description:
        "Length and width of the sepals and petals of 150 irises of three species. One species can be told from the " +
        "other two by a straight line; those two overlap.",
      licence: "CC BY 4.0 (original, UCI); BSD-3-Clause (scikit-learn's copy)",
      source:
        "R. A. Fisher: The use of multiple measurements in taxonomic problems. Annals of Eugenics 7(2), 1936, 179-188; " +
        "UCI Machine Learning Repository, https://doi.org/10.24432/C56C76; from scikit-learn 1.9.1, load_iris",
    },
  });
}
