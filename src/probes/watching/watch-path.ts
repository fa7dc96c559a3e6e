/**
 * Watches a path that may not exist yet: its folder or, while that is missing as well, the nearest
 * folder above that is there. A folder that cannot be watched is polled instead, as the seam allows.
 */
import { type FSWatcher, type Stats, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/**
 * Calls `changed` whenever what stands at the path may have changed.
 *
 * @param path absolute
 * @returns stops watching; idempotent
 */
export function watchPath(path: string, changed: () => void): () => void {
  const watching = new PathWatching(path, changed)
  watching.arm()
  return () => watching.close()
}

class PathWatching {
  readonly #path: string
  readonly #changed: () => void
  #watcher: FSWatcher | undefined
  /** Which folder is watched: a folder that was made anew has another inode. */
  #key = ''
  #isClosed = false

  constructor(path: string, changed: () => void) {
    this.#path = path
    this.#changed = changed
  }

  /** Watches the nearest folder, unless it is watched already. */
  arm(): void {
    const { folder, entry, key } = findNearest(this.#path)
    if (this.#isClosed || key === this.#key) return
    this.#watcher?.close()
    this.#watcher = watchFolder(folder, (name) => this.#heard(name, entry))
    this.#key = this.#watcher === undefined ? '' : key
    // What came between looking and watching would be missed otherwise.
    if (this.#watcher !== undefined && findNearest(this.#path).key !== key) this.arm()
  }

  close(): void {
    this.#isClosed = true
    this.#watcher?.close()
  }

  #heard(name: string | null, entry: string): void {
    if (this.#isClosed) return
    const keyBefore = this.#key
    this.arm()
    if (name === null || name === entry || this.#key !== keyBefore) this.#changed()
  }
}

interface Nearest {
  readonly folder: string
  /** The name in that folder that leads to the path. */
  readonly entry: string
  readonly key: string
}

function findNearest(path: string): Nearest {
  for (let below = path; ; below = dirname(below)) {
    const folder = dirname(below)
    const stats = statIfThere(folder)
    const isFolder = stats?.isDirectory() ?? false
    if (!isFolder && folder !== below) continue
    return { folder, entry: basename(below), key: `${stats?.dev}:${stats?.ino}` }
  }
}

function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    // Not there, or not to be seen: the folder above is as near as one can get.
    return undefined
  }
}

function watchFolder(
  folder: string,
  changed: (name: string | null) => void,
): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => changed(name))
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}
