/**
 * Finds the program a command names, before anything is spawned: the wrapper is a shell, so the
 * system's own refusal would otherwise be seen only as an exit code of 126 or 127.
 */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

/** The program, or why there is none. */
export type CommandFile =
  | { readonly path: string; readonly reason?: never }
  | {
      readonly path?: never
      readonly reason: 'command-not-found' | 'not-executable' | 'cwd-missing'
      readonly sentence: string
    }

/** Looks for `name` as a shell would: as a path from `cwd`, or along `searchPath`. */
export function findCommandFile(name: string, cwd: string, searchPath: string): CommandFile {
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return { reason: 'cwd-missing', sentence: `The folder ${cwd} to run it in does not exist.` }
  }
  const isPath = name.includes('/')
  const candidates = isPath
    ? [isAbsolute(name) ? name : resolve(cwd, name)]
    : searchPath.split(delimiter).map((folder) => join(resolve(cwd, folder), name))
  let refused: string | undefined
  for (const candidate of candidates) {
    const found = look(candidate)
    if (found === 'executable') return { path: candidate }
    if (found === 'not-executable') refused ??= candidate
  }
  if (refused !== undefined) {
    return { reason: 'not-executable', sentence: `${refused} may not be executed: check its mode.` }
  }
  const where = isPath ? `There is no file ${candidates[0]}.` : `It is in none of ${searchPath}.`
  return { reason: 'command-not-found', sentence: `The command ${name} was not found. ${where}` }
}

function look(path: string): 'executable' | 'not-executable' | 'absent' {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 'absent'
  if (!stat.isFile()) return 'not-executable'
  try {
    accessSync(path, constants.X_OK)
    return 'executable'
  } catch {
    // The only answer access gives besides yes.
    return 'not-executable'
  }
}
