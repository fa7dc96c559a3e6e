/**
 * Which ports a command line will listen on, and which it waits for. It is read and never run; words that
 * could mean anything (`-p` of a program that is not known) mean nothing here.
 */
import { EVERY_ADDRESS, LOOPBACK } from '../../core/port/port-claim.ts'
import { connectionsIn } from '../found/connections.ts'
import type { Confidence, PortSpan } from '../found/found-port.ts'
import { addressesOf, parseEndpoint, parsePort, parseSpan } from '../found/port-words.ts'
import { fillIn } from '../found/variables.ts'
import type { CommandPort } from './command-port.ts'
import { flagValue, shortened } from './flag-value.ts'
import { type SimpleCommand, splitAssignment, splitCommand } from './split-command.ts'
import { TOOLS, type Tool } from './tools.ts'

/** What a command line does. */
export interface ReadCommand {
  readonly ports: readonly CommandPort[]
  /** Scripts that it runs, and whether they run beside each other. */
  readonly scripts: readonly string[]
  /** Programs that are known to listen, whatever their port: their own settings then count. */
  readonly tools: readonly { readonly tool: string; readonly isTold: boolean }[]
}

/** What a variable holds. */
export type ValueOf = (name: string) => string | undefined

/** Words that only start what follows them. */
const WRAPPERS = new Set([
  ...['npx', 'bunx', 'exec', 'dlx', 'x', 'env', 'cross-env', 'cross-env-shell', 'dotenv', 'sudo'],
  ...['time', 'nohup', 'bundle', 'poetry', 'pipenv', 'uv', 'pnpm', 'yarn', 'npm', 'bun', 'run'],
  ...['--', 'dotenvx', 'doppler', 'infisical', 'command', 'tini', 'dumb-init', 'python', 'python3'],
])
const INTERPRETERS =
  /^(node|nodejs|tsx|ts-node|ts-node-dev|nodemon|bun|deno|python3?|ruby|java|go|cargo|dotnet|php)$/
const MOST_DEPTH = 4

/** Reads a line. */
export function readCommand(
  line: string,
  lookUp: ValueOf = () => undefined,
  depth = 0,
): ReadCommand {
  const all = splitCommand(line).map((command) => readSimpleCommand(command, lookUp, depth))
  return {
    ports: all.flatMap(({ ports }) => ports),
    scripts: all.flatMap(({ scripts }) => scripts),
    tools: all.flatMap(({ tools }) => tools),
  }
}

const NOTHING: ReadCommand = { ports: [], scripts: [], tools: [] }

/** Reads one command of a line. */
export function readSimpleCommand(
  command: SimpleCommand,
  lookUp: ValueOf,
  depth: number,
): ReadCommand {
  const variables = new Map(command.variables)
  const known: ValueOf = (name) => variables.get(name) ?? lookUp(name)
  const words = command.words.map((word) => fillIn(word, known))
  const texts = unwrap(
    words.map(({ text }) => text),
    variables,
  )
  const isFilled = words.some((word) => word.isFilled)
  const [program = ''] = texts
  const lines = depth < MOST_DEPTH ? innerLines(program, texts) : []
  if (lines.length > 0) {
    const inner = lines.map((line) => readCommand(line, known, depth + 1))
    return {
      ports: inner.flatMap(({ ports }) => ports),
      scripts: inner.flatMap(({ scripts }) => scripts),
      tools: inner.flatMap(({ tools }) => tools),
    }
  }
  const scripts = scriptsOf(command.words)
  if (scripts.length > 0) return { ...NOTHING, scripts }
  const awaited = awaitedBy(program, texts)
  if (awaited !== undefined) return { ...NOTHING, ports: awaited }
  const forwarded = forwardedBy(program, texts)
  if (forwarded !== undefined) return { ...NOTHING, ports: forwarded }
  const confidence = isFilled ? 'interpolated' : 'explicit'
  const tool = toolOf(texts)
  const told = { texts, confidence, variables, known } as const
  const found = tool === undefined ? portsOfStranger(told) : portsOfTool(tool, told)
  // A number that stands there is none that was filled in, whatever else was.
  const written = command.words
    .filter((word) => !word.includes('$'))
    .join(' ')
    .split(/\D+/)
  const main = found.map(
    (one): CommandPort =>
      one.confidence === 'interpolated' && written.includes(String(one.first))
        ? { ...one, confidence: 'explicit' }
        : one,
  )
  const tools =
    tool === undefined
      ? []
      : [{ tool: tool.tool, isTold: main.some((one) => one.confidence !== 'default') }]
  return { ports: [...main, ...inspected(texts, variables)], scripts: [], tools }
}

/** The words without those that only start what follows; variables given on the way are kept. */
export function unwrap(
  words: readonly string[],
  variables: Map<string, string>,
): readonly string[] {
  let at = 0
  while (at < words.length) {
    const word = words[at] ?? ''
    const isPython = /^python3?$/.test(word) && !/manage\.py$/.test(words[at + 1] ?? '')
    if (/^[A-Za-z_]\w*=/.test(word)) variables.set(...splitAssignment(word))
    else if (word.startsWith('-') && at > 0 && !/^--?(port|p|inspect)/.test(word)) {
      if (/^-[fe]$/.test(word)) at += 1
    } else if (!WRAPPERS.has(word) || isPython || isPackageScript(words, at)) break
    at += 1
  }
  return words.slice(at)
}

