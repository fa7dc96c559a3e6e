/**
 * Many processes ask for ports at the same instant, and bind them when they have started: who gets
 * what was promised? The same harness for Rampart, also while its broker is killed, and for those
 * who look for a free port and let go of it again.
 */
import { runStorm, type StormOptions, type StormResult } from '../test/ports/storm.ts'
import { versionOf } from './measure/machine.ts'
import { type Bench, type Finding, figure, type Scale, type Section } from './measure/section.ts'

/** The bench. */
export const stormBench: Bench = { name: 'storm', run: measure }

const FULL = { processes: 64, claims: 8, delayMs: 200, rounds: 5 }
const QUICK = { processes: 4, claims: 2, delayMs: 20, rounds: 1 }

/** In the middle of the claims; later rounds meet the broker that was started anew. */
const KILL_AT_MS = 20

interface Peer {
  readonly what: string
  readonly options: Pick<StormOptions, 'strategy' | 'killAtMs'>
}

const PEERS: readonly Peer[] = [
  { what: 'Rampart', options: { strategy: 'rampart' } },
  {
    what: 'Rampart, its broker killed in every round',
    options: { strategy: 'rampart', killAtMs: KILL_AT_MS },
  },
  { what: `get-port ${versionOf('get-port')}, 3000-3999`, options: { strategy: 'get-port' } },
  { what: `portfinder ${versionOf('portfinder')}`, options: { strategy: 'portfinder' } },
  { what: `detect-port ${versionOf('detect-port')}`, options: { strategy: 'detect-port' } },
]

async function measure({ isQuick, progress }: Scale): Promise<Section> {
  const size = isQuick ? QUICK : FULL
  const results = new Map<string, StormResult>()
  for (const { what, options } of PEERS) {
    const result = await runStorm({ ...size, ...options })
    results.set(what, result)
    progress(`storm: ${what}, ${result.failed.length} of ${result.asked} not bound`)
  }
  return {
    title: 'A storm of claims',
    method:
      `${size.processes} processes ask for ${size.claims} ports each at the same instant, and bind ` +
      `them ${size.delayMs} ms later, as programs do that start; ${size.rounds} rounds. A double is ` +
      'a port that two of them were given at the same time.',
    columns: ['who', 'ports', 'not bound', 'share, %', 'doubles', 'took, s'],
    rows: [...results].map(([what, { asked, failed, doubles, tookMs }]) => {
      return [
        what,
        String(asked),
        String(failed.length),
        figure((100 * failed.length) / asked),
        String(doubles),
        figure(tookMs / 1_000),
      ]
    }),
    findings: [...results].filter(([what]) => what.startsWith('Rampart')).flatMap(findingsOf),
    notes: [
      'Rampart holds each port on 127.0.0.1 and on ::1, and its processes bind both; the others are asked for 127.0.0.1 alone.',
    ],
  }
}

function findingsOf([what, { failed, doubles }]: readonly [string, StormResult]): Finding[] {
  const none = { unit: '', bound: 'atMost', target: 0 } as const
  return [
    { ...none, what: `${what}: not bound`, measured: failed.length },
    { ...none, what: `${what}: doubles`, measured: doubles },
  ]
}
