import { expect, test } from "vitest";
import { Queue } from "./queue.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("one at a time, in order, whatever the others take", async () => {
  const queue = new Queue();
  const log: string[] = [];
  const work = (name: string, ms: number) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await pause(ms);
    log.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all([queue.run(work("a", 8)), queue.run(work("b", 1)), queue.run(() => "c")]);
  expect(results).toEqual(["a", "b", "c"]);
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

test("a failure reaches its own caller only", async () => {
  const queue = new Queue();
  const results = await Promise.allSettled([
    queue.run(() => {
      throw new Error("at once");
    }),
    queue.run(async () => {
      await pause(1);
      throw new Error("later");
    }),
    queue.run(() => 3),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  expect(await queue.run(() => 4)).toBe(4);
});
