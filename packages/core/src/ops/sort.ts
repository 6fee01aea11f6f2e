/** Sorting along an axis. */
import { bind } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import { checkOptions, checkTensor } from "../tensor/check.ts";
import { normalizeAxis, sizeOf } from "../tensor/strides.ts";
import { Tensor } from "../tensor/tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { scatterAdd } from "./indexing.ts";
import { indices } from "./indices.ts";
import { exchange, reshapeTo } from "./structure.ts";

/** Rows of `[rows, n]` -> sorted values and where each came from (int32). */
export const sortPrimitive: Primitive<{ descending: boolean }> = primitive<{ descending: boolean }>({
  name: "sort",
  outputs: ([x]) => (x ? [x, { shape: x.shape, dtype: "int32" }] : []),
  lowering: { kind: "routine", name: "sort" },
  derivative([g], [x], [, order]) {
    if (!g || !order || !(x instanceof Tensor)) return [undefined];
    const places = add(order, mul(indices(order, 0), x.shape[1] ?? 0));
    const flat = scatterAdd(reshapeTo(g, [g.size]), reshapeTo(places, [g.size]), { size: x.size });
    return [reshapeTo(flat, x.shape)];
  },
});

export interface SortOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** Largest first. Default false. */
  readonly descending?: boolean;
}

/**
 * Values in order, and the index each came from. Equal values keep their order; NaN come last.
 * @example sort(tensor([3, 1, 2])).values.toArray() // => [1, 2, 3]
 */
export function sort(x: Tensor, options: SortOptions = {}): { values: Tensor; indices: Tensor } {
  checkTensor("sort", x);
  checkOptions("sort", options, ["axis", "descending"]);
  const along = normalizeAxis("sort", options.axis ?? -1, x.rank);
  const turned = exchange(x, along, x.rank - 1);
  const width = x.shape[along] ?? 1;
  const rows = reshapeTo(turned, [width === 0 ? 0 : sizeOf(turned.shape) / width, width]);
  const [values = x, order = x] = bind(sortPrimitive, [rows], { descending: options.descending ?? false });
  const back = (y: Tensor): Tensor => exchange(reshapeTo(y, turned.shape), along, x.rank - 1);
  return { values: back(values), indices: back(order) };
}
