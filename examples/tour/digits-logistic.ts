/** Act one: a scaler and a logistic regression in a pipeline, as one knows them from scikit-learn. */
import { LogisticRegression, load, Pipeline, StandardScaler } from "@skein-ml/skein";
import type { Digits } from "./digits.ts";
import { judge, type Outcome, sameElements } from "./outcome.ts";
import type { Stage } from "./stage.ts";

export async function digitsLogistic(digits: Digits, stage: Stage, signal: AbortSignal): Promise<Outcome> {
  const { XTrain, XTest, yTrain, yTest, classes } = digits;
  const model = new Pipeline({
    steps: [
      ["scale", new StandardScaler()],
      ["classify", new LogisticRegression()],
    ],
  });
  const fitSeconds = await stage.during("Pipeline: StandardScaler, LogisticRegression", (onProgress) =>
    model.fit(XTrain, yTrain, { signal, onProgress }),
  );

  const file = await model.save();
  const loaded = await load<typeof model>(file);
  return judge({
    model: "logistic regression",
    data: "digits",
    yTrain,
    yTest,
    predicted: await model.predict(XTest),
    classes,
    fitSeconds,
    fileBytes: file.length,
    sameAfterReload: sameElements(await model.predictProba(XTest), await loaded.predictProba(XTest)),
  });
}
