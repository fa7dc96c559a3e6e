/** Reads whom a contract trusts: certificates as PEM text, or the path of a file that holds them. */
import { readFile } from 'node:fs/promises'

/** The certificates; undefined when the system's own are meant; `unreadable` when the file is. */
export async function readAuthorities(ca: string | undefined): Promise<string | undefined> {
  if (ca === undefined || ca.includes('-----BEGIN')) return ca
  return await readFile(ca, 'utf8').catch(() => 'unreadable')
}
