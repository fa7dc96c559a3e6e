/** The shape of what differs between two revisions of a contract. */
import { z } from 'zod'
import type { RevisionChange } from '../wire/contracts.ts'
import { named } from './promised.ts'

const REVISION_CHANGE: z.ZodType<RevisionChange> = named(
  'RevisionChange',
  z.object({
    path: z.string().describe('For example `spec.components.api.ready[0].http.url`.'),
    change: z.enum(['added', 'removed', 'changed']),
    before: z.string().exactOptional().describe('As JSON; absent where it was not there.'),
    after: z.string().exactOptional(),
  }),
)

/** Members of whatever tells a difference. */
export const DIFFERENCE: {
  readonly changes: z.ZodType<readonly RevisionChange[]>
  readonly consequences: z.ZodType<readonly string[]>
} = {
  changes: z.array(REVISION_CHANGE),
  consequences: z.array(z.string()).describe('What it means for the way up, in sentences.'),
}
