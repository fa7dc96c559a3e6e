/**
 * Connections that lead nowhere. What a repository does not tell may well be there, so it is only told as
 * sure where the files themselves name the port that was meant.
 */
import type { FoundPort } from '../found/found-port.ts'
import { isThisMachine } from '../found/port-words.ts'
import type { RawFinding } from './finding.ts'
import { isFixture, realmOf } from './realm.ts'

interface Meant {
  readonly port: FoundPort
  readonly sentence: string
  readonly remedy: string
}

/** Every connection to a port that nobody serves. */
export function findDangling(ports: readonly FoundPort[]): readonly RawFinding[] {
  const served = new Served(ports)
  return ports.flatMap((port): readonly RawFinding[] => {
    if (port.stance !== 'consumption' || port.host === undefined) return []
    const judged = port.scope === 'host' ? served.fromMachine(port) : served.fromContainer(port)
    if (judged === undefined) return []
    const { first, last, protocol, scope } = port
    const base = { rule: 'dangling-consumer', first, last, protocol, scope } as const
    if (judged === 'nobody') {
      const sentence = `${port.service} connects to ${port.host}:${first}, where nothing here listens.`
      const remedy = 'Correct the port, or leave it if something outside of this folder serves it.'
      return [{ ...base, severity: 'note', ports: [port], sentence, remedy }]
    }
    const severity = isFixture(port.file) ? 'note' : 'warning'
    const { sentence, remedy } = judged
    return [{ ...base, severity, ports: [port, judged.port], sentence, remedy }]
  })
}

/** Who serves what; each question is asked of few, since there may be as many of them as ports. */
class Served {
  readonly #onMachine: readonly FoundPort[]
  /** One for each port of the machine that somebody claims. */
  readonly #isClaimed = new Uint8Array(65_536)
  /** Claims of one port of the machine, by the one port behind it. */
  readonly #byTarget: ReadonlyMap<number | undefined, readonly FoundPort[]>
  readonly #byService: ReadonlyMap<string, readonly FoundPort[]>

  constructor(ports: readonly FoundPort[]) {
    const serving = ports.filter(({ stance }) => stance !== 'consumption')
    this.#onMachine = serving.filter(({ scope, stance }) => scope === 'host' && stance === 'claim')
    for (const { first, last } of this.#onMachine) this.#isClaimed.fill(1, first, last + 1)
    const moved = this.#onMachine.filter(
      ({ first, last, target }) => first === last && target !== undefined && target.first !== first,
    )
    this.#byTarget = Map.groupBy(moved, ({ target }) => target?.first)
    this.#byService = Map.groupBy(serving, ({ unit, service }) => serviceKey(unit, service))
  }

  /** `localhost:5432` of the machine, where a container's 5432 is published as 5433. */
  fromMachine(consumer: FoundPort): Meant | 'nobody' | undefined {
    const { host = '', first } = consumer
    if (!isThisMachine(host)) return undefined
    if (this.#isClaimed[first] === 1) return undefined
    const [port, ...others] = this.#byTarget.get(first) ?? []
    const isOther = others.length > 0 || isForBrowsers(consumer)
    if (port === undefined || isOther || !isNear(port, consumer)) return 'nobody'
    return {
      port,
      sentence: `${consumer.service} connects to ${host}:${first}, but ${port.service} is published as ${port.first}.`,
      remedy: `Connect to ${host}:${port.first}, or publish it as ${first}:${first}.`,
    }
  }

  /** Within a container, other containers are known by their names and by their own ports. */
  fromContainer(consumer: FoundPort): Meant | 'nobody' | undefined {
    const { host = '', first, unit, service, format } = consumer
    if (format !== 'compose') return undefined
    if (/^(localhost|127\.0\.0\.1|::1|\[::1\])$/.test(host)) {
      const isOwn = this.#of(unit, service).some(
        (port) =>
          includes(port, first) || (port.target !== undefined && includes(port.target, first)),
      )
      if (isOwn || isForBrowsers(consumer)) return undefined
      const port = this.#onMachine.find(
        (one) => one.service !== service && isPublishedBy(one, unit) && includes(one, first),
      )
      if (port === undefined) return undefined
      const inside = port.target?.first ?? first
      return {
        port,
        sentence: `Inside the container of ${service}, ${host} is the container itself; ${port.service} is another one.`,
        remedy: `Connect to ${port.service}:${inside}.`,
      }
    }
    const ofHost = this.#of(unit, host)
    const outside = ofHost.filter((port) => isPublishedBy(port, unit) && includes(port, first))
    const isInside = ofHost.some(
      (port) =>
        (port.scope.startsWith('network ') || port.target !== undefined) &&
        includes(port.target ?? port, first),
    )
    const [port] = outside
    if (port?.target === undefined || isInside || port.target.first !== port.target.last) {
      return undefined
    }
    return {
      port,
      sentence: `${service} connects to ${host}:${first}, which is its port on the machine; inside it is ${port.target.first}.`,
      remedy: `Connect to ${host}:${port.target.first}.`,
    }
  }

  #of(unit: string, service: string): readonly FoundPort[] {
    return this.#byService.get(serviceKey(unit, service)) ?? []
  }
}

function serviceKey(unit: string, service: string): string {
  return JSON.stringify([unit, service])
}

function isPublishedBy({ unit, format, scope, stance }: FoundPort, by: string): boolean {
  return unit === by && format === 'compose' && scope === 'host' && stance === 'claim'
}

function includes(
  { first, last }: { readonly first: number; readonly last: number },
  port: number,
) {
  return first <= port && port <= last
}

/** A URL of the web in a program's variables is as often for the browsers of its users. */
function isForBrowsers({ text }: FoundPort): boolean {
  return /^(https?|wss?):/.test(text)
}

/** Whether both are of one realm and of the same environment, where they say. */
function isNear(one: FoundPort, other: FoundPort): boolean {
  if (realmOf(one.file) !== realmOf(other.file)) return false
  return (
    one.environment === undefined ||
    other.environment === undefined ||
    one.environment === other.environment
  )
}
