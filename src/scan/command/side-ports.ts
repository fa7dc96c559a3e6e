/** Ports of commands beside those of their own programs: debuggers, waiting for others, tunnels. */
import { LOOPBACK } from '../../core/port/port-claim.ts'
import { connectionsIn } from '../found/connections.ts'
import { addressesOf, parsePort, parseSpan } from '../found/port-words.ts'
import type { CommandPort } from './command-port.ts'
import { shortened } from './flag-value.ts'

/** `--inspect` of Node, also in NODE_OPTIONS. */
export function inspected(
  words: readonly string[],
  variables: ReadonlyMap<string, string>,
): readonly CommandPort[] {
  const options = (variables.get('NODE_OPTIONS') ?? '').split(/\s+/)
  return [...words, ...options].flatMap((word): readonly CommandPort[] => {
    const match = /^--inspect(?:-brk|-wait)?(?:=(?:(.*):)?(\d+))?$/.exec(word)
    if (match === null) return []
    const port = match[2] === undefined ? 9229 : parsePort(match[2])
    if (port === undefined) return []
    const addresses = match[1] === undefined ? ['127.0.0.1'] : addressesOf(match[1])
    const isDefault = match[2] === undefined
    const why = isDefault
      ? ({ confidence: 'default', because: 'the default of --inspect' } as const)
      : ({ confidence: 'explicit' } as const)
    return [
      {
        stance: 'claim',
        protocol: 'tcp',
        first: port,
        last: port,
        addresses,
        text: word,
        tool: 'inspector',
        ...why,
      },
    ]
  })
}

/** Whom a command waits for; undefined for one that does something else. */
export function awaitedBy(
  program: string,
  words: readonly string[],
): readonly CommandPort[] | undefined {
  if (!/^(wait-on|wait-port|start-server-and-test|start-test|curl|open-cli|wget)$/.test(program))
    return undefined
  const plain = words.slice(1).flatMap((word) => {
    const match = /^(?:tcp:)?(?:(localhost|127\.0\.0\.1):)?:?(\d{2,5})$/.exec(word)
    return match === null || program === 'curl'
      ? []
      : [`http://${match[1] ?? 'localhost'}:${match[2]}`]
  })
  const urls = words.map((word) => word.replace(/^(https?)-get:\/\//, '$1://'))
  return [...urls, ...plain].flatMap(connectionsIn).map(({ host, port }) => ({
    ...{ stance: 'consumption', confidence: 'explicit', protocol: 'tcp', first: port, last: port },
    ...{ addresses: addressesOf(host), host, text: shortened(words) },
  }))
}

/** `docker run -p`, `kubectl port-forward`: ports of this machine that lead into something else. */
export function forwardedBy(
  program: string,
  words: readonly string[],
): readonly CommandPort[] | undefined {
  const text = shortened(words)
  const claim = { stance: 'claim', confidence: 'explicit', protocol: 'tcp', text } as const
  if (/^(docker|podman)$/.test(program) && words[1] === 'run') {
    return words.flatMap((word, index): readonly CommandPort[] => {
      const before = words[index - 1] ?? ''
      const value = /^(-p|--publish)$/.test(before)
        ? word
        : /^(?:--publish=|-p=?)(\S+)$/.exec(word)?.[1]
      const match = /^(?:(.*):)?(\d[\d-]*):(\d[\d-]*)(?:\/(tcp|udp))?$/.exec(value ?? '')
      const [span, target] = [parseSpan(match?.[2] ?? ''), parseSpan(match?.[3] ?? '')]
      if (span === undefined || target === undefined) return []
      const protocol = match?.[4] === 'udp' ? 'udp' : 'tcp'
      return [
        {
          ...claim,
          ...span,
          target,
          protocol,
          addresses: addressesOf(match?.[1]),
          text: `${program} run -p ${value}`,
        },
      ]
    })
  }
  if (program !== 'kubectl' || !words.includes('port-forward')) return undefined
  return words.flatMap((word): readonly CommandPort[] => {
    const match = /^(\d+):(\d+)$/.exec(word)
    const [span, target] = [parseSpan(match?.[1] ?? ''), parseSpan(match?.[2] ?? '')]
    return span === undefined || target === undefined
      ? []
      : [{ ...claim, ...span, target, addresses: LOOPBACK }]
  })
}
