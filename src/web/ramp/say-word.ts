/** Says a word to a ramp. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Word } from '../../core/entry/entry.ts'
import type { SayReply } from '../../server/wire.ts'
import { meQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'

/** Where nobody has to sign in, words are spoken by this name. */
const UNNAMED = 'dashboard'

/** Who is asking, as it stands in the ledger. */
export function useName(): string {
  return useQuery(meQuery).data?.name ?? UNNAMED
}

/** Saying words to one ramp. A refusal is an answer, not a failure. */
export function useWord(ramp: string) {
  const by = useName()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (word: Word) =>
      ask<SayReply>({
        method: 'POST',
        path: `/v1/ramps/${encodeURIComponent(ramp)}/words`,
        body: { by, word },
      }),
    onSuccess: () =>
      queries.invalidateQueries({ predicate: ({ meta }) => meta?.['isLive'] === true }),
  })
}
