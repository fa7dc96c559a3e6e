/**
 * Fingerprints of settings: equal values have equal fingerprints within one workspace, and nobody can
 * tell a value from its fingerprint, since the key never leaves the workspace.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { printCanonicalJson } from '../core/units/json.ts'
import type { RampSettings } from '../seams/settings.ts'

const KEY_BYTES = 32

/** How much of a fingerprint is kept: enough that no two values share one by chance. */
const SHOWN_LENGTH = 32

/** The key of a workspace, made when there is none; whoever asks at the same time gets the same one. */
export async function openKey(file: string): Promise<Buffer> {
  const there = await readKey(file)
  if (there?.length === KEY_BYTES) return there
  const key = randomBytes(KEY_BYTES)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}.draft`
  await writeFile(draft, key, { mode: 0o600 })
  // One that was cut short by a crash is of no use to anybody.
  if (there !== undefined) {
    await rename(draft, file)
    return key
  }
  try {
    await link(draft, file)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return await readFile(file)
  } finally {
    await rm(draft, { force: true })
  }
}

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}

/** A fingerprint for every setting, by its name; `group/name` where a group has its own value. */
export function fingerprintsOf(
  key: Buffer,
  settings: RampSettings,
): Readonly<Record<string, string>> {
  const prints: Record<string, string> = {}
  for (const [name, value] of Object.entries(settings.values)) {
    prints[name] = fingerprintOf(key, name, value)
  }
  for (const [group, values] of Object.entries(settings.groups ?? {})) {
    for (const [name, value] of Object.entries(values)) {
      if (printCanonicalJson(value) === printCanonicalJson(settings.values[name] ?? null)) continue
      prints[`${group}/${name}`] = fingerprintOf(key, name, value)
    }
  }
  return prints
}

function fingerprintOf(key: Buffer, name: string, value: unknown): string {
  const text = printCanonicalJson([name, value])
  return createHmac('sha256', key).update(text).digest('hex').slice(0, SHOWN_LENGTH)
}
