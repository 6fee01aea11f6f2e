/** The texts of the third act: dictionary definitions, and the kind of thing that each defines, as numbers. */
import { loadDefinitions, Vocabulary, WordTokenizer } from "@skein-ml/skein";

export const VOCABULARY_SIZE = 10_000;

/** Words of a text that are read; definitions have 12 on average, and what matters stands at the beginning. */
export const MOST_WORDS = 12;

/** Texts as the numbers of their words, with the numbers of their classes. */
export interface NumberedTexts {
  readonly words: readonly (readonly number[])[];
  readonly y: number[];
}

export interface Definitions {
  readonly train: NumberedTexts;
  readonly test: NumberedTexts;
  readonly classes: readonly string[];
}

/** @param share  of the texts of each part, for a quick run */
export async function numberDefinitions(share: number): Promise<Definitions> {
  const { split, targetNames } = await loadDefinitions();
  const tokenizer = new WordTokenizer();
  const tokenize = (texts: readonly string[]) => texts.map((text) => tokenizer.tokenize(text).slice(0, MOST_WORDS));
  const trainWords = tokenize(split.train.texts.slice(0, share * split.train.texts.length));
  const vocabulary = Vocabulary.build(trainWords, { maxSize: VOCABULARY_SIZE });
  const number = (words: readonly string[][], labels: readonly string[]): NumberedTexts => ({
    words: words.map((text) => vocabulary.encode(text)),
    y: words.map((_, i) => targetNames.indexOf(labels[i] ?? "")),
  });
  const testWords = tokenize(split.test.texts.slice(0, share * split.test.texts.length));
  return {
    train: number(trainWords, split.train.labels),
    test: number(testWords, split.test.labels),
    classes: targetNames,
  };
}
