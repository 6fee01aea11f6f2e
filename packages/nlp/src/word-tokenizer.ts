/**
 * Text to words: a Unicode-aware split. Sub-words, sentences and languages without spaces are not its work.
 */
import { check, DataError, type OptionSchema, resolveOptions } from "@skein-ml/core";

export interface WordTokenizerOptions {
  /** Fold upper case first. Default true. */
  readonly lowercase?: boolean;
  /** Keep punctuation and symbols, one token each. Default false. */
  readonly punctuation?: boolean;
}

const SCHEMA: OptionSchema<WordTokenizerOptions> = {
  lowercase: check.boolean({ default: true }),
  punctuation: check.boolean({ default: false }),
};

/** Letters with their marks and digits; apostrophes and hyphens join inside a word, dots and commas between digits. */
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:(?:['’-]|(?<=\p{N})[.,](?=\p{N}))[\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu;
const WORD_OR_SYMBOL = new RegExp(`${WORD.source}|[^\\p{L}\\p{M}\\p{N}\\s]`, "gu");

/**
 * Splits texts into words: runs of letters and digits of any script, after NFC normalization. An apostrophe or a hyphen
 * between letters belongs to the word, a dot or a comma between digits to the number. Abbreviations with dots fall into
 * their letters ("U.S.A." into "u", "s", "a"), and emoji are symbols, not words.
 *
 * @throws OptionError for an unknown option or one that is no boolean
 * @example new WordTokenizer().tokenize("Don't panic: it's 42!") // => ["don't", "panic", "it's", "42"]
 */
export class WordTokenizer {
  readonly lowercase: boolean;
  readonly punctuation: boolean;

  constructor(options: WordTokenizerOptions = {}) {
    const { lowercase, punctuation } = resolveOptions("WordTokenizer", SCHEMA, options);
    this.lowercase = lowercase;
    this.punctuation = punctuation;
  }

  /**
   * The words of one text.
   * @throws DataError if it is no string
   */
  tokenize(text: string): string[] {
    if (typeof text !== "string") {
      throw new DataError("tokenize", "the text is no string", { came: typeof text }, "Pass one text, as a string.");
    }
    const normal = text.normalize("NFC");
    const folded = this.lowercase ? normal.toLowerCase() : normal;
    return folded.match(this.punctuation ? WORD_OR_SYMBOL : WORD) ?? [];
  }
}
