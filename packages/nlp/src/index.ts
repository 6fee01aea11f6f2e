/** Skein's language tools. */
export { padSequences, type PadSequencesOptions } from "./pad-sequences.ts";
export { PADDING, UNKNOWN, Vocabulary, type VocabularyOptions } from "./vocabulary.ts";
export { WordTokenizer, type WordTokenizerOptions } from "./word-tokenizer.ts";
export { TextClassifier, type TextClassifierOptions } from "./text-classifier.ts";
export { TextNet, type TextNetOptions } from "./text-net.ts";
