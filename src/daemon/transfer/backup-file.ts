/**
 * A backup: one file, gzipped, one JSON value a line, with a digest over all of it. Where the server has
 * a master key, what is secret in it (the ledger's private key, settings) is sealed by that key; where
 * it has none, as in a workspace, the file is as secret as the workspace, and readable by its owner alone.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, linkSync, unlinkSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import { Sealing } from '../../database/sealing.ts'
import type { Clock } from '../../seams/clock.ts'
import { moveStore, type StorePart, type StoreSource, type StoreTarget } from './store-image.ts'

/** What a backup is written or read with. */
export interface BackupPlace {
  readonly file: string
  readonly clock: Clock
  /** The master key, where the server has one. */
  readonly key?: Uint8Array
}

const FORMAT = 1

const HEADER = z.object({
  rampart: z.literal('backup'),
  format: z.number().int(),
  isSealed: z.boolean(),
  writtenAtMs: z.number(),
  from: z.string(),
})
const END = z.object({ part: z.literal('end'), digest: z.string() })
const SEALED = z.object({ part: z.literal('sealed'), sealed: z.base64() })

const count = z.number().int().nonnegative()
/** What was written by this program; the chain itself is proved piece by piece after that. */
const PART = z.discriminatedUnion('part', [
  z.object({ part: z.literal('key'), privateKeyPem: z.string() }),
  z.object({
    ...{ part: z.literal('checkpoint'), number: count, position: count, hash: z.string() },
    ...{ atMs: z.number(), publicKey: z.string(), signature: z.string() },
  }),
  z.object({
    ...{ part: z.literal('head'), position: count, hash: z.string(), checkpoints: count },
    ...{ checkpointPosition: count, seal: z.string() },
  }),
  z.object({
    ...{ part: z.literal('link'), position: count, stream: z.string(), sequence: count },
    ...{ text: z.string(), hash: z.string() },
  }),
  z.object({
    ...{ part: z.literal('snapshot'), stream: z.string(), sequence: count, foldVersion: count },
    ...{ state: z.string(), seal: z.string() },
  }),
  z.object({
    ...{ part: z.literal('record'), collection: z.string(), key: z.string(), text: z.string() },
    ...{ version: count, updatedAtMs: z.number(), expiresAtMs: z.number().exactOptional() },
  }),
  z.object({ part: z.literal('floor'), collection: z.string(), version: count }),
  z.object({ part: z.literal('settings'), ramp: z.string(), settings: z.custom<object>() }),
])

/** A backup that is to be written, where no file is yet. It is read again, and proved, before it counts. */
export function backupTarget(place: BackupPlace, from: string): StoreTarget {
  const { file } = place
  return {
    subject: file,
    async write(pieces) {
      const draft = `${file}.${process.pid}.draft`
      try {
        const output = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true })
        await pipeline(Readable.from(linesOf(pieces, place, from)), createGzip(), output)
        await moveStore(backupSource({ ...place, file: draft }), nowhere())
        linkSync(draft, file)
      } catch (thrown) {
        throw fileFault(thrown, file)
      } finally {
        removeIfThere(draft)
      }
    },
  }
}

/** A backup that was written. */
export function backupSource(place: BackupPlace): StoreSource {
  return { subject: place.file, read: () => readBackup(place) }
}

async function* linesOf(
  pieces: AsyncIterable<StorePart>,
  { key, clock }: BackupPlace,
  from: string,
): AsyncGenerator<string> {
  const digest = createHash('sha256')
  const sealing = key && new Sealing(key, 'backup')
  const print = (value: object): string => {
    const line = `${JSON.stringify(value)}\n`
    digest.update(line)
    return line
  }
  const writtenAtMs = Math.trunc(clock.nowMs())
  const isSealed = sealing !== undefined
  yield print({ rampart: 'backup', format: FORMAT, isSealed, writtenAtMs, from })
  for await (const piece of pieces) {
    const isSecret = piece.part === 'key' || piece.part === 'settings'
    if (sealing === undefined || !isSecret) yield print(piece)
    else {
      const sealed = sealing.seal(JSON.stringify(piece), 'part').toString('base64')
      yield print({ part: 'sealed', sealed })
    }
  }
  yield `${JSON.stringify({ part: 'end', digest: digest.digest('hex') })}\n`
}

