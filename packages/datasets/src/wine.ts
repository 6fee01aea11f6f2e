import type { ClassificationDataset } from "./dataset.ts";
import { loadClasses } from "./table.ts";

/**
 * Italian wines: 178 analyses, `X` `[178, 13]`, three grape varieties (59, 71 and 48 wines).
 *
 * The same rows in the same order as scikit-learn's `load_wine`. The columns differ in scale by a factor of thousands, so
 * most models want a `StandardScaler` in front.
 *
 * @throws DataError  if the data file can't be read or is not the one that was shipped
 * @source Aeberhard, Forina, Wine, UCI, 1992, doi:10.24432/C5PC7J
 * @example (await loadWine()).X.shape // => [178, 13]
 */
export function loadWine(): Promise<ClassificationDataset> {
  return loadClasses({
    call: "loadWine",
    file: "wine",
    url: new URL("../data/wine.json.gz", import.meta.url),
    info: {
      name: "wine",
      description:
        "Chemical analyses of wines grown in one region of Italy from three varieties of grape: alcohol, acids, ash, " +
        "magnesium, phenols, colour and proline. The class is the variety.",
      licence: "CC BY 4.0 (original, UCI); BSD-3-Clause (scikit-learn's copy)",
      source:
        "S. Aeberhard, M. Forina: Wine. UCI Machine Learning Repository, 1992, https://doi.org/10.24432/C5PC7J; from " +
        "scikit-learn 1.9.1, load_wine",
    },
  });
}
