/**
 * The objective of logistic regression: the weighted mean loss of the rows and the penalty on the coefficients.
 *
 *     f(W) = Σ_i weight_i · loss(W x_i, y_i) + λ/2 ‖coef‖²
 *
 * It is scikit-learn's objective divided by `C Σ w`, so `tol` means the same. The intercepts are not penalised.
 */
import { type LogisticLoss, type LogisticProblem, type ParameterShape, parameterShape } from "./logistic-problem.ts";
import type { CurvedObjective } from "./solvers/objective.ts";

export class LogisticObjective implements CurvedObjective {
  readonly size: number;
  readonly #loss: LogisticLoss;
  readonly #shape: ParameterShape;
  readonly #penalty: number;

  constructor(problem: LogisticProblem, loss: LogisticLoss) {
    this.#loss = loss;
    this.#shape = parameterShape(problem);
    this.#penalty = problem.penalty;
    this.size = this.#shape.rows * this.#shape.columns;
  }

  async evaluate(w: Float64Array, gradient: Float64Array): Promise<number> {
    const loss = await this.#loss.evaluate(w, gradient);
    const { columns, features } = this.#shape;
    let squares = 0;
    for (let at = 0; at < w.length; at++) {
      if (at % columns >= features) continue;
      squares += w[at]! ** 2;
      gradient[at]! += this.#penalty * w[at]!;
    }
    return loss + 0.5 * this.#penalty * squares;
  }

  async hessian(w: Float64Array): Promise<Float64Array> {
    const hessian = await this.#loss.hessian(w);
    const { columns, features } = this.#shape;
    for (let at = 0; at < this.size; at++) {
      if (at % columns < features) hessian[at * this.size + at]! += this.#penalty;
    }
    this.#curveFlatDirections(hessian);
    return hessian;
  }

  /**
   * With three or more classes the loss does not change when all classes get the same shift of an intercept, or of a
   * coefficient where nothing is penalised. Along these directions curvature is added: `mean(H_jj) / r` times a block of
   * ones for each flat column.
   */
  #curveFlatDirections(hessian: Float64Array): void {
    const { rows, columns, features } = this.#shape;
    if (rows === 1) return;
    for (let column = this.#penalty > 0 ? features : 0; column < columns; column++) {
      let diagonal = 0;
      for (let k = 0; k < rows; k++) diagonal += hessian[(k * columns + column) * (this.size + 1)]!;
      const curvature = diagonal / rows / rows;
      for (let k = 0; k < rows; k++) {
        for (let l = 0; l < rows; l++) hessian[(k * columns + column) * this.size + l * columns + column]! += curvature;
      }
    }
  }
}
