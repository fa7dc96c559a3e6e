/**
 * Replaces a file that a proxy reads, in one step: whoever reads it finds the old one or the new one,
 * never half of either. One writer at a time, since the draft beside it has one name.
 */
import { renameSync, writeFileSync } from 'node:fs'

/** Writes it as a whole and moves it there; the proxy, often another user, may read it. */
export function writeProxyFile(path: string, text: string): void {
  const draft = `${path}.new`
  writeFileSync(draft, text, { mode: 0o644 })
  renameSync(draft, path)
}
