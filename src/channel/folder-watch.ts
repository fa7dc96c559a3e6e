/**
 * Whether the folder that a process works for is still there: that very folder, and not another one
 * that was made in its place. Nobody can find the process any more once it is not.
 */
import { statSync } from 'node:fs'

/** How often whoever works for a folder looks whether it is there. @unit ms */
export const FOLDER_LOOK_MS = 1_000

/** Looks at a folder, which is there now. */
export class FolderWatch {
  readonly #folder: string
  readonly #identity: string | undefined

  constructor(folder: string) {
    this.#folder = folder
    this.#identity = identityOf(folder)
  }

  /** Whether it was removed, or moved away, since this was made. */
  isGone(): boolean {
    return identityOf(this.#folder) !== this.#identity
  }
}

/** A number of a file is given again soon: that it was made at the same instant as well tells more. */
function identityOf(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false })
  return found && `${found.dev} ${found.ino} ${found.birthtimeMs}`
}
