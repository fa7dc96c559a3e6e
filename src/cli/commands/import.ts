/**
 * `rampart import`: a file of another tool becomes a contract, and everything that could not be kept is
 * told with its place. It never overwrites a file.
 */
import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { formatIssues } from '../../contracts/document/format-issue.ts'
import { suggestName } from '../../contracts/document/word-schemas.ts'
import {
  IMPORT_FORMATS,
  type Imported,
  type ImportFormat,
  importContract,
  recogniseFormat,
} from '../../contracts/import/import-contract.ts'
import type { Lost } from '../../contracts/import/losses.ts'
import { printContract } from '../../contracts/import/print-contract.ts'
import { parseContracts } from '../../contracts/index.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import { contractNameOf, writeNewFile } from '../new-file.ts'
import type { JsonOption } from '../options.ts'
import { countOf } from '../views/columns.ts'

/** What `import` may be told. */
export type ImportOptions = JsonOption & {
  readonly format?: string
  readonly output?: string
  readonly name?: string
  readonly profiles?: string
  readonly strict?: boolean
}

/** The largest file that is read at all; the reader's own limit is lower and says more. @unit bytes */
const FILE_LIMIT = 16 * 1024 * 1024

const FORMATS = IMPORT_FORMATS.join(', ')

/** Imports a file; exit 3 with `--strict` when anything was lost. */
export function runImport(parts: CliParts, file: string, options: ImportOptions): Promise<number> {
  const path = resolve(parts.cwd, file)
  const text = readText(path)
  const format = options.format ?? recogniseFormat(basename(path), text)
  if (format === undefined || !isFormat(format)) {
    const what = format === undefined ? `${file} is of no known format` : `${format} is no format`
    const next = `Say which with --format: ${FORMATS}`
    return Promise.resolve(misuse(parts, what, next))
  }
  const isPrinted = options.output === '-'
  const output = resolve(parts.cwd, isPrinted ? '.' : (options.output ?? 'rampart.yaml'))
  const name = options.name ?? contractNameOf(isPrinted ? output : dirname(output))
  if (suggestName(name) !== name) {
    const next = `Give another one, such as --name ${suggestName(name) ?? 'shop'}`
    return Promise.resolve(misuse(parts, `${name} is no name of a contract`, next))
  }
  const from = isPrinted ? parts.cwd : dirname(output)
  const profiles = options.profiles?.split(',').map((one) => one.trim()) ?? []
  const told = relative(from, path)
  const imported = importContract({ format, text, name, file: told, profiles })
  const outcome = { imported, file, output: isPrinted ? undefined : output }
  return Promise.resolve(finish(parts, outcome, options))
}

interface Outcome {
  readonly imported: Imported
  /** As the person called it. */
  readonly file: string
  /** Absent: standard output. */
  readonly output: string | undefined
}

function finish(parts: CliParts, outcome: Outcome, options: ImportOptions): number {
  const { imported, file, output } = outcome
  const { document, lost, problem } = imported
  if (document === undefined) {
    const { line = 1, column = 1, message = 'it could not be read' } = problem ?? {}
    const hint = `${file}:${line}:${column}: ${message}`
    throw new Fault({ code: 'contract-unreadable', operation: 'import', subject: file, hint })
  }
  const text = printContract(document)
  const shown = output ?? 'the contract'
  const { issues } = parseContracts([{ path: shown, text }])
  if (output !== undefined) writeNewFile(output, text)
  else if (options.json !== true) parts.stdout.write(text)
  if (options.json === true) {
    const written = output ?? null
    parts.stdout.write(`${JSON.stringify({ written, document, lost, issues })}\n`)
  } else {
    sayLost(parts, file, lost)
    if (output !== undefined) parts.stderr.write(`Wrote ${output}\n`)
    if (issues.length > 0) parts.stderr.write(`${formatIssues(issues, [{ path: shown, text }])}\n`)
    else parts.stderr.write('Next: read it, rampart check, rampart up\n')
  }
  if (issues.length > 0) return EXIT.usage
  return options.strict === true && lost.length > 0 ? EXIT.no : EXIT.yes
}

function sayLost(parts: CliParts, file: string, lost: readonly Lost[]): void {
  if (lost.length === 0) parts.stderr.write('Everything was kept.\n')
  else parts.stderr.write(`${countOf(lost.length, 'thing')} not kept as written:\n`)
  for (const { line, column, what, why } of lost) {
    parts.stderr.write(`  ${file}:${line}:${column}  ${what}\n      ${why}\n`)
  }
}

function isFormat(text: string): text is ImportFormat {
  return (IMPORT_FORMATS as readonly string[]).includes(text)
}

function readText(path: string): string {
  const operation = 'import'
  try {
    const { size } = statSync(path)
    if (size <= FILE_LIMIT) return readFileSync(path, 'utf8')
    const hint = `${path} is larger than 16 MiB.`
    throw new Fault({ code: 'contract-unreadable', operation, subject: path, hint })
  } catch (error) {
    if (error instanceof Fault) throw error
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const hint = isAbsent
      ? `There is no file ${path}.`
      : `${path} could not be read: ${(error as Error).message}`
    const code = isAbsent ? 'contract-absent' : 'contract-unreadable'
    throw new Fault({ code, operation, subject: path, hint, cause: error })
  }
}
