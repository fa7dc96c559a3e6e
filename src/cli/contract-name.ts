/** What a held contract is called at the command line. */
import type { HeldName } from '../server/client/client.ts'

/** `Environment/shop`, or `shop` alone. */
export function heldName(called: string): HeldName {
  const [first = '', second] = called.split('/')
  return second === undefined ? { kind: 'Environment', name: first } : { kind: first, name: second }
}
