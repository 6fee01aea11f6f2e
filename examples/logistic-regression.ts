/**
 * A classical pipeline: scale the columns, fit a logistic regression, score it on rows it has not seen.
 *
 *     npx tsx examples/logistic-regression.ts
 */
import { LogisticRegression, loadDigits, Pipeline, StandardScaler, trainTestSplit } from "@skein-ml/skein";

// 1,797 images of handwritten digits: X is [1797, 64], y says which digit.
const { X, y } = await loadDigits();
const [XTrain, XTest, yTrain, yTest] = await trainTestSplit([X, y], { testSize: 0.25, stratify: y, randomState: 0 });

const model = new Pipeline({
  steps: [
    ["scale", new StandardScaler()],
    ["classify", new LogisticRegression()],
  ],
});
await model.fit(XTrain, yTrain);

const labels = await model.predict(XTest);
const probabilities = await model.predictProba(XTest);
const [first = []] = probabilities.toArray() as number[][];

console.log(`first row:  predicted ${labels[0]}, really ${yTest[0]}`);
console.log(`its chance: ${(100 * Math.max(...first)).toFixed(1)} %`);
console.log(`accuracy:   ${(await model.score(XTest, yTest)).toFixed(4)} on ${yTest.length} held-out rows`);
