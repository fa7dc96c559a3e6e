/**
 * Whether the folder that a process works for is still there: that very folder, and not another one
 * that was made in its place. Nobody can find the process any more once it is not.
 */
import { openSync, statSync } from 'node:fs'

/** How often whoever works for a folder looks whether it is there. @unit ms */
export const FOLDER_LOOK_MS = 1_000

/** Looks at a folder, which is there now. */
export class FolderWatch {
  readonly #folder: string
  readonly #identity: string | undefined

  constructor(folder: string) {
    this.#folder = folder
    this.#identity = identityOf(folder)
    // Held open for as long as the process lives, so that its number is not given to another folder.
    if (this.#identity !== undefined) openSync(folder, 'r')
  }

  /** Whether it was removed, or moved away, since this was made. */
  isGone(): boolean {
    try {
      const now = identityOf(this.#folder)
      return now === undefined || now !== this.#identity
    } catch {
      // What cannot be looked at just now, by rights or a fault of the disk, may still be there.
      return false
    }
  }
}

function identityOf(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false, bigint: true })
  return found && `${found.dev} ${found.ino}`
}
