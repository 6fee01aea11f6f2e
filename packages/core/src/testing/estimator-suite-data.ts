/**
 * The part of the estimator suite about `X`: the forms it may come in, what is refused, names of columns.
 */
import { DataError } from "../errors.ts";
import { csrFromDense } from "../estimator/matrix.ts";
import { tensor } from "../tensor/creation.ts";
import { fileOf, INFERENCE, must, mustEqual, mustRefuse, output, outputs } from "./estimator-suite-expect.ts";
import {
  type EstimatorCheck,
  fitted,
  frozenCopy,
  numberRows,
  type Subject,
  toTable,
} from "./estimator-suite-samples.ts";

type RowsOfNumbers = readonly (readonly number[])[];

export function dataChecks(subject: Subject): EstimatorCheck[] {
  const rows = numberRows(subject.sample);
  return [
    { name: "refuses a wrong X and stays as it was", run: () => refusesWrongX(subject) },
    { name: "leaves X and y alone", run: () => leavesDataAlone(subject) },
    { name: "sees each row by itself", run: () => rowsAreIndependent(subject) },
    ...(rows
      ? [
          { name: "refuses another number of columns than at fit", run: () => refusesOtherWidth(subject, rows) },
          { name: "gives the same for every form of X", run: () => formsAgree(subject, rows) },
          { name: "takes float32", run: () => takesFloat32(subject, rows) },
          { name: "gives the same for sparse and dense X, or refuses sparse", run: () => sparseIsDense(subject, rows) },
          { name: "takes NaN as missing, or refuses it", run: () => missingOrRefused(subject, rows) },
          { name: "keeps names of columns and checks them", run: () => checksNames(subject, rows) },
        ]
      : []),
  ];
}

async function refusesWrongX(subject: Subject): Promise<void> {
  const model = await fitted(subject);
  const before = await fileOf(model);
  const { sample, name } = subject;
  const rows = numberRows(sample);
  const wrong = { ...wrongInputs(), ...(rows ? wrongRows(rows, model.traits.missing ?? false) : wrongTexts()) };
  for (const [what, X] of Object.entries(wrong)) {
    await mustRefuse(() => model.fit(X, sample.y), DataError, `fit on ${what}`, [`${name}.fit`]);
    for (const method of INFERENCE) {
      if (!model[method]) continue;
      await mustRefuse(async () => model[method]?.(X), DataError, `${method} on ${what}`, [`${name}.${method}`]);
    }
  }
  must((await fileOf(model)) === before, "a refused call changed the model");
}

function wrongInputs(): Record<string, unknown> {
  return {
    undefined: undefined,
    null: null,
    "a number": 7,
    "a string": "rows",
    "no rows": [],
    "a list of null": [null],
  };
}

function wrongTexts(): Record<string, unknown> {
  return { numbers: [1, 2, 3], "a null among texts": ["a", null, "b"], "rows of texts": [["a"], ["b"]] };
}

function wrongRows(rows: RowsOfNumbers, missing: boolean): Record<string, unknown> {
  const put = (value: unknown): unknown[][] =>
    rows.map((row, i) => row.map((cell, j) => (i === 2 && j === 1 ? value : cell)));
  return {
    "a flat list": rows.map((row) => row[0]),
    texts: rows.map(() => "text"),
    "ragged rows": rows.map((row, i) => (i === 4 ? row.slice(1) : row)),
    "rows without columns": rows.map(() => []),
    Infinity: put(Number.POSITIVE_INFINITY),
    "-Infinity": put(Number.NEGATIVE_INFINITY),
    "a string": put("1.5"),
    "an object": put({}),
    "a shape that does not fit": { data: Float64Array.from(rows.flat()), shape: [rows.length + 1, rows[0]?.length] },
    "a tensor of one axis": tensor(rows.map((row) => row[0] ?? 0)),
    "columns that differ in length": { a: [1, 2], b: [1] },
    ...(missing ? {} : { NaN: put(Number.NaN), null: put(null), undefined: put(undefined) }),
  };
}

async function leavesDataAlone({ make, sample }: Subject): Promise<void> {
  const [X, y] = [frozenCopy(sample.X), frozenCopy(sample.y)];
  const rows = numberRows(sample);
  const flat = rows && { data: Float64Array.from(rows.flat()), shape: [rows.length, rows[0]?.length ?? 0] };
  const model = make();
  await model.fit(X, y);
  await outputs(model, X);
  if (!flat) return;
  await model.fit(flat, y);
  await outputs(model, flat);
  must(
    flat.data.every((value, i) => value === rows.flat()[i]),
    "a typed array was written to",
  );
}

async function rowsAreIndependent(subject: Subject): Promise<void> {
  const model = await fitted(subject);
  const { X } = subject.sample;
  const whole = await outputs(model, X);
  const [n, few] = [X.length, X.slice(7, 10)];
  for (const [method, values] of Object.entries(whole)) {
    const width = values.length / n;
    const part = await output(model, method as (typeof INFERENCE)[number], few);
    mustEqual({ [method]: part }, { [method]: values.slice(7 * width, 10 * width) }, 1e-9, "three rows alone");
  }
  await outputs(model, X.slice(0, 1));
}

