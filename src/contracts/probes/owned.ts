/** The member `owned`, for probes that ask a port which the component itself should listen on. */
import { z } from 'zod'
import { templated } from './template.ts'

/** Whether a process of the component itself must be who answers. */
export const owned: z.ZodExactOptional<z.ZodType<boolean | string>> = templated(z.boolean())
  .exactOptional()
  .describe("Whether the component's own process must be who listens there.")
  .meta({ default: false })
