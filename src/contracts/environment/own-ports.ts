/** Which of a component's own ports something refers to, as `self.ports.http` does. */
import type { Json } from '../../core/units/json.ts'
import { fieldsTaken } from '../expression/fields-taken.ts'

/** The first of these ports that anything written there names, in whichever form. */
export function portNamedIn(written: Json, ports: readonly string[]): string | undefined {
  const named = fieldsTaken(written, ['self', 'ports'])
  return ports.find((port) => named.has(port))
}
