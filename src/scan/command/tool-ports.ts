/** Where a command's own program listens: a known one, or any that is told so in plain words. */

import type { PortSpan } from '../../core/port/machine-facts.ts'
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import type { Confidence } from '../found/found-port.ts'
import { addressesOf, parseEndpoint, parsePort } from '../found/port-words.ts'
import { fillIn } from '../found/variables.ts'
import type { CommandPort } from './command-port.ts'
import { flagValue, shortened } from './flag-value.ts'
import { TOOLS, type Tool } from './tools.ts'

/** What a variable holds. */
export type ValueOf = (name: string) => string | undefined

const BY_PROGRAM = Map.groupBy(TOOLS, ({ call }) => call.split(' ')[0] ?? '')
const INTERPRETERS =
  /^(node|nodejs|tsx|ts-node|ts-node-dev|nodemon|bun|deno|python3?|ruby|java|go|cargo|dotnet|php)$/

/** The tool that the first words call; the most words decide. */
export function toolOf(words: readonly string[]): Tool | undefined {
  const [first = '', ...rest] = words
  const program = first
    .replace(/^.*node_modules\/\.bin\//, '')
    // As packages are named to what fetches them: `wrangler@latest`.
    .replace(/(?<=.)@[\w.^~-]+$/, '')
    .replace(/^(\.\/)?(?:.*\/)?(manage\.py)$/, '$2')
  const [subcommand = '', second = ''] = rest.filter((word) => !word.startsWith('-'))
  // The first word may be the value of a flag: `flask --app shop run`.
  const isValue = rest[rest.indexOf(subcommand) - 1]?.startsWith('-') === true
  const subcommands = isValue ? [subcommand, second] : [subcommand]
  const flat = [program, ...rest].join(' ')
  const fits = (BY_PROGRAM.get(program) ?? []).filter(({ call }) => {
    const parts = call.split(' ')
    if (parts.length === 1) return call === program && !isSubcommand(program, subcommand)
    return (
      flat === call ||
      flat.startsWith(`${call} `) ||
      (parts.length === 2 && subcommands.includes(parts[1] ?? ''))
    )
  })
  return fits.toSorted((one, other) => other.call.length - one.call.length)[0]
}

/** Words after a program that make it do something else than serve. */
function isSubcommand(program: string, word: string): boolean {
  const doers =
    /^(build|lint|info|export|telemetry|optimize|check|sync|add|generate|test|init|create|prepare|typecheck|migrate|help|cleanup|upgrade|watch|typegen|analyze|module|module-add)$/
  return doers.test(word) && program !== 'serve'
}

/** A command as it is told. */
export interface Told {
  readonly texts: readonly string[]
  readonly confidence: Confidence
  readonly variables: ReadonlyMap<string, string>
  readonly known: ValueOf
}

/** Where a known program listens: where it is told to, else where it always does. */
export function portsOfTool(tool: Tool, told: Told): readonly CommandPort[] {
  const { texts, confidence } = told
  const flag = flagValue(texts, tool.flags)
  const host = flagValue(texts, tool.hosts ?? [])
  const word =
    tool.takesWord === true ? texts.slice(1).find((one) => parseEndpoint(one)) : undefined
  const endpoint = [flag, host, word]
    .map((one) => endpointOf(one?.replace(/^tcp:\/\//, '')))
    .find((one) => one !== undefined)
  const base = {
    ...({
      tool: tool.tool,
      isHttp: tool.isHttp === true,
      protocol: 'tcp',
      stance: 'claim',
    } as const),
    addresses:
      host === undefined && !texts.includes('--host') ? tool.addresses : hostAddresses(host),
    text: shortened(texts),
  }
  if (endpoint !== undefined) {
    const addresses = endpoint.host === '' ? base.addresses : addressesOf(endpoint.host)
    return [{ ...base, ...endpoint.span, addresses, confidence }]
  }
  if (flag !== undefined && parsePort(flag) === undefined) return []
  const set = tool.obeysPort === true ? portOfVariable(told) : undefined
  if (set === 'unclear') return []
  if (set !== undefined) return [{ ...base, ...set, text: `PORT=${set.first} ${base.text}` }]
  const because = `the default of ${tool.call}`
  return [{ ...base, first: tool.port, last: tool.port, confidence: 'default', because }]
}

/** What PORT says; `unclear`: it is set for this very command, to what nobody can tell here. */
function portOfVariable({
  variables,
  known,
}: Told): (PortSpan & Pick<CommandPort, 'confidence'>) | 'unclear' | undefined {
  const set = known('PORT')
  const isOwn = variables.has('PORT')
  const port = set === undefined ? undefined : parsePort(fillIn(set, known).text)
  if (port === undefined) return set !== undefined && isOwn ? 'unclear' : undefined
  const confidence = isOwn && set?.includes('$') !== true ? 'explicit' : 'interpolated'
  return { first: port, last: port, confidence }
}

function hostAddresses(host: string | undefined): readonly string[] {
  return host === undefined || host.startsWith('-')
    ? EVERY_ADDRESS
    : addressesOf(host.replace(/:\d+$/, ''))
}

function endpointOf(
  text: string | undefined,
): { readonly host: string; readonly span: PortSpan } | undefined {
  return text === undefined ? undefined : parseEndpoint(text)
}

/** What is plain whoever runs it: `PORT=3000 anything`, `node server.js --port 3000`, `php -S`. */
export function portsOfStranger({
  texts,
  confidence,
  variables,
  known,
}: Told): readonly CommandPort[] {
  const [program = ''] = texts
  const common = {
    protocol: 'tcp',
    stance: 'claim',
    addresses: EVERY_ADDRESS,
    text: shortened(texts),
  } as const
  const built = program === 'php' ? endpointOf(flagValue(texts, ['-S'])) : undefined
  if (built !== undefined)
    return [
      { ...common, ...built.span, addresses: addressesOf(built.host), confidence, isHttp: true },
    ]
  const set = variables.get('PORT')
  const filled = set === undefined ? undefined : fillIn(set, known)
  const port = filled === undefined ? undefined : parsePort(filled.text)
  if (
    port !== undefined &&
    texts.length > 0 &&
    !/^(wait-on|kill-port|echo|export)$/.test(program)
  ) {
    const sure = filled?.isFilled === true ? 'interpolated' : 'explicit'
    return [
      {
        ...common,
        first: port,
        last: port,
        confidence: sure,
        text: `PORT=${port} ${shortened(texts)}`,
      },
    ]
  }
  const isServer = INTERPRETERS.test(program) && texts.length > 2
  const flag = isServer ? parsePort(flagValue(texts, ['--port']) ?? '') : undefined
  return flag === undefined ? [] : [{ ...common, first: flag, last: flag, confidence }]
}
