/**
 * Which ports a command line will listen on, and which it waits for. It is read and never run; words that
 * could mean anything (`-p` of a program that is not known) mean nothing here.
 */
import { fillIn } from '../found/variables.ts'
import type { CommandPort } from './command-port.ts'
import { flagValue } from './flag-value.ts'
import { awaitedBy, forwardedBy, inspected } from './side-ports.ts'
import { isAssignment, type SimpleCommand, splitAssignment, splitCommand } from './split-command.ts'
import { portsOfStranger, portsOfTool, toolOf, type ValueOf } from './tool-ports.ts'
import { TOOLS } from './tools.ts'

/** What a command line does. */
export interface ReadCommand {
  readonly ports: readonly CommandPort[]
  /** Scripts that it runs, and whether they run beside each other. */
  readonly scripts: readonly string[]
  /** Programs that are known to listen, whatever their port: their own settings then count. */
  readonly tools: readonly { readonly tool: string; readonly isTold: boolean }[]
}

/** Words that only start what follows them. */
const WRAPPERS = new Set([
  ...['npx', 'bunx', 'exec', 'dlx', 'x', 'env', 'cross-env', 'cross-env-shell', 'dotenv', 'sudo'],
  ...['time', 'nohup', 'bundle', 'poetry', 'pipenv', 'uv', 'pnpm', 'yarn', 'npm', 'bun', 'run'],
  ...['--', 'dotenvx', 'doppler', 'infisical', 'command', 'tini', 'dumb-init', 'python', 'python3'],
  ...['then', 'do', 'else', '!'],
])
const MOST_DEPTH = 4

/** Reads a line. */
export function readCommand(
  line: string,
  lookUp: ValueOf = () => undefined,
  depth = 0,
): ReadCommand {
  return together(splitCommand(line).map((command) => readSimpleCommand(command, lookUp, depth)))
}

function together(all: readonly ReadCommand[]): ReadCommand {
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
  if (lines.length > 0) return together(lines.map((line) => readCommand(line, known, depth + 1)))
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
    if (isAssignment(word)) variables.set(...splitAssignment(word))
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
  const executed = program === 'nodemon' ? flagValue(rest, ['--exec', '-x']) : undefined
  if (executed?.includes(' ')) return [executed]
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
