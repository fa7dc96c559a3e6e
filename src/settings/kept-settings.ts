/** The settings of a ramp as text, and back. */
import { z } from 'zod'
import type { Plan } from '../core/plan/plan.ts'
import type { RampSettings } from '../seams/settings.ts'

const KEPT = z.strictObject({
  values: z.record(z.string(), z.json()),
  groups: z.record(z.string(), z.record(z.string(), z.json())).exactOptional(),
  secrets: z.array(z.string()),
  run: z.record(z.string(), z.json()),
  by: z.array(z.string()).exactOptional(),
  // A plan that this program wrote itself; the engine checks it before it is run.
  next: z.custom<Plan>((value) => typeof value === 'object' && value !== null).exactOptional(),
})

/** Reads what `JSON.stringify` wrote of settings; throws when it is anything else. */
export function parseSettings(text: string): RampSettings {
  return KEPT.parse(JSON.parse(text))
}
