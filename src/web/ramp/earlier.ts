/** The ramps of the same contract toward the same goal before one: for `why` and for comparing. */
import { useQueries, useQuery } from '@tanstack/react-query'
import type { RampState } from '../../core/ramp/state.ts'
import type { Run } from '../../core/why/question.ts'
import type { RampSummary } from '../../server/wire.ts'
import { circumstancesQuery, newestRampsQuery, rampQuery } from '../api/queries.ts'

/** How many earlier ramps are read whole. */
const READ_MAX = 12

/** Other ramps of the same road among the newest, newest first; those opened later are left out. */
export function useEarlier(state: RampState): readonly RampSummary[] {
  const { data } = useQuery(newestRampsQuery)
  const { contract, goal } = state.plan
  return (data?.ramps ?? []).filter(
    (ramp) =>
      ramp.ramp !== state.ramp &&
      ramp.openedAtMs <= state.openedAtMs &&
      ramp.goal === goal &&
      ramp.contract.kind === contract.kind &&
      ramp.contract.name === contract.name &&
      ramp.contract.target === contract.target,
  )
}

/** The last of them that reached their goal, whole; undefined while they are being read. */
export function useEarlierRuns(state: RampState): readonly Run[] | undefined {
  const reached = useEarlier(state)
    .filter(({ outcome }) => outcome === 'reached')
    .slice(0, READ_MAX)
  const ramps = useQueries({ queries: reached.map(({ ramp }) => rampQuery(ramp)) })
  const around = useQueries({ queries: reached.map(({ ramp }) => circumstancesQuery(ramp)) })
  if ([...ramps, ...around].some(({ isPending }) => isPending)) return undefined
  return ramps.flatMap(({ data }, index) => {
    if (data === undefined) return []
    return [{ state: data.state, circumstances: around[index]?.data?.circumstances }]
  })
}
