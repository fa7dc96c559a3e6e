/** Files that a command writes for a person. What is there already is never overwritten. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Fault } from '../core/fault/fault.ts'

/**
 * Writes a file that is not there yet, and its folder.
 *
 * @throws contract-exists, contract-unwritable
 */
export function writeNewFile(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    const operation = 'write contract'
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && basename(file) !== '') {
      const hint = `${file} is there already and is left as it is.`
      throw new Fault({ code: 'contract-exists', operation, subject: file, hint, cause: error })
    }
    const hint = `${file} could not be written: ${(error as Error).message}`
    throw new Fault({ code: 'contract-unwritable', operation, subject: file, hint, cause: error })
  }
}

/** The name of a folder as a name of a contract: lower-case letters, digits and dashes. */
export function contractNameOf(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '')
  return /^[a-z]/.test(name) ? name : 'app'
}
