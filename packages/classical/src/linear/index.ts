/** Linear models: docs/classical.md. */
export type { ClassWeight } from "./class-weights.ts";
export { LogisticRegression, type LogisticRegressionOptions } from "./logistic-regression.ts";
