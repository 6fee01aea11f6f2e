/** The reference machine under the Backend suite: it must at least agree with itself in every layout, fused or not. */
import { describe, it } from "vitest";
import { Device } from "../backend/device.ts";
import { backendSuite } from "../testing/backend-suite.ts";
import { referenceBackend } from "./interpreter.ts";

backendSuite({ describe, it, open: () => new Device(referenceBackend()) });

describe("a machine whose memory can't be seen from the host", () => {
  const blind = (): Device => {
    const { view: _view, ...rest } = referenceBackend();
    return new Device(rest);
  };
  backendSuite({ describe, it, open: blind, programs: 10 });
});
