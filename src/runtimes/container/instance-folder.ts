/**
 * The files of the starts: `<folder>/<slug>/<number>/` holds `instance.json` (what was meant),
 * `made` (the container's id, once there is one), `asked.json` (that it is to end), `ended.json`, and
 * the output in `out` and `err`. A folder appears whole or not at all, by renaming.
 */
import {
  closeSync,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { slugOf, subjectOf } from '../subject/subject-folder.ts'
import { type ContainerRecord, type Ended, parseEnded, parseRecord } from './record.ts'

const syncToDisk = promisify(fsync)

/** What is on the disk of one start. */
export interface InstanceFiles {
  readonly path: string
  readonly record: ContainerRecord
  /** The container's id; undefined while none is known to have been made. */
  readonly made: string | undefined
  readonly ended: Ended | undefined
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

/** A subject's starts, oldest first; those whose record is torn are left out. */
export function readInstances(subjectFolder: string): readonly InstanceFiles[] {
  return readNames(subjectFolder)
    .filter((name) => /^[1-9]\d*$/.test(name))
    .sort((one, other) => Number(one) - Number(other))
    .flatMap((name) => readInstance(join(subjectFolder, name)) ?? [])
}

function readInstance(path: string): InstanceFiles | undefined {
  const text = readIfThere(join(path, 'instance.json'))
  const record = text === undefined ? undefined : parseRecord(text)
  if (record === undefined) return undefined
  const end = readIfThere(join(path, 'ended.json'))
  return {
    path,
    record,
    made: readIfThere(join(path, 'made')),
    ended: end === undefined ? undefined : parseEnded(end),
  }
}

/**
 * Makes the folder of a start, and waits until its record would survive a loss of power.
 *
 * @returns undefined when the number is taken
 */
export async function createInstance(
  subjectFolder: string,
  record: ContainerRecord,
): Promise<InstanceFiles | undefined> {
  const draft = join(subjectFolder, `draft-${process.pid}-${record.number}`)
  const path = join(subjectFolder, String(record.number))
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { mode: 0o700 })
  // Conditions may read the output from the first moment on, before there is any.
  for (const name of ['out', 'err']) writeFileSync(join(draft, name), '', { mode: 0o600 })
  const file = openSync(join(draft, 'instance.json'), 'wx', 0o600)
  try {
    writeSync(file, JSON.stringify(record))
    if (!renamed(draft, path)) return undefined
    await syncToDisk(file)
  } finally {
    closeSync(file)
  }
  return { path, record, made: undefined, ended: undefined }
}

/** Keeps one fact of a start; nothing is kept when somebody has removed the folder. */
export function writeFact(path: string, name: 'made' | 'ended.json', text: string): void {
  const draft = join(path, `${name}.draft`)
  absentIsUndefined(() => {
    writeFileSync(draft, text, { mode: 0o600 })
    renameSync(draft, join(path, name))
  })
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
