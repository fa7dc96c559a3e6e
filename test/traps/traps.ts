/** All traps. */
import { DATABASE_TRAPS } from './database-traps.ts'
import { HTTP_TRAPS } from './http-traps.ts'
import { LISTENER_TRAPS } from './listener-traps.ts'
import type { Trap } from './trap.ts'

/** Every trap, in the order in which they are told of. */
export const TRAPS: readonly Trap[] = [...HTTP_TRAPS, ...LISTENER_TRAPS, ...DATABASE_TRAPS]
