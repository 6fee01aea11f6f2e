/** Calls that share memory, one after the other. */

/**
 * Runs pieces of work one at a time, in the order they were asked for. A piece that fails fails its own caller only.
 *
 * @example
 * const queue = new Queue();
 * await Promise.all([queue.run(async () => 1), queue.run(async () => 2)]) // => [1, 2]
 */
export class Queue {
  #last: Promise<void> = Promise.resolve();

  /** The result of `work`, which begins when all work asked for earlier has ended. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    const done = (): void => {};
    this.#last = result.then(done, done);
    return result;
  }
}
