/**
 * Where the tour speaks: titles, progress bars and results on a terminal; into a file or a pipe, plain lines.
 */
import { styleText } from "node:util";
import type { Progress, ReportTable } from "@skein-ml/skein";
import logUpdate from "log-update";

/** Time between two drawings of a bar. */
const FRAME_MS = 100;
const BAR_WIDTH = 20;

export class Stage {
  readonly #isTerminal = process.stdout.isTTY === true;

  /** A line on its own. */
  say(text = ""): void {
    console.log(text);
  }

  /** The heading of an act. */
  title(text: string): void {
    this.say(`\n${this.#bold(text)}`);
  }

  /** Rows and columns; the last two to the right. */
  table({ columns, rows }: ReportTable): void {
    const lines = [columns, ...rows].map((row) => row.map(String));
    const widths = columns.map((_, j) => Math.max(...lines.map((line) => line[j]?.length ?? 0)));
    for (const [i, line] of lines.entries()) {
      const cells = line.map((cell, j) => (j < 2 ? cell.padEnd(widths[j] ?? 0) : cell.padStart(widths[j] ?? 0)));
      this.say(`  ${i === 0 ? this.#dim(cells.join("  ")) : cells.join("  ")}`);
    }
  }

  /**
   * Do some work under a label, showing how far it is.
   *
   * @param work  gets what to pass on as `onProgress`
   * @returns     how many seconds it took
   */
  async during(label: string, work: (onProgress: (event: Progress) => void) => Promise<unknown>): Promise<number> {
    const started = performance.now();
    const show = this.#isTerminal ? this.#bar(label) : this.#quarters(label);
    try {
      await work(show);
      const seconds = (performance.now() - started) / 1000;
      if (this.#isTerminal) logUpdate.clear();
      this.say(`  ${label} ${this.#dim(`${seconds.toFixed(1)} s`)}`);
      return seconds;
    } finally {
      if (this.#isTerminal) logUpdate.done();
    }
  }

  /** Draws a bar, at most ten times a second. */
  #bar(label: string): (event: Progress) => void {
    let drawn = 0;
    return (event) => {
      const now = performance.now();
      if (now - drawn < FRAME_MS) return;
      drawn = now;
      const share = event.total ? event.step / event.total : 0;
      const filled = Math.round(share * BAR_WIDTH);
      const bar = `${"━".repeat(filled)}${this.#dim("─".repeat(BAR_WIDTH - filled))}`;
      logUpdate(`  ${label}\n    ${bar} ${(100 * share).toFixed(0).padStart(3)} %  ${words(event)}`);
    };
  }

  /** A line for each quarter of long work. */
  #quarters(label: string): (event: Progress) => void {
    let next = 0.25;
    return (event) => {
      const share = event.total ? event.step / event.total : 0;
      if (share < next || share >= 1) return;
      next = Math.floor(share * 4 + 1) / 4;
      if (event.elapsedMs > 2000) this.say(`  ${label}: ${(100 * share).toFixed(0)} %, ${words(event)}`);
    };
  }

  #bold(text: string): string {
    return this.#isTerminal ? styleText("bold", text) : text;
  }

  #dim(text: string): string {
    return this.#isTerminal ? styleText("dim", text) : text;
  }
}

/** "epoch 2/10, loss 0.231, accuracy 0.934, 3 s left" */
function words({ message, metrics = {}, step, total, elapsedMs }: Progress): string {
  const numbers = Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(3)}`);
  const left = total && step > 0 ? `${Math.ceil((elapsedMs * (total - step)) / step / 1000)} s left` : "";
  return [message ?? "", ...numbers, left].filter((part) => part !== "").join(", ");
}
