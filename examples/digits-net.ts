/**
 * A net of dense layers that reads digits, trained with a validation set and early stopping.
 *
 *     npx tsx examples/digits-net.ts [--small]
 */
import { Dense, div, EarlyStopping, loadDigits, Sequential, trainTestSplit } from "@skein-ml/skein";

const epochs = process.argv.includes("--small") ? 3 : 30;

const { X, y } = await loadDigits();
const pixels = div(X, 16); // ink from 0 to 16 becomes 0 to 1
const [XRest, XTest, yRest, yTest] = await trainTestSplit([pixels, y], { testSize: 0.2, randomState: 0 });

const model = new Sequential([
  new Dense(64, { activation: "relu" }),
  new Dense(32, { activation: "relu" }),
  new Dense(10, { activation: "softmax" }),
]);
model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"], seed: 0 });

await model.fit(XRest, yRest, {
  epochs,
  batchSize: 32,
  validation: 0.1, // the last tenth of the rows is not learned from
  callbacks: [new EarlyStopping({ monitor: "valLoss", patience: 3 })],
});

console.log(model.summary());
for (const [i, loss] of model.history.loss.entries()) {
  console.log(`epoch ${i + 1}: loss ${loss.toFixed(3)}, validation ${model.history.valLoss?.[i]?.toFixed(3)}`);
}
const { accuracy } = await model.evaluate(XTest, yTest);
console.log(`accuracy ${accuracy?.toFixed(4)} on ${yTest.length} held-out rows`);
