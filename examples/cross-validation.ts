/**
 * How well will a model do on new data, and which option is best? Stratified folds, scored one by one.
 *
 *     npx tsx examples/cross-validation.ts
 */
import {
  crossValScore,
  LogisticRegression,
  loadBreastCancer,
  makePipeline,
  StandardScaler,
  StratifiedKFold,
} from "@skein-ml/skein";

const { X, y, targetNames } = await loadBreastCancer();
console.log(`${X.shape[0]} tumours, ${X.shape[1]} measurements each: ${targetNames.join(" or ")}?`);

const folds = new StratifiedKFold({ nSplits: 5, shuffle: true, randomState: 0 });
for (const C of [0.01, 0.1, 1, 10]) {
  const model = makePipeline(new StandardScaler(), new LogisticRegression({ C }));
  const scores = await crossValScore(model, X, y, { cv: folds });
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  console.log(`C ${C}: ${mean.toFixed(4)}  (${[...scores].map((score) => score.toFixed(3)).join(", ")})`);
}