async function* readBackup({ file, key }: BackupPlace): AsyncGenerator<StorePart> {
  const digest = createHash('sha256')
  let open: ((line: string) => StorePart) | undefined
  let end: string | undefined
  for await (const line of plainLines(file)) {
    if (end !== undefined) throw unusable(file, 'Something follows after its end.')
    const ended = line.startsWith('{"part":"end"') ? END.parse(JSON.parse(line)) : undefined
    if (ended !== undefined) {
      end = ended.digest
      continue
    }
    digest.update(`${line}\n`)
    if (open === undefined) open = openerOf(parseHeader(line, file), file, key)
    else yield open(line)
  }
  if (end === undefined) throw unusable(file, 'Its end is missing: it was cut off.')
  if (end !== digest.digest('hex')) throw unusable(file, 'Its digest does not fit: it was altered.')
}

async function* plainLines(file: string): AsyncGenerator<string> {
  const input = createReadStream(file)
  const gunzip = createGunzip()
  // A file that cannot be read ends the lines with its own error.
  input.on('error', (thrown) => gunzip.destroy(thrown))
  const lines = createInterface({ input: input.pipe(gunzip), crlfDelay: Infinity })
  const failed = new Promise<never>((_, reject) => gunzip.once('error', reject))
  failed.catch(() => undefined)
  const iterator = lines[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), failed])
      if (next.done === true) break
      yield next.value
    }
    if (gunzip.errored !== null) throw gunzip.errored
  } catch (thrown) {
    throw fileFault(thrown, file)
  } finally {
    lines.close()
    input.destroy()
  }
}

function parseHeader(line: string, file: string): z.infer<typeof HEADER> {
  const header = HEADER.safeParse(parseJson(line, file)).data
  if (header === undefined) throw unusable(file, 'It does not begin as a backup of Rampart does.')
  if (header.format <= FORMAT) return header
  const hint = `It has format ${header.format}; this version of Rampart knows ${FORMAT}. Upgrade it.`
  throw unusable(file, hint)
}

function openerOf(
  { isSealed }: z.infer<typeof HEADER>,
  file: string,
  key: Uint8Array | undefined,
): (line: string) => StorePart {
  const sealing = key && new Sealing(key, 'backup')
  if (isSealed && sealing === undefined) {
    throw unusable(file, 'It is sealed. Give the master key it was sealed with: --key-file FILE.')
  }
  return (line) => {
    const value = parseJson(line, file)
    const sealed = isSealed ? SEALED.safeParse(value).data?.sealed : undefined
    if (sealed === undefined) return partOf(value, file)
    const text = sealing?.open(Buffer.from(sealed, 'base64'), 'part')
    if (text === undefined) throw unusable(file, 'It was sealed with another master key.')
    return partOf(parseJson(text, file), file)
  }
}

function partOf(value: unknown, file: string): StorePart {
  const part = PART.safeParse(value).data
  if (part === undefined) throw unusable(file, 'It holds a piece that Rampart never writes.')
  return part as StorePart
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unusable(file, 'It holds a line that is not JSON.')
  }
}

/** Takes everything in, for its proof alone. */
function nowhere(): StoreTarget {
  return {
    subject: 'nowhere',
    async write(pieces) {
      for await (const piece of pieces) void piece
    },
  }
}

function fileFault(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof Fault || !('code' in thrown)) return thrown
  if (thrown.code === 'EEXIST') {
    const hint = 'The file is there already. Name another one.'
    return new Fault({ code: 'store-occupied', operation: 'write a backup', subject: file, hint })
  }
  return unusable(file, `${file} cannot be read: ${thrown.message}.`)
}

function unusable(subject: string, hint: string): Fault {
  return new Fault({ code: 'backup-unusable', operation: 'use a backup', subject, hint })
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown
  }
}
