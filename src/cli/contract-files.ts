/**
 * Finding and reading contracts: a file, a folder of files, or what stands in the folder the command
 * was called in. `rampart.config.ts` is a program of the user's own and is run; the rest is only read.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseDocuments } from '../contracts/document/parse-documents.ts'
import {
  type AnyContract,
  filesUsed,
  type ParsedContracts,
  parseContracts,
  type ReadPart,
  type SourceValue,
} from '../contracts/index.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import type { Json } from '../core/units/json.ts'

/** Names under which contracts are found when none is given, the first one that exists. */
const USUAL_NAMES = ['rampart.yaml', 'rampart.yml', 'rampart.json', 'rampart.config.ts', 'rampart']

/** Endings of files in a folder of contracts. */
const ENDINGS = ['.yaml', '.yml', '.json']

/** The largest file that is read at all; the parser's own limit is lower and says more. @unit bytes */
const FILE_LIMIT = 16 * 1024 * 1024

/** What was read, as the parser takes it. */
export type Source = { readonly path: string; readonly text: string } | SourceValue

/** Contracts with the texts they stand in. */
export interface LoadedContracts extends ParsedContracts {
  readonly sources: readonly Source[]
  /** What was looked at: the file or the folder, absolute. */
  readonly path: string
}

/**
 * Reads the contracts at a path, relative to a folder; or the usual one of that folder.
 *
 * @throws contract-absent when there is nothing to read
 * @throws contract-unreadable when it cannot be read, or the program of a config file fails
 */
export async function loadContracts(cwd: string, path?: string): Promise<LoadedContracts> {
  const found = path === undefined ? findUsual(cwd) : resolve(cwd, path)
  const files = filesAt(found)
  const sources: Source[] = []
  for (const file of files) sources.push(await readSource(cwd, file))
  const parts = readParts(cwd, sources)
  return { ...parseContracts(sources, parts), sources, path: found }
}

/**
 * Reads the files that contracts use. What is not there, or holds no single document, is left out, and
 * said to be missing where it is used.
 */
function readParts(cwd: string, sources: readonly Source[]): ReadPart {
  const read = new Map<string, Json>()
  for (const { source, file } of filesUsed(sources)) {
    const path = resolve(cwd, dirname(source), file)
    if (read.has(path) || !isThere(path) || statSync(path).size > FILE_LIMIT) continue
    const { documents, issues } = parseDocuments({ path, text: readFileSync(path, 'utf8') })
    const [document] = documents
    if (document !== undefined && documents.length === 1 && issues.length === 0) {
      read.set(path, document.value)
    }
  }
  return (source, file) => read.get(resolve(cwd, dirname(source), file))
}

/** Absolute path of the folder in which a contract's own relative paths begin. */
export function folderOf(cwd: string, contract: AnyContract): string {
  return dirname(isAbsolute(contract.file) ? contract.file : resolve(cwd, contract.file))
}

function findUsual(cwd: string): string {
  const found = USUAL_NAMES.map((name) => join(cwd, name)).find((file) => isThere(file))
  if (found !== undefined) return found
  const hint = `There is no contract in ${cwd}; looked for ${USUAL_NAMES.join(', ')}/.`
  throw new Fault({ code: 'contract-absent', operation: 'find contract', subject: cwd, hint })
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function filesAt(path: string): readonly string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) {
    const hint = `There is no file or folder ${path}.`
    throw new Fault({ code: 'contract-absent', operation: 'find contract', subject: path, hint })
  }
  if (!stat.isDirectory()) return [path]
  const usual = USUAL_NAMES.map((name) => join(path, name)).find((file) => isThere(file))
  if (usual !== undefined && usual !== path) return filesAt(usual)
  const files = readdirSync(path)
    .filter((name) => ENDINGS.includes(extname(name)) || name === 'rampart.config.ts')
    .sort()
    .map((name) => join(path, name))
  if (files.length > 0) return files
  const hint = `The folder ${path} holds no ${ENDINGS.join(', ')} file and no rampart.config.ts.`
  throw new Fault({ code: 'contract-absent', operation: 'find contract', subject: path, hint })
}

async function readSource(cwd: string, file: string): Promise<Source> {
  const shown = relative(cwd, file)
  const path = shown === '' || shown.startsWith(join('..', '..')) ? file : shown
  try {
    if (['.ts', '.mts', '.js', '.mjs'].includes(extname(file))) {
      return { path, value: await runConfig(file) }
    }
    if (statSync(file).size > FILE_LIMIT) throw unreadable(path, 'it is larger than 16 MiB')
    return { path, text: readFileSync(file, 'utf8') }
  } catch (error) {
    if (isFault(error)) throw error
    throw unreadable(path, error instanceof Error ? error.message : String(error), error)
  }
}

function unreadable(path: string, why: string, cause?: unknown): Fault {
  const hint = `${path} could not be read: ${why}`
  const code = 'contract-unreadable'
  return new Fault({ code, operation: 'read contract', subject: path, hint, cause })
}

/** What a config file exports: one document or several, under `default` or as named exports. */
async function runConfig(file: string): Promise<unknown> {
  const module: Record<string, unknown> = await import(pathToFileURL(file).href)
  const exported = module['default'] ?? Object.values(module)
  return Array.isArray(exported) && exported.length === 1 ? exported[0] : exported
}

/**
 * The one contract that is meant: by name (`shop`, `Ports/shop`), or the only one there is.
 *
 * @throws contract-ambiguous, contract-absent naming those that there are
 */
export function chooseContract(loaded: LoadedContracts, name?: string): AnyContract {
  const { contracts } = loaded
  // Two kinds may have one of the same name; then the kind tells them apart.
  const callOf = (one: AnyContract): string =>
    contracts.filter((other) => other.name === one.name).length > 1
      ? `${one.kind}/${one.name}`
      : one.name
  const names = contracts.map(callOf).join(', ')
  const matching =
    name === undefined
      ? contracts
      : contracts.filter((one) => one.name === name || `${one.kind}/${one.name}` === name)
  const [chosen] = matching
  if (chosen !== undefined && matching.length === 1) return chosen
  const subject = name ?? basename(loaded.path)
  const operation = 'choose contract'
  if (chosen === undefined) {
    const hint = name === undefined ? 'There is no contract in it.' : `There are: ${names}.`
    throw new Fault({ code: 'contract-absent', operation, subject, hint })
  }
  const hint = `There are several: ${names}. Say which one with --name.`
  throw new Fault({ code: 'contract-ambiguous', operation, subject, hint })
}
