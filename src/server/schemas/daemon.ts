/** The shape of what a daemon says of itself. */
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
    ramps: z.array(z.string()).describe('The ramps under way.'),
    components: COUNT.describe('How many components are running.'),
  }),
)
