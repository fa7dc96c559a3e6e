/**
 * A baseline: findings that are known and left for later, so that a repository can begin to be
 * checked before everything in it is right. It is meant to be committed, and says in words what it
 * leaves out.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../../core/fault/fault.ts'
import type { ScanFinding } from '../../scan/judge/finding.ts'

/** One finding that is known. */
interface KnownFinding {
  readonly fingerprint: string
  readonly rule: string
  readonly sentence: string
  readonly files: readonly string[]
}

/**
 * The fingerprints that a baseline holds.
 *
 * @throws baseline-unusable
 */
export function readBaseline(cwd: string, file: string): ReadonlySet<string> {
  const path = resolve(cwd, file)
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const findings = isRecord(value) && value['version'] === 1 ? value['findings'] : undefined
    if (!Array.isArray(findings)) throw unusable(file, 'it is no baseline of version 1')
    const prints = findings.map((one) => (isRecord(one) ? one['fingerprint'] : undefined))
    return new Set(prints.filter((print) => typeof print === 'string'))
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    throw unusable(file, thrown instanceof Error ? thrown.message : String(thrown), thrown)
  }
}

/**
 * Writes the baseline that leaves out these findings, instead of what it held.
 *
 * @throws report-unwritable
 */
export function writeBaseline(cwd: string, file: string, findings: readonly ScanFinding[]): void {
  const known = findings.map(
    ({ fingerprint, rule, sentence, ports }): KnownFinding => ({
      fingerprint,
      rule,
      sentence,
      files: [...new Set(ports.map((port) => port.file))],
    }),
  )
  writeReport(cwd, file, `${JSON.stringify({ version: 1, findings: known }, undefined, 2)}\n`)
}

/**
 * Writes a report, instead of one that may be there.
 *
 * @throws report-unwritable
 */
export function writeReport(cwd: string, file: string, text: string): void {
  try {
    writeFileSync(resolve(cwd, file), text)
  } catch (error) {
    const hint = `${file} could not be written: ${(error as Error).message}`
    const operation = 'write report'
    throw new Fault({ code: 'report-unwritable', operation, subject: file, hint, cause: error })
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function unusable(file: string, why: string, cause?: unknown): Fault {
  const hint = `${file} could not be read: ${why}`
  const operation = 'read baseline'
  return new Fault({ code: 'baseline-unusable', operation, subject: file, hint, cause })
}
