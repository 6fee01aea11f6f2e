/** Nets that are dropped without `dispose`: the garbage collection gives their machine's memory back. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openCpu } from "@skein-ml/backend-cpu";
import { type Device, hostDevice } from "@skein-ml/core";
import { expect, test } from "vitest";
import { Dense } from "../layers/dense.ts";
import { Embedding } from "../layers/embedding.ts";
import { LSTM } from "../layers/lstm.ts";
import { orders } from "../testing/data.ts";
import { Sequential } from "./sequential.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Live bytes once they are at most `limit`, or after many collections. */
async function settled(device: Device, limit: number): Promise<number> {
  for (let i = 0; i < 50 && device.liveBytes > limit; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return device.liveBytes;
}

/** A net that was trained, judged and asked, and is then dropped. */
async function use(device: Device): Promise<void> {
  const { X, y } = orders(20, 8);
  const model = new Sequential([new Embedding(9, 8, { paddingIndex: 0 }), new LSTM(8), new Dense(2)]);
  model.compile({ loss: "crossEntropy", metrics: ["accuracy"], seed: 1, device });
  await model.fit(X, y, { epochs: 2, batchSize: 8, validation: 0.2 });
  await model.fit(X, y, { batchSize: 8 });
  await model.evaluate(X, y);
  await Promise.all([model.predict(X), model.predict(X.slice(0, 3)), model.predict([[1, 2]])]);
  await model.save();
}

test("a dropped net gives all memory back", async () => {
  const device = openCpu();
  const before = await settled(hostDevice(), 0);
  await use(device);
  expect(device.liveBytes).toBeGreaterThan(0);
  expect(await settled(device, 0)).toBe(0);
  expect(await settled(hostDevice(), before)).toBeLessThanOrEqual(before);
  device.close();
});
