/** What the LSTM has to beat: logistic regression on how often each word occurs, in whatever order. */
import { type CsrMatrix, csr, LogisticRegression } from "@skein-ml/skein";
import { type Definitions, VOCABULARY_SIZE } from "./definitions.ts";
import type { Baseline } from "./outcome.ts";
import type { Stage } from "./stage.ts";

export async function bagOfWordsBaseline(
  { train, test }: Definitions,
  stage: Stage,
  signal: AbortSignal,
): Promise<Baseline> {
  const model = new LogisticRegression();
  const fitSeconds = await stage.during("For comparison: bag of words, LogisticRegression", (onProgress) =>
    model.fit(bagOfWords(train.words), train.y, { signal, onProgress }),
  );
  return { name: "bag of words", accuracy: await model.score(bagOfWords(test.words), test.y), fitSeconds };
}

/** Counts of words, one row a text, one column a word of the vocabulary. */
function bagOfWords(texts: readonly (readonly number[])[]): CsrMatrix {
  const data: number[] = [];
  const indices: number[] = [];
  const indptr = [0];
  for (const words of texts) {
    const counts = new Map<number, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of [...counts].sort(([a], [b]) => a - b)) {
      indices.push(word);
      data.push(count);
    }
    indptr.push(data.length);
  }
  return csr({ shape: [texts.length, VOCABULARY_SIZE], data, indices, indptr });
}
