import { cpu } from "@skein-ml/backend-cpu";
import { Callback, Dense, Embedding, LSTM, Sequential } from "@skein-ml/nn";
import { cluster } from "./machines/cluster.ts";
import { countParameters } from "./models/count.ts";
import { modelFromNet } from "./models/from-net.ts";
import { trainingSetup } from "./training/job.ts";
import { trainingMemory } from "./training/memory.ts";

const device = cpu();
for (const [sizes, batch] of [
  [[784, 512, 512, 10], 64],
  [[784, 512, 512, 10], 1024],
  [[100, 2000, 2000, 10], 256],
] as const) {
  const before = device.liveBytes;
  const net = new Sequential(
    sizes.slice(1).map((n, i) => new Dense(n, { activation: i === sizes.length - 2 ? "softmax" : "relu" })),
  );
  net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", seed: 0 });
  let peak = 0;
  const X = Array.from({ length: batch * 2 }, () => Array.from({ length: sizes[0] }, () => Math.random()));
  await net.fit(
    X,
    X.map((_, i) => i % 10),
    {
      epochs: 1,
      batchSize: batch,
      onProgress: () => {
        peak = Math.max(peak, device.liveBytes);
      },
    },
  );
  const model = modelFromNet(net);
  const setup = trainingSetup(model, cluster({ nodes: 1, devicesPerNode: 1, accelerator: "epyc-9654" }), {
    batch,
    microBatch: batch,
    precision: "fp32",
    margin: 0,
  });
  const m = trainingMemory(setup);
  console.log(
    sizes,
    batch,
    "params",
    countParameters(model).total.value,
    "measured",
    (peak - before) / 1e6,
    "pred",
    m.total.value / 1e6,
    "w",
    m.weights.value / 1e6,
    "act",
    m.activations.value / 1e6,
  );
}
