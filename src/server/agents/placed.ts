/**
 * Probes and actuators that are where their stage is: a stage of a region that an agent works in is
 * asked and changed by that agent, every other one right here. The engine knows nothing of it.
 */

import { isFault } from '../../core/fault/fault.ts'
import { DEFAULT_REGION } from '../../core/plan/default-region.ts'
import type { Actuator } from '../../seams/actuator.ts'
import type { Probe } from '../../seams/probe.ts'
import type { AgentDesk } from './agent-desk.ts'
import { unaskable, untaken } from './pending-errand.ts'

/** A probe that asks from where the stage is. */
export function placedProbe(local: Probe, desk: AgentDesk): Probe {
  const { kind } = local
  const ask: Probe['ask'] = async (asking) => {
    const region = asking.group ?? DEFAULT_REGION
    const isWorked = await whetherWorked(desk, region)
    if (isWorked === undefined) return unaskable(region, 'place-unknown')
    return isWorked ? await desk.ask(region, kind, asking) : await local.ask(asking)
  }
  // A probe that cannot watch is polled, wherever it is.
  if (local.watch === undefined) return { kind, ask }
  const watch: Probe['watch'] = (asking, changed) => {
    const region = asking.group ?? DEFAULT_REGION
    const letGo = new AbortController()
    void whetherWorked(desk, region).then((isWorked) => {
      // Where it is could not be read, so nothing can be watched: it is still asked every so often.
      if (letGo.signal.aborted || isWorked === undefined) return
      const stop = isWorked
        ? desk.watch(region, kind, asking, changed)
        : local.watch?.(asking, changed)
      letGo.signal.addEventListener('abort', () => stop?.(), { once: true })
    })
    return () => letGo.abort()
  }
  return { kind, ask, watch }
}

/** An actuator that changes the world where the stage is. */
export function placedActuator(local: Actuator, desk: AgentDesk): Actuator {
  return {
    name: local.name,
    async run(order) {
      const region = order.group ?? DEFAULT_REGION
      const isWorked = await whetherWorked(desk, region)
      if (isWorked === undefined) return untaken(region)
      return isWorked ? await desk.run(region, local.name, order) : await local.run(order)
    },
  }
}

/** Undefined when the store cannot tell: then nobody may guess, lest something runs in two places. */
async function whetherWorked(desk: AgentDesk, region: string): Promise<boolean | undefined> {
  try {
    return await desk.isWorked(region)
  } catch (error) {
    if (!isFault(error)) throw error
    return undefined
  }
}
