/**
 * Golden texts: what is printed, kept beside the tests and read by people. Whatever differs from run
 * to run is replaced by a word in angle brackets, each the same way everywhere.
 *
 * Write them anew with RAMPART_UPDATE_GOLDEN=1, and read the difference.
 */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Compares a text with the one that is kept under this name in `test/golden`. */
export function assertGolden(name: string, text: string): void {
  const file = join(import.meta.dirname, name)
  if (process.env['RAMPART_UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  assert.equal(text, readFileSync(file, 'utf8'), `${name}; RAMPART_UPDATE_GOLDEN=1 writes it anew`)
}

/** Numbers whose members differ from run to run. */
const VOLATILE_MEMBER = /(Ms|^pid|^http|^ratio|^entries|^batches)$/

/** JSON laid out for people, volatile values replaced; nothing in a plan is volatile. */
export function steadyJson(text: string, folder: string): string {
  const value = JSON.parse(text)
  const steady = JSON.stringify(value, 'plan' in value ? undefined : replaceVolatile, 2)
  return `${steadyText(steady, folder)}\n`
}

function replaceVolatile(key: string, value: unknown): unknown {
  if (key === 'version') return '<version>'
  if (typeof value !== 'number' || !VOLATILE_MEMBER.test(key)) return value
  if (key.endsWith('Ms')) return '<ms>'
  return key === 'http' ? '<port>' : `<${key}>`
}

/** A text with volatile words replaced. */
export function steadyText(text: string, folder: string): string {
  return text
    .replaceAll(folder, '<folder>')
    .replaceAll(process.execPath, '<node>')
    .replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:<digest>')
    .replaceAll(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replaceAll(/-(up|down|watch)-[a-z0-9]{6}\b/g, '-$1-<id>')
    .replaceAll(/\b\d+ min \d\d s\b|\b\d+(\.\d+)? (ms|s)\b/g, '<time>')
    .replaceAll(/\b(pid|process) \d+/g, '$1 <pid>')
    .replaceAll(/\bhttp \d{4,5}\b/g, 'http <port>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>')
    .replaceAll(/\b\d\d:\d\d:\d\d\.\d{3}\b/g, '<clock>')
    .replaceAll(/ +[░█─]+ +/g, '  <bar>  ')
    .replaceAll(/\b\d+ (entries|batches)\b/g, '<count> $1')
    .replaceAll(/\bversion \d+\.\d+\.\d+/g, 'version <version>')
    .replaceAll(/<time> {2,}/g, '<time>  ')
    .replaceAll(/ +$/gm, '')
}
