/**
 * Looks at a path once: what stands there and, as far as that is asked for, what it holds. Reads only
 * regular files, so that no pipe or device can hang it, and no more than it was told to read. Whether
 * the file changed meanwhile is found by its own time and size before and after.
 */
import { createHash } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import type { FileInput, FileType } from './file-input.ts'

/** What was seen at the path. */
export type Look =
  | { readonly found: 'nothing' }
  | { readonly found: 'unreadable'; readonly code: string }
  | ({ readonly found: 'something' } & Found)

/** What stands at the path. */
export interface Found {
  readonly type: FileType | 'other'
  /** @unit bytes */
  readonly size: number
  readonly modifiedAtMs: number
  /** Changes whenever the file is written, replaced, or its time is set. */
  readonly fingerprint: string
  /** Absent: it was not asked for, could not be read to its end, or is too large. */
  readonly text?: string
  readonly sha256?: string
  /** Whether reading ended early, because time was up or the file changed. */
  readonly brokenOff?: 'ABORTED' | 'CHANGED'
}

const CHUNK_BYTES = 65_536

/** Looks once; never rejects. */
export async function look(
  input: FileInput,
  known: { readonly fingerprint: string; readonly sha256: string } | undefined,
  signal: AbortSignal,
): Promise<Look> {
  try {
    const before = describe(await stat(input.path, { bigint: true }))
    const needsText = input.content !== undefined || input.json
    const needsDigest = input.sha256 !== undefined && known?.fingerprint !== before.fingerprint
    const kept = input.sha256 === undefined || needsDigest || known === undefined ? {} : known
    const found = { found: 'something' as const, ...before }
    if (before.type !== 'file' || (!needsText && !needsDigest)) {
      return { ...found, ...sha256Of(kept) }
    }
    const mayRead = needsText && before.size <= input.readBytesMax
    const read = await readFile(input.path, { mayKeep: mayRead, needsDigest, signal })
    if (read === 'ABORTED') return { ...found, brokenOff: 'ABORTED' }
    if (read.fingerprint !== before.fingerprint) return { ...found, brokenOff: 'CHANGED' }
    return {
      ...found,
      ...sha256Of(read.sha256 === undefined ? kept : { sha256: read.sha256 }),
      ...(mayRead ? { text: read.text } : {}),
    }
  } catch (thrown) {
    const code = codeOf(thrown)
    return code === 'ENOENT' ? { found: 'nothing' } : { found: 'unreadable', code }
  }
}

function sha256Of(kept: { readonly sha256?: string }): { readonly sha256?: string } {
  return kept.sha256 === undefined ? {} : { sha256: kept.sha256 }
}

interface ReadOptions {
  readonly mayKeep: boolean
  readonly needsDigest: boolean
  readonly signal: AbortSignal
}

interface Read {
  readonly text: string
  readonly sha256: string | undefined
  readonly fingerprint: string
}

async function readFile(path: string, options: ReadOptions): Promise<Read | 'ABORTED'> {
  const { mayKeep, needsDigest, signal } = options
  // A pipe that took the file's place meanwhile must not hold up the opening.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const { size } = await file.stat()
    const hash = createHash('sha256')
    const chunks: Buffer[] = []
    for (let offset = 0; (mayKeep || needsDigest) && offset < size; ) {
      if (signal.aborted) return 'ABORTED'
      const chunk = await readChunk(file, offset, Math.min(CHUNK_BYTES, size - offset))
      if (chunk.length === 0) break
      if (needsDigest) hash.update(chunk)
      if (mayKeep) chunks.push(chunk)
      offset += chunk.length
    }
    const { fingerprint } = describe(await file.stat({ bigint: true }))
    return {
      text: Buffer.concat(chunks).toString('utf8'),
      sha256: needsDigest ? hash.digest('hex') : undefined,
      fingerprint,
    }
  } finally {
    await file.close()
  }
}

async function readChunk(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(chunk, 0, length, offset)
  return chunk.subarray(0, bytesRead)
}

function describe(stats: BigIntStats): Found {
  const type = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'folder'
      : stats.isSocket()
        ? 'socket'
        : 'other'
  const { dev, ino, size, mtimeNs, ctimeNs } = stats
  return {
    type,
    size: Number(size),
    modifiedAtMs: Number(mtimeNs / 1_000_000n),
    fingerprint: [dev, ino, size, mtimeNs, ctimeNs].join(':'),
  }
}

function codeOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : 'UNKNOWN'
}
