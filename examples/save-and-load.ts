/**
 * A model in a file: save a pipeline and a net, load them again, and go on training where the net was.
 *
 *     npx tsx examples/save-and-load.ts
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Dense,
  LogisticRegression,
  load,
  loadIris,
  makePipeline,
  type Pipeline,
  Sequential,
  StandardScaler,
} from "@skein-ml/skein";

const folder = await mkdtemp(join(tmpdir(), "skein-"));
const { X, y } = await loadIris();

// A pipeline.
const pipeline = makePipeline(new StandardScaler(), new LogisticRegression());
await pipeline.fit(X, y);
await writeFile(join(folder, "iris.safetensors"), await pipeline.save());

const loaded = await load<Pipeline<LogisticRegression>>(await readFile(join(folder, "iris.safetensors")));
console.log("pipeline:", await loaded.predict([[5.1, 3.5, 1.4, 0.2]]), await loaded.score(X, y));

// A net, stopped halfway. The file has its weights, its optimizer and its random seed.
const net = new Sequential([new Dense(16, { activation: "tanh" }), new Dense(3, { activation: "softmax" })]);
net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", seed: 0 });
await net.fit(X, y, { epochs: 5 });
await writeFile(join(folder, "net.safetensors"), await net.save());

const resumed = await load<Sequential>(await readFile(join(folder, "net.safetensors")));
await resumed.fit(X, y, { epochs: 5 });
await net.fit(X, y, { epochs: 5 }); // the run that was not interrupted
console.log("interrupted:    ", resumed.history.loss.slice(-1));
console.log("not interrupted:", net.history.loss.slice(-1));

await rm(folder, { recursive: true });
