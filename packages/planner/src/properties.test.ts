/** Laws that hold for every plan. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dalyInterval, goodput, youngInterval } from "./availability/goodput.ts";
import { cluster } from "./machines/cluster.ts";
import type { Cluster } from "./machines/machine.ts";
import { sumOf } from "./models/model.ts";
import { transformerPreset } from "./models/presets.ts";
import { transformer } from "./models/transformer.ts";
import { transformerParameters } from "./models/transformer-parameters.ts";
import { withLink } from "./network/requirements.ts";
import { servingJob } from "./serving/job.ts";
import { decodeTime, prefillTime } from "./serving/latency.ts";
import { meanWait } from "./serving/queueing.ts";
import { ringAllReduceTime, ringGatherTime, treeAllReduceTime } from "./training/collectives.ts";
import { stepFlops } from "./training/flops.ts";
import { type TrainingSetup, trainingSetup } from "./training/job.ts";
import { trainingMemory } from "./training/memory.ts";
import { stepTime } from "./training/step-time.ts";
import { quantity } from "./units.ts";

const power = (most: number) => fc.integer({ min: 0, max: most }).map((exponent) => 2 ** exponent);

/** Feasible set-ups of one model on any accelerator, cut in any way. */
const setups: fc.Arbitrary<TrainingSetup> = fc
  .record({
    tensor: power(3),
    pipeline: power(3),
    data: power(4),
    microBatch: power(2),
    rounds: power(3),
    zero: fc.integer({ min: 0, max: 3 }),
    accelerator: fc.constantFrom("a100-80", "h100", "mi300x", "tpu-v5p", "rtx-4090"),
    recompute: fc.constantFrom("none", "selective", "full"),
    attention: fc.constantFrom("flash", "materialized"),
    overlap: fc.boolean(),
    name: fc.constantFrom("llama-3-8b", "megatron-7.5b", "mixtral-8x7b"),
  })
  .map(({ tensor, pipeline, data, microBatch, rounds, zero, accelerator, name, ...rest }) => {
    const devices = tensor * pipeline * data;
    const machines = cluster({ nodes: Math.ceil(devices / 8), devicesPerNode: Math.min(8, devices), accelerator });
    const parallel = { tensor, pipeline, data, zero };
    return trainingSetup(transformerPreset(name), machines, {
      ...rest,
      sequence: 2048,
      batch: data * microBatch * rounds,
      microBatch,
      parallel,
    });
  });

const faster = fc.double({ min: 1, max: 100, noNaN: true });
const step = (setup: TrainingSetup) => stepTime(setup).total.value;
const SLACK = 1 + 1e-12;

function machine(setup: TrainingSetup, change: Partial<Cluster>): TrainingSetup {
  return { ...setup, cluster: { ...setup.cluster, ...change } };
}

describe("steps", () => {
  it("more link bandwidth never makes a step slower", () => {
    fc.assert(
      fc.property(setups, faster, fc.constantFrom("inside" as const, "between" as const), (setup, times, level) => {
        const quick = withLink(setup.cluster, level, { rate: quantity(setup.cluster[level].rate * times) });
        expect(step({ ...setup, cluster: quick })).toBeLessThanOrEqual(step(setup) * SLACK);
      }),
    );
  });

  it("more memory bandwidth, and a faster device, never make a step slower", () => {
    fc.assert(
      fc.property(setups, faster, (setup, times) => {
        const { accelerator } = setup.cluster;
        const wide = machine(setup, {
          accelerator: { ...accelerator, bandwidth: quantity(accelerator.bandwidth * times) },
        });
        const peak = { bf16: quantity<"FLOP/s">((accelerator.peak.bf16 ?? 0) * times) };
        const strong = machine(setup, { accelerator: { ...accelerator, peak } });
        expect(step(wide)).toBeLessThanOrEqual(step(setup) * SLACK);
        expect(step(strong)).toBeLessThanOrEqual(step(setup) * SLACK);
      }),
    );
  });

  it("utilization stays within what the efficiencies allow", () => {
    fc.assert(
      fc.property(setups, (setup) => {
        const { utilization } = stepTime(setup);
        // Flash attention skips half of the scores that the count has in full.
        expect(utilization.value).toBeGreaterThan(0);
        expect(utilization.value).toBeLessThan(1);
      }),
    );
  });

  it("parts add up to the whole", () => {
    fc.assert(
      fc.property(setups, (setup) => {
        const { compute, traffic, tensor, context, expert, pipeline, bubble, data, optimizer, lost, total } =
          stepTime(setup);
        const parts = [compute, traffic, tensor, context, expert, pipeline, bubble, data, optimizer, lost];
        const sum = parts.reduce((all, { value }) => all + value, 0);
        expect(sum / total.value).toBeCloseTo(1, 9);
      }),
    );
  });

  it("operations are linear in the batch", () => {
    const model = transformerPreset("llama-3-8b");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (batch) => {
        const one = stepFlops(model, { batch: 1, sequence: 4096 }).value;
        expect(stepFlops(model, { batch, sequence: 4096 }).value / one).toBeCloseTo(batch, 6);
      }),
    );
  });
});