/** `npm run x`, `yarn x`: what runs is a script, not a program of that name. */
function isPackageScript(words: readonly string[], at: number): boolean {
  return /^(npm|pnpm|yarn|bun)$/.test(words[at] ?? '') && scriptsOf(words.slice(at)).length > 0
}

/** The lines that a command was given to run, all at once. */
export function innerLines(program: string, words: readonly string[]): readonly string[] {
  const rest = words.slice(1)
  if (/^(concurrently|conc)$/.test(program))
    return operands(rest, ['-n', '-c', '--names']).map(ofConcurrently)
  if (/^(sh|bash|zsh)$/.test(program) && /^-\w*c$/.test(rest[0] ?? '')) return rest.slice(1, 2)
  return []
}

/** `npm:dev:*` of concurrently is a script. */
function ofConcurrently(word: string): string {
  return word.replace(/^(npm|yarn|pnpm|bun|node):/, 'npm run ')
}

/** The words that are no flags and no values of these flags. */
function operands(words: readonly string[], taking: readonly string[]): readonly string[] {
  return words.filter(
    (word, index) => !word.startsWith('-') && !taking.includes(words[index - 1] ?? ''),
  )
}

/** The scripts of a package that a command runs. */
export function scriptsOf(words: readonly string[]): readonly string[] {
  const [program = '', second = '', third = ''] = words.filter(
    (word, index) => index === 0 || !/^-(?!-?(p|s)$)/.test(word),
  )
  if (/^(npm-run-all|npm-run-all2|run-p|run-s)$/.test(program)) return operands(words.slice(1), [])
  if (!/^(npm|pnpm|yarn|bun)$/.test(program)) return []
  if (second === 'run' || second === 'run-script') return third === '' ? [] : [third]
  if (/^(start|test)$/.test(second) && program !== 'bun') return [second]
  const isOwn = /^(exec|dlx|x|install|i|ci|add|create|init|publish|workspace|workspaces|build)$/
  return program === 'yarn' && second !== '' && !isOwn.test(second) && !isProgram(second)
    ? [second]
    : []
}

function isProgram(word: string): boolean {
  return TOOLS.some(({ call }) => call === word || call.startsWith(`${word} `))
}

/** The tool that the first words call; the most words decide. */
function toolOf(words: readonly string[]): Tool | undefined {
  const [first = '', ...rest] = words
  const program = first
    .replace(/^.*node_modules\/\.bin\//, '')
    .replace(/^(\.\/)?(?:.*\/)?(manage\.py)$/, '$2')
  const subcommand = rest.find((word) => !word.startsWith('-')) ?? ''
  const flat = [program, ...rest].join(' ')
  const fits = TOOLS.filter(({ call }) => {
    const parts = call.split(' ')
    if (parts.length === 1) return call === program && !isSubcommand(program, subcommand)
    return (
      flat === call ||
      flat.startsWith(`${call} `) ||
      (parts.length === 2 && parts[0] === program && parts[1] === subcommand)
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

interface Told {
  readonly texts: readonly string[]
  readonly confidence: Confidence
  readonly variables: ReadonlyMap<string, string>
  readonly known: ValueOf
}

function portsOfTool(tool: Tool, told: Told): readonly CommandPort[] {
  const { texts } = told
  const common = {
    tool: tool.tool,
    isHttp: tool.isHttp === true,
    protocol: 'tcp',
    stance: 'claim',
  } as const
  const flag = flagValue(texts, tool.flags)
  const host = flagValue(texts, tool.hosts ?? [])
  const word =
    tool.takesWord === true ? texts.slice(1).find((one) => parseEndpoint(one)) : undefined
  const endpoint = [flag, host, word]
    .map((one) => endpointOf(one?.replace(/^tcp:\/\//, '')))
    .find((one) => one !== undefined)
  const addresses =
    host === undefined && !texts.includes('--host') ? tool.addresses : hostAddresses(host)
  if (endpoint !== undefined) {
    const named = endpoint.host === '' ? addresses : addressesOf(endpoint.host)
    return [
      {
        ...common,
        ...endpoint.span,
        addresses: named,
        confidence: told.confidence,
        text: shortened(texts),
      },
    ]
  }
  if (flag !== undefined && parsePort(flag) === undefined) return []
  const set = tool.obeysPort === true ? told.known('PORT') : undefined
  const port = set === undefined ? undefined : parsePort(fillIn(set, told.known).text)
  if (port !== undefined) {
    const confidence =
      told.variables.has('PORT') && !set?.includes('$') ? 'explicit' : 'interpolated'
    return [
      {
        ...common,
        first: port,
        last: port,
        addresses,
        confidence,
        text: `PORT=${port} ${shortened(texts)}`,
      },
    ]
  }
  if (set !== undefined && told.variables.has('PORT')) return []
  const because = `the default of ${tool.call}`
  return [
    {
      ...common,
      first: tool.port,
      last: tool.port,
      addresses,
      confidence: 'default',
      text: shortened(texts),
      because,
    },
  ]
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
function portsOfStranger({ texts, confidence, variables, known }: Told): readonly CommandPort[] {
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

/** `--inspect` of Node, also in NODE_OPTIONS. */
function inspected(
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

function awaitedBy(program: string, words: readonly string[]): readonly CommandPort[] | undefined {
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
function forwardedBy(
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
