/** Paths within the folder that is scanned: relative, with slashes, `` for the folder itself. */
import { posix } from 'node:path'

/** The folder a file is in. */
export function folderOf(path: string): string {
  const folder = posix.dirname(path)
  return folder === '.' ? '' : folder
}

/** The name of a file without its folders. */
export function nameOf(path: string): string {
  return posix.basename(path)
}

/** A path as seen from a folder; undefined when it leads out of what is scanned. */
export function within(folder: string, path: string): string | undefined {
  if (path.startsWith('/') || path.startsWith('~')) return undefined
  const joined = posix.normalize(posix.join(folder, path)).replace(/\/$/, '')
  if (joined === '..' || joined.startsWith('../')) return undefined
  return joined === '.' ? '' : joined
}

/** What a folder is called; the scanned folder itself is `.`. */
export function calledBy(folder: string): string {
  return folder === '' ? '.' : posix.basename(folder)
}

/** Whether a path is the folder or below it. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`)
}
