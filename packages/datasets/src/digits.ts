import type { ClassificationDataset } from "./dataset.ts";
import { loadClasses } from "./table.ts";

/**
 * Handwritten digits: 1,797 images of 8 x 8 pixels, `X` `[1797, 64]` with ink from 0 to 16, ten classes `"0"` to `"9"`.
 *
 * The same rows in the same order as scikit-learn's `load_digits`.
 *
 * @throws DataError  if the data file can't be read or is not the one that was shipped
 * @source Alpaydin, Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998, doi:10.24432/C50P49
 * @example (await loadDigits()).X.shape // => [1797, 64]
 */
export function loadDigits(): Promise<ClassificationDataset> {
  return loadClasses({
    call: "loadDigits",
    file: "digits",
    url: new URL("../data/digits.json.gz", import.meta.url),
    info: {
      name: "digits",
      description:
        "Digits written by 43 people, scanned in black and white at 32 x 32. Each of the 64 features counts the ink " +
        "in one 4 x 4 block, 0 to 16, row by row from the top left; the class is the digit. These are the 1,797 rows " +
        "that the original keeps for testing, from 13 writers that its training rows do not have.",
      licence: "CC BY 4.0 (original, UCI); BSD-3-Clause (scikit-learn's copy)",
      source:
        "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits. UCI Machine Learning Repository, 1998, " +
        "https://doi.org/10.24432/C50P49; from scikit-learn 1.9.1, load_digits",
    },
  });
}
