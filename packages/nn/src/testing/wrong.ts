/** For tests: calls with arguments that the types forbid. */

/** A call of a constructor. */
export function constructing(Class: new (...args: never[]) => object, ...args: readonly unknown[]): () => unknown {
  return () => Reflect.construct(Class, args);
}

/** The result of a call of a method. */
export function calling(object: object, method: string, ...args: readonly unknown[]): unknown {
  const found: unknown = Reflect.get(object, method);
  if (typeof found !== "function") throw new Error(`there is no method ${method}`);
  return Reflect.apply(found, object, args);
}
