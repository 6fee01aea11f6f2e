/**
 * The part of the estimator suite about options: defaults, wrong values, `getParams`, `setParams`, `clone`.
 */
import { OptionError } from "../errors.ts";
import { describeValue } from "../estimator/describe-value.ts";
import { Estimator } from "../estimator/estimator.ts";
import { isEstimatorLike } from "../estimator/estimator-like.ts";
import { fileOf, must, mustRefuse } from "./estimator-suite-expect.ts";
import { type EstimatorCheck, fitted, frozenCopy, type Model, type Subject } from "./estimator-suite-samples.ts";

export function optionChecks(subject: Subject): EstimatorCheck[] {
  return [
    { name: "has a className of its own, the name it is exported by", run: () => ownName(subject) },
    { name: "getParams gives every option, and makes the same again", run: () => sameAgain(subject) },
    { name: "leaves the object of options alone", run: () => leavesOptionsAlone(subject) },
    { name: "takes undefined for the default", run: () => takesUndefined(subject) },
    { name: "refuses wrong values of every option", run: () => refusesWrongValues(subject) },
    { name: "refuses unknown options and names the nearest", run: () => refusesUnknown(subject) },
    { name: "setParams changes all options or none", run: () => allOrNothing(subject) },
    { name: "clone has the options and nothing learned", run: () => clones(subject) },
  ];
}

function ownName({ name, make }: Subject): void {
  const { class: Class } = make();
  must(Object.hasOwn(Class, "className"), "className is missing: add `static readonly className`");
  must(Class.className === name, `className is ${Class.className}`);
}

async function sameAgain({ make }: Subject): Promise<void> {
  const model = make();
  const params = model.getParams({ deep: false });
  const missing = Object.keys(model.class.options).find((name) => !(name in params));
  must(missing === undefined, `getParams lacks ${missing}`);
  const again = construct(model, params);
  must((await fileOf(again)) === (await fileOf(model)), "made from its own getParams it has other options");
}

async function leavesOptionsAlone({ make }: Subject): Promise<void> {
  const given = make().getParams({ deep: false });
  const model = construct(make(), frozenCopy(given));
  const before = await fileOf(model);
  const [name] = Object.keys(given);
  if (name === undefined) return;
  const mutable = { ...given };
  const again = construct(model, mutable);
  mutable[name] = "changed afterwards";
  must((await fileOf(again)) === before, "changing the object of options afterwards changes the model");
}

async function takesUndefined({ make }: Subject): Promise<void> {
  const model = make();
  for (const [name, checker] of Object.entries(model.class.options)) {
    if (!("default" in checker)) continue;
    const again = construct(model, { ...model.getParams({ deep: false }), [name]: undefined });
    const value = again.getParams({ deep: false })[name];
    must(describeValue(value) === describeValue(checker.default), `${name}: undefined gives ${describeValue(value)}`);
  }
}

async function refusesWrongValues({ make }: Subject): Promise<void> {
  const model = make();
  const params = model.getParams({ deep: false });
  for (const [name, checker] of Object.entries(model.class.options)) {
    for (const value of checker.refused) {
      const what = `${name}: ${describeValue(value)}`;
      await mustRefuse(() => construct(model, { ...params, [name]: value }), OptionError, what, [name]);
      await mustRefuse(() => model.setParams({ [name]: value }), OptionError, `setParams ${what}`, [name]);
    }
  }
}

async function refusesUnknown({ make }: Subject): Promise<void> {
  const model = make();
  const params = model.getParams({ deep: false });
  await mustRefuse(() => construct(model, { ...params, noSuchOption: 1 }), OptionError, "noSuchOption", [
    "noSuchOption",
  ]);
  await mustRefuse(() => model.setParams({ noSuchOption: 1 }), OptionError, "setParams noSuchOption");
  await mustRefuse(() => model.setParams({ noSuchStep__C: 1 }), OptionError, "setParams noSuchStep__C", ["noSuchStep"]);
  for (const wrong of ["text", 7, null, [1]]) {
    await mustRefuse(() => new (constructorOf(model))(wrong), OptionError, `options ${describeValue(wrong)}`);
  }
  const [name] = Object.keys(model.class.options);
  if (name === undefined || name.length < 4) return;
  const slip = `${name.slice(0, -1)}${name.at(-1)}x`;
  await mustRefuse(() => model.setParams({ [slip]: 1 }), OptionError, slip, [`Did you mean`]);
}

async function allOrNothing({ make }: Subject): Promise<void> {
  const model = make();
  const start = await fileOf(model);
  for (const [name, value] of Object.entries(otherValues(model))) {
    await mustRefuse(
      () => model.setParams({ [name]: value, noSuchOption: 1 }),
      OptionError,
      `${name} beside a wrong one`,
    );
    must((await fileOf(model)) === start, `a refused setParams changed ${name}`);
    const before = model.getParams()[name];
    must(model.setParams({ [name]: value }) === model, "setParams does not return the model");
    must(describeValue(model.getParams()[name]) === describeValue(value), `setParams does not set ${name}`);
    model.setParams({ [name]: before });
    must((await fileOf(model)) === start, `setParams of ${name}, there and back, leaves another model`);
  }
}

/** For each option (those of estimators inside too) another value that it may have. */
function otherValues(model: Model): Record<string, unknown> {
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(model.getParams())) {
    const accepted = model.class.options[name]?.accepted ?? [];
    const other = accepted.find((candidate) => !Object.is(candidate, value) && accepts(model, name, candidate));
    others[name] = other === undefined ? value : other;
    if (!(value instanceof Estimator)) continue;
    for (const [inner, innerValue] of Object.entries(otherValues(value as Model)))
      others[`${name}__${inner}`] = innerValue;
  }
  return others;
}

/** Whether an option may have a value beside the others as they are. */
function accepts(model: Model, name: string, value: unknown): boolean {
  try {
    construct(model, { ...model.getParams({ deep: false }), [name]: value });
    return true;
  } catch (error) {
    if (error instanceof OptionError) return false;
    throw error;
  }
}

async function clones(subject: Subject): Promise<void> {
  const model = await fitted(subject);
  const before = await fileOf(model);
  const copy = model.clone() as Model;
  must(copy !== model && copy.constructor === model.constructor, "clone gives no new estimator of the same class");
  must(!copy.fitted, "the clone is fitted");
  const fresh = subject.make();
  must((await fileOf(copy)) === (await fileOf(fresh)), "the clone has other options");
  for (const [name, value] of Object.entries(model.getParams())) {
    must(!isEstimatorLike(value) || copy.getParams()[name] !== value, `the clone shares ${name} with the original`);
  }
  must((await fileOf(model)) === before, "cloning changed the model");
}

function construct(model: Model, options: object): Model {
  return new (constructorOf(model))(options);
}

function constructorOf(model: Model): new (options: unknown) => Model {
  return Object.getPrototypeOf(model).constructor;
}
