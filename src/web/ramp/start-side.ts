/** What a ramp knows of the starts that it makes. */
import type { RampState, StageView } from '../../core/ramp/state.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { TAKEN_BACK } from './step-standing.ts'
import type { StartSide } from './transition.ts'

/** The start that a stage makes, as its command has told of it. */
export function freshSide({ stage, now }: StageView): StartSide {
  // What was told before is of an attempt that was taken back.
  const outputs = now.phase === 'waiting' || now.phase === 'gated' ? {} : now.outputs
  const { instance, pid } = outputs
  return {
    ...(typeof instance === 'string' ? { instance } : {}),
    stage: stage.name,
    ...(typeof pid === 'number' && pid > 0 ? { pid } : {}),
    ports: portsOf(outputs),
  }
}

/** Starts of which the names alone are told. */
export function namedSides(names: unknown): readonly StartSide[] {
  const texts = Array.isArray(names) ? names.filter((one) => typeof one === 'string') : []
  return texts.map((instance) => ({ instance, ports: {} }))
}

/** Numbers by the names of ports, as a command has told them. */
export function portsOf(outputs: JsonObject | undefined): Readonly<Record<string, number>> {
  const ports = Object.entries((outputs?.['ports'] ?? {}) as JsonObject)
  return Object.fromEntries(
    ports.flatMap(([name, port]) => (typeof port === 'number' ? [[name, port]] : [])),
  )
}

/** Whether any of these is taken back, or was. */
export function isTakenBack(state: RampState, views: readonly StageView[]): boolean {
  if (state.direction === 'undoing') return true
  return views.some(({ now }) => TAKEN_BACK.includes(now.phase))
}
