import { MachineError } from "@skein-ml/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CpuMemory } from "./memory.ts";

const MIB = 2 ** 20;

describe("CpuMemory", () => {
  it("gives blocks that never overlap, aligned, and takes all back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat({ max: 300_000 })), { minLength: 1, maxLength: 200 }), (moves) => {
        const memory = new CpuMemory({ limitBytes: 64 * MIB, shared: false });
        const live: { address: number; bytes: number }[] = [];
        for (const [choice, bytes] of moves) {
          if (choice % 3 === 0 && live.length) {
            const [gone] = live.splice(choice % live.length, 1);
            if (gone) memory.release(gone.address, gone.bytes);
          } else {
            live.push({ address: memory.allocate(bytes), bytes });
          }
          const sorted = [...live].sort((a, b) => a.address - b.address);
          sorted.forEach(({ address, bytes: size }, i) => {
            expect(address % 64).toBe(0);
            const next = sorted[i + 1]?.address ?? memory.wasm.buffer.byteLength;
            expect(address + Math.max(1, size)).toBeLessThanOrEqual(next);
          });
        }
        for (const { address, bytes } of live) memory.release(address, bytes);
        expect(memory.usedBytes).toBe(0);
        // Everything is one block again: as much as there is can be had without growing.
        const end = memory.wasm.buffer.byteLength;
        memory.allocate(end - 64);
        expect(memory.wasm.buffer.byteLength).toBe(end);
      }),
      { numRuns: 60 },
    );
  });

  it("says how much was asked for and how much is used when it is full, and goes on", () => {
    const memory = new CpuMemory({ limitBytes: 8 * MIB, shared: false });
    const kept = memory.allocate(5 * MIB);
    try {
      memory.allocate(4 * MIB);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(MachineError);
      expect((error as MachineError).details).toEqual({
        wantedBytes: 4 * MIB,
        usedBytes: 5 * MIB,
        limitBytes: 8 * MIB,
      });
    }
    memory.release(kept, 5 * MIB);
    expect(memory.allocate(7 * MIB)).toBeGreaterThan(0);
  });

  it("reaches the limit itself", () => {
    const memory = new CpuMemory({ limitBytes: 8 * MIB, shared: false });
    expect(memory.allocate(8 * MIB - 64)).toBe(64);
  });

  it.each([true, false])("grows and keeps contents (shared: %s)", (shared) => {
    const memory = new CpuMemory({ limitBytes: 256 * MIB, shared });
    const first = memory.allocate(1000);
    memory.view("float64", first, 3).set([1, 2, 3]);
    memory.allocate(100 * MIB);
    expect([...memory.view("float64", first, 3)]).toEqual([1, 2, 3]);
    expect(memory.wasm.buffer instanceof ArrayBuffer).toBe(!shared);
  });
});
