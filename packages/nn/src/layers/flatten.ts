/** Flattening. */
import { reshape, type Tensor } from "@skein-ml/core";
import { Layer } from "./layer.ts";

/**
 * All axes after the batch axis as one: `[n, a, b, ...]` -> `[n, a·b·...]`.
 * @example new Flatten()
 */
export class Flatten extends Layer {
  static override readonly className: string = "Flatten";

  call(x: Tensor): Tensor {
    const [batch = 1, ...rest] = x.shape;
    return reshape(x, [batch, rest.reduce((size, n) => size * n, 1)]);
  }
}
