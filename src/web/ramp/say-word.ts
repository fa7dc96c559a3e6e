/** Says a word to a ramp. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Word } from '../../core/entry/entry.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { changeAsSeen } from '../../server/wire/as-seen.ts'
import { etagOf } from '../../server/wire/etags.ts'
import type { RampView, SayReply } from '../../server/wire.ts'
import { askLiveAgain } from '../api/liveness.ts'
import { meQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { statusOf } from '../api/request-failure.ts'

/** Where nobody has to sign in, words are spoken by this name. */
const UNNAMED = 'dashboard'

/** Who is asking, as it stands in the ledger. */
export function useName(): string {
  return useQuery(meQuery).data?.name ?? UNNAMED
}

/** What was shown when a word was said, where the word is only for that. */
export interface SeenRamp {
  readonly etag: string
  /** Whether what matters of it still stands. */
  isStill(state: RampState, nowMs: number): boolean
}

/** A word, and of what it is said. */
export interface SaidWord {
  readonly word: Word
  /** Absent: it is meant whatever has happened since. */
  readonly seen?: SeenRamp | undefined
}

/** Saying words to one ramp. A refusal is an answer, not a failure. */
export function useWord(ramp: string) {
  const by = useName()
  const queries = useQueryClient()
  const path = `/v1/ramps/${encodeURIComponent(ramp)}`
  return useMutation({
    mutationFn: async ({ word, seen }: SaidWord) => {
      const say = (ifMatch?: string): Promise<SayReply> =>
        ask<SayReply>({ method: 'POST', path: `${path}/words`, body: { by, word }, ifMatch })
      if (seen === undefined) return await say()
      return await changeAsSeen({
        etag: seen.etag,
        change: say,
        isStale: (error) => statusOf(error) === 412,
        look: async () => {
          const { state, nowMs } = await ask<RampView>({ path })
          return seen.isStill(state, nowMs) ? etagOf(state.sequence) : undefined
        },
      })
    },
    onSuccess: () => askLiveAgain(queries),
  })
}
