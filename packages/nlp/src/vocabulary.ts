/**
 * A vocabulary: words and their numbers. 0 stands for padding, 1 for every word that is not in it.
 */
import { DataError, ModelFileError, OptionError } from "@skein-ml/core";

/** The number that fills short sequences. */
export const PADDING = 0;
/** The number of words that are not in the vocabulary. */
export const UNKNOWN = 1;
/** Numbers below this are not words. */
const RESERVED = 2;

export interface VocabularyOptions {
  /** Most numbers, padding and unknown among them; the most frequent words stay. Default 10,000. */
  readonly maxSize?: number;
  /** Words seen less often are left out. Default 1. */
  readonly minCount?: number;
}

/**
 * Words with their numbers, the most frequent first; equally frequent ones in the order of their code units.
 *
 * @example Vocabulary.build([["to", "be", "or", "not", "to", "be"]]).encode(["be", "quick"]) // => [2, 1]
 */
export class Vocabulary {
  /** The words, in order of their numbers from 2. */
  readonly words: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  /**
   * @param words  all different, in order of their numbers
   * @throws DataError if a word comes twice or is no string
   */
  constructor(words: readonly string[]) {
    const numbers = new Map<string, number>();
    for (const word of words) {
      if (typeof word !== "string" || numbers.has(word)) {
        throw new DataError("Vocabulary", "the words are not all different strings", { word }, "Use Vocabulary.build.");
      }
      numbers.set(word, numbers.size + RESERVED);
    }
    this.words = Object.freeze([...words]);
    this.#numbers = numbers;
  }

  /**
   * The vocabulary of tokenized texts.
   *
   * @throws OptionError if an option is unknown or out of range
   * @throws DataError   if no word is left
   */
  static build(texts: Iterable<readonly string[]>, options: VocabularyOptions = {}): Vocabulary {
    const { maxSize, minCount } = checkOptions(options);
    const counts = new Map<string, number>();
    for (const words of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    const frequent = [...counts].filter(([, count]) => count >= minCount);
    frequent.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    if (frequent.length === 0) {
      throw new DataError(
        "Vocabulary.build",
        "no word is left",
        { seen: counts.size, minCount },
        "Pass texts with words in them, or lower minCount.",
      );
    }
    return new Vocabulary(frequent.slice(0, maxSize - RESERVED).map(([word]) => word));
  }

  /** How many numbers there are, padding and unknown among them. */
  get size(): number {
    return this.words.length + RESERVED;
  }

  /** The number of a word; 1 if it is not in the vocabulary. */
  number(word: string): number {
    return this.#numbers.get(word) ?? UNKNOWN;
  }

  /** The numbers of words. */
  encode(words: readonly string[]): number[] {
    return words.map((word) => this.number(word));
  }

  /**
   * The words of numbers; `⟨pad⟩` and `⟨unk⟩` for the reserved ones.
   * @throws DataError for a number that is none of this vocabulary
   */
  decode(numbers: ArrayLike<number>): string[] {
    return Array.from(numbers, (number) => {
      const word = number === PADDING ? "⟨pad⟩" : number === UNKNOWN ? "⟨unk⟩" : this.words[number - RESERVED];
      if (word === undefined) throw new DataError("decode", "there is no such number", { number, size: this.size });
      return word;
    });
  }

  /** What a model file holds of it. */
  describe(): { options: { words: readonly string[] }; state: undefined } {
    return { options: { words: this.words }, state: undefined };
  }

  static readonly className = "Vocabulary";

  /** From a model file. */
  static restore({ options }: { readonly options: Readonly<Record<string, unknown>> }): Vocabulary {
    const { words } = options;
    const valid =
      Array.isArray(words) && words.every((word) => typeof word === "string") && new Set(words).size === words.length;
    if (!valid) throw new ModelFileError("loadModel", "Vocabulary: the words are not a list of different strings");
    return new Vocabulary(words);
  }
}

function checkOptions(options: VocabularyOptions): Required<VocabularyOptions> {
  const unknown = Object.keys(options).find((name) => name !== "maxSize" && name !== "minCount");
  if (unknown !== undefined) {
    throw new OptionError(
      "Vocabulary.build",
      `there is no option ${unknown}`,
      {},
      "The options are maxSize and minCount.",
    );
  }
  const { maxSize = 10_000, minCount = 1 } = options;
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  if (!whole(maxSize, RESERVED + 1) || !whole(minCount, 1)) {
    throw new OptionError(
      "Vocabulary.build",
      "an option is out of range",
      { maxSize, minCount },
      "maxSize is a whole number of at least 3, minCount of at least 1.",
    );
  }
  return { maxSize, minCount };
}
