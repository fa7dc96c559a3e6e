/** The lines of a Procfile: a name, a colon, a command for the shell. */
import { suggestName } from '../../document/word-schemas.ts'
import { shellCommand } from '../draft/words.ts'

/** One process type. */
export interface ProcfileEntry {
  /** As written. */
  readonly type: string
  /** As a component may be called. */
  readonly name: string
  readonly line: string
  /** For the process runtime. */
  readonly command: readonly string[]
  /** By custom only `web` is given a port; anything else that reads PORT means to listen, too. */
  readonly hasPort: boolean
  /** Of the line, from 1. */
  readonly lineNumber: number
}

/** A line that does not count, and why. */
export interface ProcfileLeftover {
  readonly lineNumber: number
  readonly text: string
  readonly why: string
}

/** Reads a Procfile. */
export function readProcfile(text: string): {
  readonly entries: readonly ProcfileEntry[]
  readonly leftovers: readonly ProcfileLeftover[]
} {
  const entries: ProcfileEntry[] = []
  const leftovers: ProcfileLeftover[] = []
  for (const [index, written] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const lineNumber = index + 1
    const trimmed = written.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const [, type, line] = /^([A-Za-z0-9_-]+):\s*(\S.*)$/.exec(trimmed) ?? []
    const name = type === undefined ? undefined : suggestName(type)
    if (type === undefined || line === undefined || name === undefined) {
      const why = 'this is no process type; a line is a name, a colon and a command'
      leftovers.push({ lineNumber, text: trimmed, why })
      continue
    }
    if (entries.some((entry) => entry.name === name)) {
      const why = `${name} stands here a second time; the first one counts`
      leftovers.push({ lineNumber, text: type, why })
      continue
    }
    const hasPort = type === 'web' || /\$\{?PORT\b/.test(line)
    entries.push({ type, name, line, command: shellCommand(line), hasPort, lineNumber })
  }
  return { entries, leftovers }
}
