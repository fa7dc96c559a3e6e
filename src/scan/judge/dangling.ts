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

/** Who serves what. */
class Served {
  readonly #ports: readonly FoundPort[]
  readonly #onMachine: readonly FoundPort[]

  constructor(ports: readonly FoundPort[]) {
    this.#ports = ports.filter(({ stance }) => stance !== 'consumption')
    this.#onMachine = this.#ports.filter(
      ({ scope, stance }) => scope === 'host' && stance === 'claim',
    )
  }

  /** `localhost:5432` of the machine, where a container's 5432 is published as 5433. */
  fromMachine(consumer: FoundPort): Meant | 'nobody' | undefined {
    const { host = '', first } = consumer
    if (!isThisMachine(host)) return undefined
    if (this.#onMachine.some((port) => includes(port, first))) return undefined
    const published = this.#onMachine.filter(
      ({ target, first: outside, last }) =>
        target?.first === first && outside === last && outside !== first,
    )
    const [port, ...others] = published
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
    const published = this.#onMachine.filter(
      (port) => port.unit === unit && port.format === format && isOneOf(port, first),
    )
    if (/^(localhost|127\.0\.0\.1|::1|\[::1\])$/.test(host)) {
      const isOwn = this.#ports.some(
        (port) =>
          port.unit === unit &&
          port.service === service &&
          (includes(port, first) || (port.target !== undefined && includes(port.target, first))),
      )
      const [port] = published.filter((one) => one.service !== service)
      if (isOwn || port === undefined || isForBrowsers(consumer)) return undefined
      const inside = port.target?.first ?? first
      return {
        port,
        sentence: `Inside the container of ${service}, ${host} is the container itself; ${port.service} is another one.`,
        remedy: `Connect to ${port.service}:${inside}.`,
      }
    }
    const outside = published.filter((port) => port.service === host)
    const isInside = this.#ports.some(
      (port) =>
        port.unit === unit &&
        port.service === host &&
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
}

function includes(
  { first, last }: { readonly first: number; readonly last: number },
  port: number,
) {
  return first <= port && port <= last
}

function isOneOf(published: FoundPort, port: number): boolean {
  return includes(published, port)
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
