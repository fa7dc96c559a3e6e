/** The shape of what a daemon says of itself, and of how it is asked to stop. */
import { z } from 'zod'
import type { DaemonView } from '../wire.ts'
import { COUNT, INSTANT, named } from './promised.ts'

export const DAEMON_VIEW: z.ZodType<DaemonView> = named(
  'Daemon',
  z.object({
    pid: COUNT,
    version: z.string(),
    workspace: z.string().describe('Absolute path of the folder that holds `.rampart`.'),
    startedAtMs: INSTANT,
    nowMs: INSTANT,
    ramps: z
      .array(z.string())
      .describe('The ramps under way in this process; `/v1/ramps` lists every one.'),
    components: COUNT.describe('How many components are running.'),
    hasDoors: z
      .boolean()
      .optional()
      .describe('Whether others reach it over the network; absent: an older one.'),
  }),
)

export const DAEMON_STOP: z.ZodType<{ readonly onlyWithoutDoors: boolean }> = z.object({
  onlyWithoutDoors: z
    .stringbool()
    .default(false)
    .describe('It goes on, and says so with 412, when others reach it over the network.'),
})
