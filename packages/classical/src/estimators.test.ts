import { cpu } from "@skein-ml/backend-cpu";
import { estimatorChecks, estimatorSuite } from "@skein-ml/core/testing";
import { afterAll, describe, expect, it } from "vitest";
import * as linear from "./linear/index.ts";
import { LogisticRegression } from "./linear/logistic-regression.ts";
import * as preprocessing from "./preprocessing/index.ts";
import { StandardScaler } from "./preprocessing/standard-scaler.ts";

const before = cpu().liveBytes;
afterAll(() => expect(cpu().liveBytes).toBe(before));

describe("linear", () => {
  estimatorSuite(linear, { describe, it });
});

describe("linear, newton-cholesky", () => {
  const make = { LogisticRegression: () => new LogisticRegression({ solver: "newton-cholesky" }) };
  estimatorSuite(linear, { describe, it, make });
});

describe("preprocessing", () => {
  const make = { StandardScaler: () => new StandardScaler({ withMean: false }) };
  estimatorSuite(preprocessing, { describe, it, make });
});

describe("StandardScaler as it comes", () => {
  for (const { name, run } of estimatorChecks("StandardScaler", StandardScaler)) {
    // With means taken out sparse rows are refused, which standard-scaler.test.ts covers.
    if (!name.includes("sparse")) it(name, run);
  }
});
