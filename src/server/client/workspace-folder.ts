/** Makes the `.rampart` folder, for its owner alone. */
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { Fault } from '../../core/fault/fault.ts'

/**
 * Makes a folder of mode 0700, or tightens the one that is there.
 *
 * @throws workspace-unusable when it cannot be made, or belongs to somebody else
 */
export function openWorkspaceFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { mode, uid } = statSync(folder)
    if (process.getuid !== undefined && uid !== process.getuid()) {
      throw unusable(folder, `It belongs to user ${uid}; you are ${process.getuid()}.`)
    }
    if ((mode & 0o777) !== 0o700) chmodSync(folder, 0o700)
  } catch (error) {
    if (error instanceof Fault) throw error
    throw unusable(folder, (error as Error).message, error)
  }
}

function unusable(folder: string, hint: string, cause?: unknown): Fault {
  return new Fault({
    code: 'workspace-unusable',
    operation: 'open the workspace',
    subject: folder,
    hint,
    cause,
  })
}
