/**
 * Releases: the files that the commands of a plan name, by their digests. That is what a component is
 * made of as far as its command tells: the program and its scripts, not what they load in turn.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname, isAbsolute, join, relative } from 'node:path'
import type { Plan, Stage } from '../core/plan/plan.ts'
import type { FileDigests } from '../core/why/circumstances.ts'

/** A file longer than this is data, or would take too long. @unit bytes */
const SIZE_MAX = 64 * 1024 * 1024

/** So many words of one command are looked at. */
const WORDS_MAX = 64

/** What a component writes to is no part of its release, although its command names it. */
const DATA = new Set(['.db', '.log', '.pid', '.sock', '.sqlite', '.sqlite3', '.tmp'])

/** The files that the command of each stage names, by stage; stages that name none are left out. */
export async function releasesOf(
  plan: Plan,
  directory: string,
): Promise<Readonly<Record<string, FileDigests>>> {
  const releases: Record<string, FileDigests> = {}
  for (const stage of plan.stages) {
    const digests = await releaseOf(stage, directory)
    if (Object.keys(digests).length > 0) releases[stage.name] = digests
  }
  return releases
}

async function releaseOf(stage: Stage, directory: string): Promise<FileDigests> {
  const { command, cwd } = stage.command?.input ?? {}
  if (!Array.isArray(command)) return {}
  const folder =
    typeof cwd === 'string' ? cwd.replaceAll(`\${run.directory}`, directory) : directory
  const digests: Record<string, string> = {}
  for (const word of wordsOf(command)) {
    const path = isAbsolute(word) ? word : join(folder, word)
    const digest = await digestOfFile(path)
    if (digest !== undefined) digests[nameFrom(directory, path)] = digest
  }
  return digests
}

/** Every word that may be a path; a command line that is handed to a shell is taken apart. */
function wordsOf(command: readonly unknown[]): readonly string[] {
  const texts = command.filter((word) => typeof word === 'string')
  const words = texts.flatMap((text) => [text, ...text.split(/[\s'"=;&|<>()]+/)])
  const paths = words.filter(
    (word) => word !== '' && word.length < 1_024 && !/[\0\n]|\$\{/.test(word) && !isData(word),
  )
  return [...new Set(paths)].slice(0, WORDS_MAX)
}

function isData(word: string): boolean {
  return DATA.has(extname(word).toLowerCase())
}

/** Undefined when there is no such file, or it cannot be read: then nothing is known of it. */
async function digestOfFile(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path)
    if (!found.isFile() || found.size > SIZE_MAX) return undefined
    const hash = createHash('sha256')
    for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
    return `sha256:${hash.digest('hex')}`
  } catch {
    return undefined
  }
}

function nameFrom(directory: string, path: string): string {
  const name = relative(directory, path)
  return name.startsWith('..') ? path : name
}
