/** Says a word to a ramp and waits until it is recorded, so that what became of it can be told. */
import type { Engine } from '../engine/engine.ts'
import type { Saying } from '../engine/speaking.ts'
import type { SayReply } from './wire.ts'

/**
 * Says it, whichever replica runs the ramp.
 *
 * @throws word-refused when the ramp has ended
 * @throws ledger-unavailable, store-unavailable when that is not known; it may still be heard
 */
export async function sayWord(
  { engine }: { readonly engine: Engine },
  saying: Saying,
): Promise<SayReply> {
  return await engine.speak(saying)
}
