/**
 * Tensors without a model: operations, derivatives, compiled functions, and a training step written by hand.
 *
 *     npx tsx examples/autodiff.ts
 */
import {
  add,
  capture,
  cpu,
  grad,
  jit,
  matmul,
  mean,
  mul,
  square,
  sub,
  sum,
  tensor,
  Variable,
  variableGradients,
} from "@skein-ml/skein";

// Operations are functions; tensors never change.
const x = tensor([1, 2, 3]);
console.log("x² =", square(x).toArray());

// grad(f) gives the derivative by every argument of f.
const cube = grad((v) => sum(mul(v, mul(v, v))));
console.log("d(x³)/dx =", cube(x)[0]?.toArray());

// Derivatives can be derived again.
const second = grad((v) => sum(cube(v)[0] ?? v));
console.log("d²(x³)/dx² =", second(x)[0]?.toArray());

// jit records a function once, fuses it, and runs the compiled program from then on.
const distance = jit((a, b) => [sum(square(sub(a, b)))]);
console.log("|x - 1|² =", distance(x, tensor([1, 1, 1]))[0]?.item());

// A whole training step as one captured program: forward, backward, update, with no memory allocated in a run.
const device = cpu();
const inputs = tensor([[0], [1], [2], [3]], { device });
const targets = tensor([[1], [3], [5], [7]], { device }); // y = 2 x + 1
const slope = new Variable(tensor([[0]], { device }), { name: "slope" });
const offset = new Variable(tensor([0], { device }), { name: "offset" });

const step = capture(
  () => {
    const { values, gradients } = variableGradients(
      () => [mean(square(sub(targets, add(matmul(inputs, slope.value), offset.value))))],
      { variables: [slope, offset] },
    );
    for (const [i, variable] of [slope, offset].entries()) {
      const gradient = gradients[i];
      if (gradient) variable.assign(sub(variable.value, mul(gradient, 0.1)));
    }
    return values;
  },
  { device, variables: [slope, offset], inputs: [] },
);
for (let i = 0; i < 200; i++) step.run();
const [loss] = step.outputs;
console.log(
  `learned y = ${slope.value.item().toFixed(3)} x + ${offset.value.item().toFixed(3)}, loss ${loss?.item().toExponential(1)}`,
);
step.dispose();
