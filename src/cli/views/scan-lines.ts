/** A scan in words: what is wrong, the worst first, each with the places it is written at and what to do. */
import { printSpan } from '../../core/port/machine-facts.ts'
import { EVERY_ADDRESS, LOOPBACK } from '../../core/port/port-claim.ts'
import type { Severity } from '../../core/port/written-claim.ts'
import type { FoundPort } from '../../scan/found/found-port.ts'
import type { ScanFinding } from '../../scan/judge/finding.ts'
import { isFixture } from '../../scan/judge/realm.ts'
import type { ScanReport } from '../scan/scan-report.ts'
import { countOf, fit, tableLines } from './columns.ts'
import type { Paint } from './paint.ts'
import { printable } from './printable.ts'
import { wrapped } from './wrap.ts'

const MARKS: Readonly<Record<Severity, string>> = { error: '✖', warning: '▲', note: '·' }
const MOODS = { error: 'bad', warning: 'moving', note: 'waiting' } as const
const INDENT = '    '
const REMARKS_MAX = 6
const PLACES_MAX = 12

/** Every finding, an empty line between. */
export function findingLines(report: ScanReport, paint: Paint, width: number): readonly string[] {
  return report.findings.flatMap((finding, index) => [
    ...(index === 0 ? [] : ['']),
    ...linesOfFinding(finding, { prefix: report.prefix, paint, width }),
  ])
}

interface Drawn {
  readonly prefix: string
  readonly paint: Paint
  readonly width: number
}

function linesOfFinding(finding: ScanFinding, { prefix, paint, width }: Drawn): readonly string[] {
  const { severity, rule, sentence, remedy, ports } = finding
  const head = `${MARKS[severity]} ${rule}`
  const [first = '', ...rest] = wrapped(`${head}: ${printable(sentence)}`, width - 2)
  return [
    `${paint.mood(MOODS[severity], first.slice(0, head.length))}${first.slice(head.length)}`,
    ...rest.map((line) => `  ${line}`),
    ...placeLines(ports, prefix, width),
    ...wrapped(printable(remedy), width - 2).map((line) => paint.dim(`  ${line}`)),
  ]
}

/** A row for each place; where that is too wide, its words below it. */
function placeLines(all: readonly FoundPort[], prefix: string, width: number): readonly string[] {
  if (all.length > PLACES_MAX) {
    const shown = placeLines(all.slice(0, PLACES_MAX - 1), prefix, width)
    return [...shown, `${INDENT}and at ${all.length - PLACES_MAX + 1} other places; --json has all`]
  }
  const ports = all
  const rows = ports.map((port) =>
    [placeOf(port, prefix), port.service, wordsOf(port)].map(printable),
  )
  const lines = tableLines(rows).map((line) => `${INDENT}${line}`)
  if (lines.every((line) => line.length <= width)) return lines
  return rows.flatMap(([place = '', service = '', words = '']) => [
    `${INDENT}${place}`,
    fit(`${INDENT}  ${service}: ${words}`, width),
  ])
}

/** What a click in a terminal opens. */
export function placeOf({ file, line, column }: FoundPort, prefix: string): string {
  return `${prefix}${file}:${line}:${column}`
}

function wordsOf({ text, because, environment }: FoundPort): string {
  const notes = [because, environment].filter((note) => note !== undefined)
  return notes.length === 0 ? text : `${text} (${notes.join('; ')})`
}

/** Every claim, a row each, by its port. */
export function claimLines(report: ScanReport, width: number): readonly string[] {
  const claims = report.scan.ports
    .filter(({ stance }) => stance === 'claim')
    .toSorted((one, other) => rankOf(one) - rankOf(other) || one.first - other.first)
  const rows = claims.map((port) => [
    port.protocol === 'tcp' ? printSpan(port) : `${printSpan(port)}/${port.protocol}`,
    addressOf(port.addresses),
    port.scope.replace(/^network (\.\/)?/, 'in '),
    port.service,
    port.environment ?? '-',
    port.confidence,
    placeOf(port, report.prefix),
  ])
  const header = ['PORT', 'ADDRESS', 'SCOPE', 'SERVICE', 'ENVIRONMENT', 'AS', 'PLACE']
  return tableLines([header, ...rows.map((row) => row.map(printable))]).map((line) => {
    return cut(line, width)
  })
}

/** The machine's ports first, those within containers last. */
function rankOf({ scope }: FoundPort): number {
  return scope === 'host' ? 0 : scope.startsWith('network ') ? 2 : 1
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`
}

function addressOf(addresses: readonly string[]): string {
  const text = addresses.join(',')
  if (text === EVERY_ADDRESS.join(',')) return 'any'
  return text === LOOPBACK.join(',') ? 'loopback' : text
}

/** What was looked at, and what is not shown. */
export function summaryLines(report: ScanReport): readonly string[] {
  const { scan, findings, hidden, known, gone, folder } = report
  const claims = scan.ports.filter(({ stance }) => stance === 'claim').length
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = findings.filter((one) => one.severity === severity).length
    return count === 0 ? [] : [countOf(count, severity)]
  })
  const what = counts.length === 0 ? 'Nothing is wrong' : counts.join(', ')
  const where = folder === '.' ? '' : ` in ${folder}`
  const of = `${countOf(claims, 'claim')} of ports, ${countOf(scan.filesRead, 'file')} read of ${scan.files}${where}`
  const call = folder === '.' ? 'rampart ports scan' : `rampart ports scan ${folder}`
  return [
    ...remarkLines(report),
    `${what}: ${of}.`,
    ...(known === 0 ? [] : [`${countOf(known, 'finding')} of the baseline left out.`]),
    ...(gone.length === 0
      ? []
      : [
          `${countOf(gone.length, 'finding')} of the baseline gone; --write-baseline forgets what is.`,
        ]),
    ...(hidden === 0
      ? []
      : [
          `${hidden === 1 ? '1 guess is' : `${hidden} guesses are`} not shown. Next: ${call} --all`,
        ]),
  ]
}

/** What could not be read, but for what only tests read; the first few of many. */
function remarkLines({ remarks, prefix }: ScanReport): readonly string[] {
  const told = remarks.filter(({ file }) => !isFixture(file))
  const shown = told.length > REMARKS_MAX ? told.slice(0, REMARKS_MAX - 1) : told
  const rest = told.length - shown.length
  return [
    ...shown.map(({ file, line, sentence }) => {
      return printable(`${prefix}${file}:${line} ${sentence}`)
    }),
    ...(rest === 0 ? [] : [`${rest} others could not be read; --json names them.`]),
  ]
}
