/** What an act of the tour brings home: a model's answers on held-out rows, scored beside baselines. */
import { accuracyScore, confusionMatrix, type History, type Label, type Tensor } from "@skein-ml/skein";

/** What a model did. */
export interface Answers {
  readonly model: string;
  readonly data: string;
  readonly yTrain: readonly Label[];
  readonly yTest: readonly Label[];
  /** For each held-out row. */
  readonly predicted: readonly Label[];
  readonly classes: readonly Label[];
  readonly fitSeconds: number;
  readonly fileBytes: number;
  /** Whether the model that came back from its file gives the same numbers, to the last bit. */
  readonly sameAfterReload: boolean;
  /** Loss and accuracy by epoch, where there are epochs. */
  readonly history?: History;
}

/** Answers with their score, and other models on the same rows. */
export interface Outcome extends Answers {
  readonly accuracy: number;
  readonly baselines: readonly Baseline[];
  /** Rows by true and predicted class. */
  readonly confusion: readonly (readonly number[])[];
}

export interface Baseline {
  readonly name: string;
  readonly accuracy: number;
  readonly fitSeconds?: number;
}

/** Score the answers, beside the baselines given and that of always guessing the class that is most frequent in training. */
export async function judge(answers: Answers, baselines: readonly Baseline[] = []): Promise<Outcome> {
  const { yTrain, yTest, predicted, classes } = answers;
  const guesses = yTest.map(() => mostFrequent(yTrain));
  return {
    ...answers,
    accuracy: await accuracyScore(yTest, predicted),
    baselines: [...baselines, { name: "majority class", accuracy: await accuracyScore(yTest, guesses) }],
    confusion: await confusionMatrix(yTest, predicted, { labels: classes }),
  };
}

/** Whether two tensors are equal to the last bit. */
export function sameElements(a: Tensor, b: Tensor): boolean {
  const [left, right] = [a.data, b.data];
  return String(a.shape) === String(b.shape) && left.every((value, i) => Object.is(value, right[i]));
}

function mostFrequent(labels: readonly Label[]): Label {
  const counts = new Map<Label, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
}