async function refusesOtherWidth(subject: Subject, rows: RowsOfNumbers): Promise<void> {
  const model = await fitted(subject);
  const widths = { "one column less": rows.map((row) => row.slice(1)), "one more": rows.map((row) => [...row, 1]) };
  for (const [what, X] of Object.entries(widths)) {
    for (const method of INFERENCE) {
      const words = [String(X[0]?.length), String(rows[0]?.length)];
      if (model[method]) await mustRefuse(async () => model[method]?.(X), DataError, `${method} with ${what}`, words);
    }
  }
}

async function formsAgree(subject: Subject, rows: RowsOfNumbers): Promise<void> {
  const wanted = await outputs(await fitted(subject), rows);
  for (const [form, X] of Object.entries(formsOf(rows))) {
    const model = subject.make();
    await model.fit(X, subject.sample.y);
    mustEqual(await outputs(model, X), wanted, 0, `X as ${form}`);
  }
}

function formsOf(rows: RowsOfNumbers): Record<string, unknown> {
  const names = (rows[0] ?? []).map((_, j) => `column ${j}`);
  const table = toTable(rows, names);
  const shape = [rows.length, names.length];
  const arrow = {
    schema: { fields: names.map((name) => ({ name })) },
    numRows: rows.length,
    getChild: (name: string) => {
      const column = table[name] ?? [];
      return { length: column.length, nullCount: 0, get: (i: number) => column[i], toArray: () => column };
    },
  };
  return {
    "a tensor": tensor(Float64Array.from(rows.flat()), { shape }),
    "typed rows": rows.map((row) => Float64Array.from(row)),
    "a typed array with its shape": { data: Float64Array.from(rows.flat()), shape },
    "named columns": table,
    "an Arrow table": arrow,
  };
}

async function takesFloat32(subject: Subject, rows: RowsOfNumbers): Promise<void> {
  const rounded = rows.map((row) => row.map(Math.fround));
  const model = subject.make();
  await model.fit(tensor(rounded), subject.sample.y);
  const exact = subject.make();
  await exact.fit(rounded, subject.sample.y);
  const tolerance = Math.max(1e-3, model.traits.tolerance ?? 0);
  mustEqual(await outputs(model, tensor(rounded)), await outputs(exact, rounded), tolerance, "X as float32");
}

async function sparseIsDense(subject: Subject, rows: RowsOfNumbers): Promise<void> {
  const holes = rows.map((row) => row.map((cell) => (Math.abs(cell) < 0.7 ? 0 : cell)));
  const sparse = csrFromDense(holes);
  const [model, dense] = [subject.make(), subject.make()];
  if (!model.traits.sparse) {
    return mustRefuse(() => model.fit(sparse, subject.sample.y), DataError, "sparse X without the trait", ["sparse"]);
  }
  await model.fit(sparse, subject.sample.y);
  await dense.fit(holes, subject.sample.y);
  const wanted = await outputs(dense, holes);
  const tolerance = Math.max(1e-9, model.traits.tolerance ?? 0);
  mustEqual(await outputs(model, sparse), wanted, tolerance, "sparse X");
  mustEqual(await outputs(model, holes), wanted, tolerance, "dense X after a sparse fit");
  const broken = { ...sparse, indices: sparse.indices.map((column) => column + 100) };
  await mustRefuse(() => model.fit(broken, subject.sample.y), DataError, "a broken sparse matrix");
}

async function missingOrRefused(subject: Subject, rows: RowsOfNumbers): Promise<void> {
  const holes = rows.map((row, i) => row.map((cell, j) => ((i + j) % 7 === 0 ? Number.NaN : cell)));
  const model = subject.make();
  if (!model.traits.missing) {
    const words = ["NaN", "row 0", "column 0"];
    return mustRefuse(() => model.fit(holes, subject.sample.y), DataError, "NaN without the trait", words);
  }
  await model.fit(holes, subject.sample.y);
  await outputs(model, holes);
  const nulls = holes.map((row) => row.map((cell) => (Number.isNaN(cell) ? null : cell)));
  mustEqual(await outputs(model, nulls), await outputs(model, holes), 0, "null for NaN");
}

async function checksNames(subject: Subject, rows: RowsOfNumbers): Promise<void> {
  const names = (rows[0] ?? []).map((_, j) => `name ${j}`);
  const model = subject.make();
  await model.fit(toTable(rows, names), subject.sample.y);
  const kept = (model as { readonly featureNamesIn?: readonly string[] }).featureNamesIn;
  must(String(kept) === String(names), `featureNamesIn is ${kept}`);
  const renamed = names.map((name, j) => (j === 1 ? "other" : name));
  for (const method of INFERENCE) {
    const attempt = (columns: readonly string[]) => async () => model[method]?.(toTable(rows, columns));
    if (!model[method]) continue;
    await mustRefuse(attempt(renamed), DataError, `${method} with a renamed column`, ["other", "name 1"]);
    await mustRefuse(attempt([...names].reverse()), DataError, `${method} with columns in another order`, ["order"]);
    await output(model, method, toTable(rows, names));
    await output(model, method, rows);
  }
}
