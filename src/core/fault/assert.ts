/** Assertions: what must hold if this code has no bug. They stay on in production. */

/** Thrown when our own code is wrong; never caught to carry on. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure'
}

/** Fails with a sentence when something that must hold does not. */
export function assert(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new AssertionFailure(sentence)
}

/** The value, asserted to be there. */
export function present<Value>(value: Value | undefined | null, sentence: string): Value {
  if (value === undefined || value === null) throw new AssertionFailure(sentence)
  return value
}

/** For the end of an exhaustive switch: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unexpected ${JSON.stringify(value)}`)
}
