/**
 * Giving the event loop a turn, with whatever the host has for it: `setImmediate` (Node, Bun, Deno), a `MessageChannel`
 * (browsers; unlike `setTimeout` it is not slowed down to 4 ms), or `setTimeout`.
 */

/** Resolves after timers, input and network had their turn. */
export function eventLoopTurn(): Promise<void> {
  const immediate = (globalThis as { setImmediate?: (callback: () => void) => unknown }).setImmediate;
  if (typeof immediate === "function") return new Promise((resolve) => immediate(resolve));
  if (typeof MessageChannel === "function") return messageTurn();
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function messageTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
