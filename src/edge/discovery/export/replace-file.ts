/**
 * Changes a file of a project as a whole: whoever reads it sees the old one or the new one, also after a
 * crash. It never leaves the folder that it was given, through no link, and never undoes what somebody
 * else writes meanwhile.
 */
import type { BigIntStats } from 'node:fs'
import { lstat, open, readFile, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { Fault, isFault } from '../../../core/fault/fault.ts'

/** Which file. */
export interface FilePlace {
  /** The file, and what it links to, must be in this folder. */
  readonly root: string
  /** Below the root, or absolute. */
  readonly path: string
}

/** What the file is to hold, given what it holds; undefined: it is to be gone. */
export type FileChange = (before: Buffer | undefined) => Buffer | undefined

const TRIES = 5

/** Whoever owns the file may read it, and nobody else, until somebody decides otherwise. */
const NEW_MODE = 0o600

/**
 * Changes the file; what would leave it as it is writes nothing.
 *
 * @throws export-refused when it is not a file in that folder, or somebody else keeps changing it
 */
export async function replaceFile(place: FilePlace, change: FileChange): Promise<void> {
  try {
    for (let tries = 1; ; tries += 1) {
      if (await tryReplace(place, change)) return
      if (tries === TRIES) throw refused(place.path, 'somebody else keeps writing it; try again')
    }
  } catch (thrown) {
    if (isFault(thrown)) throw thrown
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw refused(place.path, `the file system says: ${why}`, thrown)
  }
}

/** A fault about such a file. */
export function refused(path: string, hint: string, cause?: unknown): Fault {
  return new Fault({ code: 'export-refused', operation: 'write', subject: path, hint, cause })
}

/** @returns false when somebody else has written it meanwhile */
async function tryReplace(place: FilePlace, change: FileChange): Promise<boolean> {
  const path = await findFile(place)
  const stats = await statOf(path)
  const before = stats === undefined ? undefined : await readFile(path)
  const after = change(before)
  if (after === undefined && before === undefined) return true
  if (after !== undefined && before?.equals(after) === true) return true
  const draft = join(dirname(path), `.${basename(path)}.rampart-${process.pid}`)
  try {
    if (after !== undefined) await writeDraft(draft, after, stats)
    if (!isSame(stats, await statOf(path))) return false
    if (after === undefined) await rm(path)
    else await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(dirname(path))
  return true
}

/** Where the file really is. */
async function findFile({ root, path }: FilePlace): Promise<string> {
  const home = await realpath(root)
  const asked = resolve(root, path)
  const folder = await realpath(dirname(asked))
  const found = join(folder, basename(asked))
  const stats = await statOf(found)
  const real = stats?.isSymbolicLink() === true ? await followLink(found, path) : found
  if (!isInside(home, real)) {
    throw refused(path, `it is outside of ${home}, as ${real}; name a file in that folder`)
  }
  const target = real === found ? stats : await statOf(real)
  if (target !== undefined && !target.isFile()) throw refused(path, 'it is not a regular file')
  return real
}

async function followLink(link: string, path: string): Promise<string> {
  try {
    return await realpath(link)
  } catch (cause) {
    throw refused(path, 'it is a link to nothing; remove the link', cause)
  }
}

function isInside(home: string, path: string): boolean {
  const way = relative(home, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

function isSame(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  const words = ['ino', 'size', 'mtimeNs', 'ctimeNs'] as const
  return words.every((word) => one?.[word] === other?.[word])
}

/** The new file, on disk, as readable as the old one. */
async function writeDraft(
  draft: string,
  bytes: Buffer,
  like: BigIntStats | undefined,
): Promise<void> {
  // What a crash of a process with this number has left would lend its mode to the new file.
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', NEW_MODE)
  try {
    await file.writeFile(bytes)
    if (like !== undefined) {
      const own = await file.stat()
      const isOthers = BigInt(own.uid) !== like.uid || BigInt(own.gid) !== like.gid
      if (isOthers) await file.chown(Number(like.uid), Number(like.gid))
      await file.chmod(Number(like.mode) & 0o7777)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
