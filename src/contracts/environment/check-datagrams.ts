/** What ports of UDP cannot be: a front, a socket that starts share, something to connect to. */
import { listWords } from '../document/describe-value.ts'
import type { Path } from '../document/issue.ts'
import type { Part } from '../document/source-document.ts'
import { portNamedIn } from './own-ports.ts'
import type { WrittenComponent } from './written.ts'
import type { WrittenCondition } from './written-condition.ts'

type Say = (at: Path, message: string, part?: Part) => void

/** Probes that open a connection, and the words that say where. */
const CONNECTING = ['grpc', 'http', 'tcp', 'tls'] as const
const PLACES = ['address', 'port', 'url'] as const

/** Says where a component takes a port of UDP for one of TCP. */
export function checkDatagrams(component: WrittenComponent, name: string, say: Say): void {
  const { ready, drain, run } = component
  const ports = Object.entries(run?.ports ?? {})
  const datagrams = ports.flatMap(([port, { protocol }]) => (protocol === 'udp' ? [port] : []))
  if (datagrams.length === 0) return
  checkRolled(component, datagrams, name, say)
  checkAsked(ready, ['ready'], datagrams, say)
  checkAsked(drain?.until, ['drain', 'until'], datagrams, say)
}

function checkRolled(
  { roll, run }: WrittenComponent,
  datagrams: readonly string[],
  name: string,
  say: Say,
): void {
  // Of what is no process it is said that it is not replaced at all.
  if (roll === undefined || run?.command === undefined) return
  const never =
    roll.by === 'descriptor' ? 'starts share sockets of TCP alone' : 'fronts carry TCP alone'
  roll.ports?.forEach((port, index) => {
    if (!datagrams.includes(port)) return
    say(['roll', 'ports', index], `${port} is of UDP, and ${never}; leave it out`, 'value')
  })
  if (roll.ports !== undefined) return
  const others = Object.keys(run.ports ?? {}).filter((port) => !datagrams.includes(port))
  const [first = ''] = datagrams
  const message =
    others.length === 0
      ? `all ports of ${name} are of UDP, and ${never}; leave roll out`
      : `${first} is of UDP, and ${never}; write roll.ports: [${others.join(', ')}]`
  say(['roll'], message)
}

function checkAsked(
  conditions: readonly WrittenCondition[] | undefined,
  path: Path,
  datagrams: readonly string[],
  say: Say,
): void {
  conditions?.forEach((condition, index) => {
    for (const probe of CONNECTING) {
      const places = PLACES.map((place) => condition[probe]?.[place] ?? null)
      const port = portNamedIn(places, datagrams)
      if (port === undefined) continue
      const message = `${port} is of UDP, and ${probe} connects by TCP; prove it by ${listWords(PROOFS, 'or')}`
      say([...path, index, probe], message)
    }
  })
}

const PROOFS = ['dns', 'exec', 'log', 'notify']
