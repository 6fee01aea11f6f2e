/**
 * An interactive planner: move a slider, see what a training run takes. All of it is worked out in the page.
 *
 *     npx vite examples/planner-page
 */
import {
  cluster,
  type Figure,
  formatQuantity,
  gigabitsPerSecond,
  linkPreset,
  plan,
  type TrainingPlan,
} from "@skein-ml/planner";
import { comparisons, errorOf } from "../../packages/planner/src/testing/published.ts";
import { type Choice, makeControls } from "./controls.ts";

const form = find<HTMLFormElement>("controls");
const message = find("message");
const result = find("result");

makeControls(form, (choice) => {
  try {
    result.replaceChildren(...sections(planOf(choice)));
    message.textContent = "";
  } catch (error) {
    // What is left on the page belongs to another choice.
    result.replaceChildren();
    message.textContent = error instanceof Error ? error.message : String(error);
  }
});

find("published").append(publishedTable());

function planOf({ model, accelerator, nodes, batch, tokens, network }: Choice): TrainingPlan {
  const between = { ...linkPreset("infiniband-ndr"), name: "network", rate: gigabitsPerSecond(network) };
  const machines = cluster({ nodes, accelerator, between });
  const precision = machines.accelerator.peak.bf16 === undefined ? "fp32" : "bf16";
  return plan(model, machines, { task: "train", batch, tokens, precision });
}

function sections({ job, memory, time, run }: TrainingPlan): HTMLElement[] {
  const { data, tensor, pipeline, zero } = job.parallel;
  const facts = table([
    ["Best plan", `data ${data}, tensor ${tensor}, pipeline ${pipeline}, ZeRO ${zero}, recompute ${job.recompute}`],
    ["Step", show(time.total)],
    ["Utilization", show(time.utilization)],
    ["Run", run === undefined ? "" : show(run.days)],
    ["Cost", run?.cost === undefined ? "no price known" : show(run.cost)],
  ]);
  facts.id = "facts";
  const { weights, gradients, optimizer, activations, buffers, margin } = memory;
  const { compute, traffic, tensor: reduces, expert, pipeline: sends, bubble, data: exchange, lost } = time;
  return [
    facts,
    heading("Memory of a device"),
    bars({ weights, gradients, optimizer, activations, buffers, margin }, memory.capacity.value),
    heading("Time of a step"),
    bars(
      { compute, traffic, tensor: reduces, expert, pipeline: sends, bubble, data: exchange, lost },
      time.total.value,
    ),
  ];
}

function publishedTable(): HTMLTableElement {
  const rows = comparisons();
  const made = table(
    rows.map((row) => [
      row.table,
      row.row,
      `${row.quantity}${row.unit === "" ? "" : `, ${row.unit}`}`,
      row.predicted.toPrecision(4),
      row.published.toPrecision(4),
      `${(100 * errorOf(row)).toFixed(1)} %`,
    ]),
  );
  for (const [i, row] of rows.entries()) {
    if (Math.abs(errorOf(row)) > row.bar) made.rows[i]?.classList.add("miss");
  }
  return made;
}

/** Bars as wide as their share of `whole`. Hovering shows the formula. */
function bars(parts: Readonly<Record<string, Figure>>, whole: number): HTMLElement {
  const grid = document.createElement("div");
  grid.className = "bars";
  for (const [name, figure] of Object.entries(parts)) {
    const bar = document.createElement("i");
    bar.style.width = `${Math.min(100, (100 * figure.value) / whole)}%`;
    const value = Object.assign(document.createElement("span"), {
      textContent: show(figure),
      title: `${figure.formula} [${figure.source}]`,
    });
    grid.append(name, bar, value);
  }
  return grid;
}

function table(rows: readonly (readonly string[])[]): HTMLTableElement {
  const made = document.createElement("table");
  for (const cells of rows) {
    const row = made.insertRow();
    for (const text of cells) {
      const cell = row.insertCell();
      cell.textContent = text;
      if (cells.length > 2 && /^[-+]?\d[\d.]*( %)?$/.test(text)) cell.className = "number";
    }
  }
  return made;
}

function heading(text: string): HTMLElement {
  return Object.assign(document.createElement("h2"), { textContent: text });
}

function show({ value, unit }: Figure): string {
  return formatQuantity(value, unit);
}

function find<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