describe("memory", () => {
  it("falls with every ZeRO stage, save for what stage 3 gathers", () => {
    fc.assert(
      fc.property(setups, (setup) => {
        const at = (zero: number) => {
          const memory = trainingMemory({ ...setup, job: { ...setup.job, parallel: { ...setup.job.parallel, zero } } });
          return memory.total.value - memory.buffers.value;
        };
        for (const zero of [1, 2, 3]) expect(at(zero)).toBeLessThanOrEqual(at(zero - 1) * SLACK);
      }),
    );
  });

  it("falls with tensor parallelism, and activations with recomputation", () => {
    fc.assert(
      fc.property(setups, (setup) => {
        const { job } = setup;
        const wider = { ...setup, job: { ...job, parallel: { ...job.parallel, tensor: 2 * job.parallel.tensor } } };
        expect(trainingMemory(wider).total.value).toBeLessThanOrEqual(trainingMemory(setup).total.value * SLACK);
        const kept = (recompute: "none" | "selective") =>
          trainingMemory({ ...setup, job: { ...job, recompute } }).activations.value;
        expect(kept("selective")).toBeLessThanOrEqual(kept("none") * SLACK + job.microBatch * 1e9);
      }),
    );
  });

  it("parameters grow with every size", () => {
    const sizes = fc.record({
      layers: fc.integer({ min: 1, max: 50 }),
      heads: power(5),
      headSize: fc.integer({ min: 8, max: 128 }),
      vocabulary: fc.integer({ min: 100, max: 100_000 }),
    });
    fc.assert(
      fc.property(sizes, ({ heads, headSize, ...rest }) => {
        const count = (more: object) =>
          sumOf(
            transformerParameters(transformer({ ...rest, heads, hidden: heads * headSize, context: 128, ...more })),
          );
        expect(count({ layers: rest.layers + 1 })).toBeGreaterThan(count({}));
        expect(count({ vocabulary: rest.vocabulary + 1 })).toBeGreaterThan(count({}));
        expect(count({ gated: true })).toBeGreaterThan(count({}));
      }),
    );
  });
});

describe("collectives", () => {
  const channel = { rate: 1e9, latency: 1e-5 };
  it("an all-reduce is a reduce-scatter and an all-gather; trees win for small vectors of many ranks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4096 }), fc.integer({ min: 1, max: 1e9 }), (n, S) => {
        expect(ringAllReduceTime(n, S, channel)).toBeCloseTo(2 * ringGatherTime(n, S, channel), 9);
      }),
    );
    expect(treeAllReduceTime(1024, 1000, channel)).toBeLessThan(ringAllReduceTime(1024, 1000, channel));
    expect(treeAllReduceTime(8, 1e9, channel)).toBeGreaterThan(ringAllReduceTime(8, 1e9, channel));
  });
});

describe("serving", () => {
  const model = transformerPreset("llama-3-8b");
  const machines = cluster({ nodes: 1, accelerator: "h100" });
  it("fewer bits are never slower, longer prompts never faster", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), fc.integer({ min: 16, max: 8000 }), (batch, prompt) => {
        const job = servingJob({ prompt, answer: 100 });
        const replica = { tensor: 1, batch };
        const small = decodeTime(model, machines, { ...job, weightBits: 4 }, replica).value;
        expect(small).toBeLessThanOrEqual(decodeTime(model, machines, job, replica).value);
        const longer = prefillTime(model, machines, { ...job, prompt: prompt + 100 }, replica).value;
        expect(longer).toBeGreaterThanOrEqual(prefillTime(model, machines, job, replica).value);
      }),
    );
  });

  it("more servers never wait longer; M/M/1 and M/D/1 are exact", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (k, load) => {
        const queue = { arrivals: load * k, service: 1 };
        expect(meanWait(queue, k + 1).value).toBeLessThanOrEqual(meanWait(queue, k).value * SLACK);
        const one = { arrivals: load, service: 1 };
        expect(meanWait(one, 1).value).toBeCloseTo(load / (1 - load), 9);
        expect(meanWait({ ...one, variation: 0 }, 1).value).toBeCloseTo(load / (2 * (1 - load)), 9);
      }),
    );
  });
});

describe("checkpoints", () => {
  it("Daly's interval is near Young's for rare failures, and near the best", () => {
    const times = fc.record({
      save: fc.double({ min: 1, max: 600, noNaN: true }),
      M: fc.double({ min: 7200, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(times, ({ save, M }) => {
        const interval = dalyInterval(save, M).value;
        const at = (t: number) => goodput({ interval: t, save, restart: 0, betweenFailures: M }).value;
        expect(interval).toBeLessThanOrEqual(youngInterval(save, M).value);
        for (const factor of [0.5, 0.8, 1.25, 2]) expect(at(interval)).toBeGreaterThan(at(interval * factor));
        expect(at(interval)).toBeLessThan(1);
      }),
    );
  });
});
