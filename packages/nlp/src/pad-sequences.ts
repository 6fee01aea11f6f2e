/** Sequences of different lengths as one array. */
import { DataError, OptionError, type Tensor, tensor } from "@skein-ml/core";
import { PADDING } from "./vocabulary.ts";

export interface PadSequencesOptions {
  /** Steps of the result. Default: the longest sequence. */
  readonly length?: number;
  /** Which end of a sequence that is too long is cut off. Default `end`. */
  readonly truncate?: "start" | "end";
}

/**
 * Sequences of numbers as one int32 array `[n, length]`, padded with 0 at the end.
 *
 * @returns             `tokens` and, for each sequence, how many of its steps are real (int32 `[n]`)
 * @throws DataError    if there are no sequences, or a number is no whole number of at least 0
 * @throws OptionError  if `length` is no whole number of at least 1
 * @example padSequences([[5, 6, 7], [8]], { length: 2 }).tokens.toArray() // => [[5, 6], [8, 0]]
 */
export function padSequences(
  sequences: readonly (readonly number[])[],
  options: PadSequencesOptions = {},
): { tokens: Tensor; lengths: Tensor } {
  const length = options.length ?? sequences.reduce((most, { length: steps }) => Math.max(most, steps), 1);
  check(sequences, length);
  const tokens = new Int32Array(sequences.length * length).fill(PADDING);
  const lengths = new Int32Array(sequences.length);
  for (const [row, sequence] of sequences.entries()) {
    const cut = sequence.length - length;
    const kept = cut <= 0 ? sequence : options.truncate === "start" ? sequence.slice(cut) : sequence.slice(0, length);
    tokens.set(kept, row * length);
    lengths[row] = kept.length;
  }
  return {
    tokens: tensor(tokens, { shape: [sequences.length, length] }),
    lengths: tensor(lengths, { shape: [sequences.length] }),
  };
}

function check(sequences: readonly (readonly number[])[], length: number): void {
  if (!Number.isSafeInteger(length) || length < 1) {
    throw new OptionError("padSequences", "length is no whole number of at least 1", { length });
  }
  if (sequences.length === 0) throw new DataError("padSequences", "there are no sequences", {}, "Pass at least one.");
  for (const [row, sequence] of sequences.entries()) {
    const wrong = sequence.findIndex((number) => !Number.isSafeInteger(number) || number < 0);
    if (wrong >= 0) {
      throw new DataError(
        "padSequences",
        "a number is no whole number of at least 0",
        { row, step: wrong, came: sequence[wrong] },
        "Encode words with a Vocabulary first.",
      );
    }
  }
}
