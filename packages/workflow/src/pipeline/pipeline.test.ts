import { LogisticRegression } from "@skein-ml/classical/linear";
import { StandardScaler } from "@skein-ml/classical/preprocessing";
import { estimatorSuite } from "@skein-ml/core/testing";
import { describe, it } from "vitest";
import { Pipeline } from "./pipeline.ts";

describe("of a scaler and a classifier", () => {
  const make = {
    Pipeline: () =>
      new Pipeline({
        steps: [
          ["scale", new StandardScaler({ withMean: false })],
          ["classify", new LogisticRegression()],
        ],
      }),
  };
  estimatorSuite({ Pipeline }, { describe, it, make });
});

describe("of transformers", () => {
  const make = {
    Pipeline: () =>
      new Pipeline({
        steps: [
          ["first", new StandardScaler({ withMean: false })],
          ["second", new StandardScaler({ withMean: false, withStd: false })],
        ],
      }),
  };
  estimatorSuite({ Pipeline }, { describe, it, make });
});
