/** What came of a storm, as a table and as the sentences that say what was wrong. */
import type { StormResult } from './storm.ts'

/** So many of a kind are shown. */
const SHOWN = 10

/** Everything that must not have happened; empty when all is well. */
export function complaintsAbout(result: StormResult): readonly string[] {
  const { ramps, effects, ownership, users, verified, readiness, crashes } = result
  return [
    ...some('lost', ramps.lost),
    ...some('not ended', ramps.unended),
    ...some('not replayed alike', ramps.disagreeing),
    ...some('in effect twice', effects.doubled),
    ...some('written by a fenced owner', ownership.fencedWrites),
    ...some('refused', users.refusals),
    ...some('crashed', crashes),
    ...(verified.isWhole ? [] : [`the ledger is not whole: ${verified.said}`]),
    ...(readiness.ready === 3 ? [] : [`${readiness.ready} of 3 replicas are ready afterwards`]),
  ]
}

/** The table. */
export function printStorm(result: StormResult): string {
  const { ramps, effects, ownership, users, done, verified, readiness } = result
  const outcomes = Object.entries(ramps.outcomes).map(([name, count]) => `${name} ${count}`)
  const rows: readonly (readonly [string, number | string])[] = [
    ['ramps', ramps.ramps],
    ['  acknowledged to users', users.acknowledged.size],
    ['  ended', outcomes.join(', ')],
    ['  lost', ramps.lost.length],
    ['  not ended', ramps.unended.length],
    ['  not replayed alike', ramps.disagreeing.length],
    ['words heard', users.words],
    ['held until somebody on call looked', users.rescued.size],
    ['requests tried again', users.retries],
    ['replicas killed', done.kills],
    ['replicas stopped past their lease', done.pauses],
    ['replicas cut off from PostgreSQL', `${done.cuts} at once, ${done.hushes} without a word`],
    ['PostgreSQL crashed and restarted', done.restarts],
    ['entries written by replicas', ownership.writes],
    ['  accepted from a fenced owner', ownership.fencedWrites.length],
    ['  accepted after it was given back', ownership.unownedWrites],
    ['subjects taken over', ownership.takeOvers],
    ['  slowest, from the last sign', `${(ownership.slowestTakeOverMs / 1_000).toFixed(1)} s`],
    ['starts issued / in effect', `${ramps.starts} / ${effects.begun}`],
    ['  in effect twice', effects.doubled.length],
    ['readiness asked / not ready', `${readiness.asked} / ${readiness.notReady}`],
    ['the chain', verified.said.split('\n')[0] ?? ''],
  ]
  return rows.map(([name, value]) => `${name.padEnd(36)}${value}`).join('\n')
}

function some(what: string, found: readonly string[]): readonly string[] {
  if (found.length === 0) return []
  return [`${what} (${found.length}):`, ...found.slice(0, SHOWN).map((one) => `  ${one}`)]
}
