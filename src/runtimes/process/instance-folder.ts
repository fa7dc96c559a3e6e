/**
 * The files of the starts: `<folder>/<slug>/<number>/` holds `instance.json` (what was meant),
 * `pid` (the wrapper's claim), `asked.json` (that it is to end), `exit` (its exit code), `ended.json`
 * (what the daemon saw instead), and the raw `out` and `err`. A folder appears whole or not at all, by renaming.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type HowEnded, parseExitFile } from '../subject/exit-code.ts'
import { slugOf, subjectOf } from '../subject/subject-folder.ts'
import { type Ended, type InstanceRecord, parseEnded, parseRecord } from './record.ts'

const RECORD = 'instance.json'

/** A start and where its files lie. */
export interface InstanceFolder {
  readonly path: string
  readonly record: InstanceRecord
}

/** Every subject that was ever started below `folder`. */
export function readSubjects(folder: string): readonly string[] {
  return readNames(folder).flatMap((slug) => subjectOf(slug) ?? [])
}

/** The folder of a subject; made when it is not there. */
export function openSubjectFolder(folder: string, subject: string): string {
  const path = join(folder, slugOf(subject))
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

/** The numbers of a subject's starts, oldest first. */
export function readNumbers(subjectFolder: string): readonly number[] {
  return readNames(subjectFolder)
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .sort((one, other) => one - other)
}

/** One start; undefined when its record cannot be read (torn by a loss of power). */
export function readInstance(subjectFolder: string, number: number): InstanceFolder | undefined {
  const path = join(subjectFolder, String(number))
  const text = readIfThere(join(path, RECORD))
  const record = text === undefined ? undefined : parseRecord(text)
  return record === undefined ? undefined : { path, record }
}

/**
 * Makes the folder of a new start. From now on it outlives this process, but not yet a loss of power.
 *
 * @returns undefined when somebody else has taken the number
 */
export function createInstance(
  subjectFolder: string,
  record: InstanceRecord,
): InstanceFolder | undefined {
  const draft = join(subjectFolder, `draft-${process.pid}-${record.number}`)
  const path = join(subjectFolder, String(record.number))
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { mode: 0o700 })
  writeFileSync(join(draft, RECORD), JSON.stringify(record), { flag: 'wx', mode: 0o600 })
  return renamed(draft, path) ? { path, record } : undefined
}

/** Waits until the record of a start would survive a loss of power. */
export async function syncInstance(path: string): Promise<void> {
  const file = await open(join(path, RECORD))
  try {
    // One sync after the renaming takes both to the disk on journaling file systems.
    await file.sync()
  } finally {
    await file.close()
  }
}

function renamed(draft: string, path: string): boolean {
  try {
    renameSync(draft, path)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    rmSync(draft, { recursive: true, force: true })
    return false
  }
}

/** What the wrapper claimed; undefined while there is no whole claim. */
export function readClaim(path: string): string | undefined {
  const text = readIfThere(join(path, 'pid'))
  return text?.endsWith('\n') === true ? text.trimEnd() : undefined
}

/**
 * Takes the claim so that no wrapper ever will: the start can no longer happen.
 *
 * @returns false when a wrapper was faster
 */
export function voidClaim(path: string): boolean {
  try {
    writeFileSync(join(path, 'pid'), 'void\n', { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** What the wrapper, or else the daemon, has written about the end. */
export function readEnd(path: string): Ended | undefined {
  const how = readExit(path)
  if (how !== undefined) {
    const endedAtMs = Math.round(statSync(join(path, 'exit')).mtimeMs)
    return { status: 'exited', ...how, endedAtMs }
  }
  const text = readIfThere(join(path, 'ended.json'))
  return text === undefined ? undefined : parseEnded(text)
}

function readExit(path: string): HowEnded | undefined {
  const text = readIfThere(join(path, 'exit'))
  return text === undefined ? undefined : parseExitFile(text)
}

/** Keeps an end that no `exit` file tells; nothing is kept when somebody has removed the folder. */
export function writeEnd(path: string, ended: Ended): void {
  const draft = join(path, 'ended.draft')
  absentIsUndefined(() => {
    writeFileSync(draft, JSON.stringify(ended), { mode: 0o600 })
    renameSync(draft, join(path, 'ended.json'))
  })
}

/** Removes a start that is no longer of interest. */
export async function removeInstance(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}

function readNames(folder: string): readonly string[] {
  return absentIsUndefined(() => readdirSync(folder)) ?? []
}

function readIfThere(path: string): string | undefined {
  return absentIsUndefined(() => readFileSync(path, 'utf8'))
}

function absentIsUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
