/**
 * How a script of a package runs: what listens at one time, and what only after something else has ended.
 * Two servers of one script are in each other's way only when they are there together.
 */
import type { CommandPort } from './command-port.ts'
import { innerLines, readSimpleCommand, scriptsOf, unwrap } from './read-command.ts'
import { isAssignment, type SimpleCommand, splitAssignment, splitCommand } from './split-command.ts'
import type { ValueOf } from './tool-ports.ts'

/** What runs; `after`: one by one, `beside`: all at once. */
export type Run =
  | { readonly kind: 'ports'; readonly ports: readonly CommandPort[]; readonly folder: string }
  | ScriptRun
  | { readonly kind: 'after' | 'beside'; readonly runs: readonly Run[] }

/** A script of the package, with what is set before its line, and what is written behind it. */
export interface ScriptRun {
  readonly kind: 'script'
  readonly name: string
  readonly before: string
  readonly more: string
}

/** What is known where a line is read. */
export interface RunContext {
  readonly lookUp: ValueOf
  /** Whether a package has a script of that name, which may be a pattern. */
  isScript(name: string): boolean
  /** The folder that another one is called from here; undefined for none that is there. */
  folderAt(path: string, from: string): string | undefined
}

const MOST_DEPTH = 4
/** Words that say the script is one of another package, which has a file of its own. */
const ELSEWHERE =
  /^(?:-w|--workspaces?|--filter|-F|-r|--recursive|--prefix|-C|--cwd|--dir)(?:=|$)|^(?:workspaces?|-ws)$/

/** Reads a line. */
export function readRun(line: string, context: RunContext, depth = 0): Run {
  const runs: Run[] = []
  const background: Run[] = []
  const set = new Map<string, string>()
  let folder = ''
  for (const command of splitCommand(line)) {
    const settings = settingsOf(command)
    if (settings !== undefined) {
      for (const [name, value] of settings) set.set(name, value.trim())
      continue
    }
    if (command.words[0] === 'cd') {
      folder = context.folderAt(command.words[1] ?? '', folder) ?? folder
      continue
    }
    const own = { ...command, variables: new Map([...set, ...command.variables]) }
    const run = readOne(own, { context, folder, depth })
    if (command.isInBackground) background.push(run)
    else runs.push(run)
  }
  const main: Run = { kind: 'after', runs }
  return background.length === 0 ? main : { kind: 'beside', runs: [...background, main] }
}

/** `set A=1`, `export A=1` and `A=1` alone are for what follows. */
function settingsOf({
  words,
  variables,
}: SimpleCommand): readonly (readonly [string, string])[] | undefined {
  if (words.length === 0) return [...variables]
  if (!/^(set|export)$/.test(words[0] ?? '')) return undefined
  return words.slice(1).filter(isAssignment).map(splitAssignment)
}

interface Around {
  readonly context: RunContext
  readonly folder: string
  readonly depth: number
}

function readOne(command: SimpleCommand, around: Around): Run {
  const { context, depth } = around
  const variables = new Map(command.variables)
  const words = unwrap(command.words, variables)
  const known: ValueOf = (name) => variables.get(name) ?? context.lookUp(name)
  const [program = ''] = words
  const lines = depth < MOST_DEPTH ? innerLines(program, words) : []
  if (lines.length > 0) {
    const runs = lines.map((line) => readRun(line, { ...context, lookUp: known }, depth + 1))
    return { kind: 'beside', runs }
  }
  const read = readSimpleCommand(command, context.lookUp, depth)
  const ports: Run = { kind: 'ports', ports: read.ports, folder: folderOfWords(words, around) }
  const served = servedBy(words, around)
  if (served.length > 0) return { kind: 'beside', runs: [...served, ports] }
  const scripts = calledBy(command.words, { ...around, before: settingBefore(variables) })
  return scripts ?? ports
}

/** `start-server-and-test dev 3000 test`: scripts beside each other, each with what it waits for. */
function servedBy(words: readonly string[], { context, depth }: Around): readonly Run[] {
  if (!/^(start-server-and-test|server-test|start-test)$/.test(words[0] ?? '')) return []
  const operands = words.slice(1).filter((word) => !/^(-|\d+$|:|https?|tcp:)/.test(word))
  return operands.map((word) =>
    context.isScript(word)
      ? { kind: 'script', name: word, before: '', more: '' }
      : readRun(depth < MOST_DEPTH ? word : '', context, depth + 1),
  )
}

/** The scripts that a command runs; undefined for one that runs none. */
function calledBy(
  words: readonly string[],
  { context, before }: Around & { readonly before: string },
): Run | undefined {
  const start = words.findIndex((word) => /^(npm|pnpm|yarn|bun|npm-run-all2?|run-[ps])$/.test(word))
  const own = start === -1 ? [] : words.slice(start)
  const [program = '', second = ''] = own
  if (program === '') return undefined
  const none: Run = { kind: 'after', runs: [] }
  if (program.includes('run-') || program === 'npm-run-all') {
    const isBeside =
      program === 'run-p' || own.some((word) => /^(-p|--parallel|-l?p|--race)$/.test(word))
    const names = scriptsOf(own)
    return {
      kind: isBeside ? 'beside' : 'after',
      runs: names.map((name) => ({ kind: 'script', name, before, more: '' })),
    }
  }
  const isShort = /^(pnpm|bun|yarn)$/.test(program) && context.isScript(second)
  const [name] = isShort ? [second] : scriptsOf(own)
  if (name === undefined) return undefined
  if (own.some((word) => ELSEWHERE.test(word))) return none
  const at = own.indexOf(name)
  const dashes = own.indexOf('--', at)
  const from = dashes === -1 ? (program === 'npm' ? own.length : at + 1) : dashes + 1
  const more = own.slice(from).map(quoted).join(' ')
  return { kind: 'script', name, before, more }
}

/** What a script inherits that says where it listens. */
function settingBefore(variables: ReadonlyMap<string, string>): string {
  return [...variables]
    .filter(([name]) => /(^|_)PORT$|^HOST$|^NODE_OPTIONS$/.test(name))
    .map(([name, value]) => `export ${name}=${quoted(value)}; `)
    .join('')
}

function quoted(word: string): string {
  return /^[\w./:=@,+%*-]+$/.test(word) ? word : `"${word.replaceAll(/(["\\$`])/g, '\\$1')}"`
}

/** Programs may be told of the folder they are to serve: `next dev apps/web`. */
function folderOfWords(words: readonly string[], { context, folder }: Around): string {
  for (const word of words.slice(1)) {
    if (word.startsWith('-') || !/^[\w@./-]+$/.test(word)) continue
    const found = context.folderAt(word, folder)
    if (found !== undefined) return found
  }
  return folder
}
