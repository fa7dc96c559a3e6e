/**
 * What others wrote, as it may be shown on a terminal: a file of a stranger must not clear it, call
 * itself something else, or turn the order of what stands there around.
 */

const STEERING = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** The text with a sign in the place of each character that is none to be seen. */
export function printable(text: string): string {
  return text.replaceAll(STEERING, '\ufffd')
}
