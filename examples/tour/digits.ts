/** The digits of the first two acts: three quarters to learn from, one quarter held out. */
import { loadDigits, type Tensor, trainTestSplit } from "@skein-ml/skein";

export interface Digits {
  readonly XTrain: Tensor;
  readonly XTest: Tensor;
  readonly yTrain: number[];
  readonly yTest: number[];
  readonly classes: readonly number[];
}

export async function splitDigits(): Promise<Digits> {
  const { X, y, targetNames } = await loadDigits();
  const [XTrain, XTest, yTrain, yTest] = await trainTestSplit([X, y], { testSize: 0.25, stratify: y, randomState: 0 });
  return { XTrain, XTest, yTrain, yTest, classes: targetNames.map(Number) };
}
