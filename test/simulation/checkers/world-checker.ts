/** Checks the world against the ledger. */
import type { Order } from '../../../src/seams/actuator.ts'
import type { Recorded } from '../../../src/seams/ledger.ts'
import type { World } from '../world/world.ts'

/** What is wrong with an order, by what is recorded at the instant at which it is given. */
export function checkOrder(order: Order, entries: readonly Recorded[]): readonly string[] {
  const issued = entries.find(
    ({ entry }) => entry.type === 'command.issued' && entry.command === order.id,
  )?.entry
  if (issued?.type !== 'command.issued') return [`${order.id} is run before it is recorded`]
  const isSame =
    issued.stage === order.stage && issued.purpose === order.purpose && issued.fence === order.fence
  return isSame ? [] : [`${order.id} is run otherwise than it is recorded`]
}

/** What must never have happened to the world. */
export function checkWorld(world: World): readonly string[] {
  const repeated = [...world.effects]
    .filter(([, times]) => times > 1)
    .map(([id, times]) => `${id} took effect ${times} times`)
  return [...world.violations, ...repeated]
}

/** What is left in the world of a ramp that was undone. */
export function checkUndone(world: World, entries: readonly Recorded[]): readonly string[] {
  return entries.flatMap(({ stream, entry }) => {
    if (entry.type !== 'ramp.ended' || entry.outcome !== 'undone') return []
    return world.remainsOf(stream).map((what) => `${stream} was undone, but ${what} is left`)
  })
}
