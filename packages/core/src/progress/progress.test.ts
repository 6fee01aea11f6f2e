import { afterEach, describe, expect, it, vi } from "vitest";
import { eventLoopTurn } from "./event-loop.ts";
import { Context, type Progress } from "./progress.ts";

afterEach(() => vi.unstubAllGlobals());

describe("eventLoopTurn", () => {
  const everything = ["setImmediate", "MessageChannel", "setTimeout"];
  it.each(everything)("lets timers run, with %s as the best that the host has", async (best) => {
    for (const missing of everything.slice(0, everything.indexOf(best))) vi.stubGlobal(missing, undefined);
    let ran = false;
    setTimeout(() => {
      ran = true;
    }, 0);
    const end = performance.now() + 1000;
    while (!ran && performance.now() < end) await eventLoopTurn();
    expect(ran).toBe(true);
  });
});

describe("Context", () => {
  const collect = (): { events: Progress[]; onProgress: (event: Progress) => void } => {
    const events: Progress[] = [];
    return { events, onProgress: (event) => events.push(event) };
  };

  it("sends the first report at once, few in between, the last at the end", async () => {
    const { events, onProgress } = collect();
    const context = new Context("Model.fit", { onProgress });
    for (let step = 1; step <= 1000; step++) await context.turn({ step, total: 1000, metrics: { loss: 1 / step } });
    expect(events[0]).toMatchObject({ call: "Model.fit", step: 1, total: 1000, metrics: { loss: 1 } });
    expect(events.length).toBeLessThan(500);
    context.finish();
    expect(events.at(-1)).toMatchObject({ step: 1000, metrics: { loss: 0.001 } });
    context.finish();
    expect(events.filter(({ step }) => step === 1000)).toHaveLength(1);
  });

  it("sends every report that is worth it", async () => {
    const { events, onProgress } = collect();
    const context = new Context("Model.fit", { onProgress });
    for (let step = 1; step <= 5; step++) await context.report({ step, message: `epoch ${step}` });
    expect(events.map(({ message }) => message)).toEqual(["epoch 1", "epoch 2", "epoch 3", "epoch 4", "epoch 5"]);
  });

  it("never goes back", async () => {
    const { events, onProgress } = collect();
    const context = new Context("Model.fit", { onProgress });
    for (const step of [3, 1, 4]) await context.report({ step });
    expect(events.map(({ step }) => step)).toEqual([3, 3, 4]);
    expect(events.every(({ elapsedMs }, i) => elapsedMs >= (events[i - 1]?.elapsedMs ?? 0))).toBe(true);
  });

  it("gives a timer its turn while it works", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const context = new Context("Model.fit");
    const end = performance.now() + 300;
    while (performance.now() < end) await context.turn();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it("rejects with the signal's reason, at the start, on the way, at the end", async () => {
    const reason = { why: "enough" };
    const controller = new AbortController();
    const context = new Context("Model.fit", { signal: controller.signal });
    await context.turn();
    controller.abort(reason);
    await expect(context.turn()).rejects.toBe(reason);
    expect(() => context.finish()).toThrow();
    const caught = ((): unknown => {
      try {
        return new Context("Model.fit", { signal: controller.signal });
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toBe(reason);
  });

  it("notices an abort by a timer, and one by onProgress", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort("time is up"), 10);
    const context = new Context("Model.fit", { signal: controller.signal });
    const work = async (): Promise<void> => {
      for (;;) await context.turn();
    };
    await expect(work()).rejects.toBe("time is up");

    const other = new AbortController();
    const onProgress = (): void => other.abort("seen enough");
    await expect(new Context("x", { signal: other.signal, onProgress }).turn({ step: 1 })).rejects.toBe("seen enough");
  });

  it("stops when a promise that onProgress gave is rejected", async () => {
    const reason = new Error("of the caller");
    const onProgress = async (): Promise<void> => {
      throw reason;
    };
    const work = async (context: Context): Promise<void> => {
      for (const end = performance.now() + 1000; performance.now() < end; ) await context.turn({ step: 1 });
    };
    await expect(work(new Context("Model.fit", { onProgress }))).rejects.toBe(reason);
    const outer = new Context("Pipeline.fit", { onProgress });
    await expect(work(new Context("Scaler.fit", outer.inner()))).rejects.toBe(reason);
    expect(() => outer.finish()).toThrow(reason);
  });

  it("passes reports of inner calls on as its own", async () => {
    const { events, onProgress } = collect();
    const controller = new AbortController();
    const context = new Context("Pipeline.fit", { onProgress, signal: controller.signal });
    const inner = new Context("Scaler.fit", context.inner({ step: 1, total: 2 }));
    await inner.report({ step: 40, total: 50, metrics: { loss: 0.5 } });
    expect(events).toEqual([
      {
        call: "Pipeline.fit",
        step: 1,
        total: 2,
        message: "Scaler.fit",
        metrics: { loss: 0.5 },
        elapsedMs: expect.any(Number),
      },
    ]);
    controller.abort("stop");
    await expect(inner.turn()).rejects.toBe("stop");
  });
});
