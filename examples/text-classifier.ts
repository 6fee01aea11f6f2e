/**
 * Strings and labels in, labels out: the ready-made text classifier learns what kind of thing a definition defines.
 *
 *     npx tsx examples/text-classifier.ts [--small]
 */
import { classificationReport, loadDefinitions, TextClassifier } from "@skein-ml/skein";

const small = process.argv.includes("--small");
const { split } = await loadDefinitions();
const { train, test } = split;

// Smaller than the defaults (128, 256, 2 layers), which want more time.
const model = new TextClassifier({
  embedding: 64,
  hidden: 64,
  layers: 1,
  epochs: small ? 1 : 4,
  learningRate: 0.005,
  maxLength: 16,
  randomState: 0,
});
const rows = small ? 2000 : train.texts.length;
const started = performance.now();
await model.fit(train.texts.slice(0, rows), train.labels.slice(0, rows));
console.log(`trained on ${rows} texts in ${((performance.now() - started) / 1000).toFixed(1)} s`);

const ours = ["a tall tree with needles", "someone who bakes bread", "the town at the mouth of the river"];
const kinds = await model.predict(ours);
for (const [i, text] of ours.entries()) console.log(`${text}: ${kinds[i]}`);

const predicted = await model.predict(test.texts);
console.log(String(await classificationReport(test.labels, predicted)));
