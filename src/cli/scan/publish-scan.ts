/**
 * Publishes a scan: what was found and what is claimed goes to the server, where it is compared with what
 * other repositories claim. No file goes there, nor anything of this machine.
 */
import { isSharedScope, type ScanConflict } from '../../core/port/scan-conflicts.ts'
import type { FoundPort } from '../../scan/found/found-port.ts'
import type { ScanFinding } from '../../scan/judge/finding.ts'
import { isFixture, realmOf } from '../../scan/judge/realm.ts'
import {
  type FindingPlace,
  type PublishedClaim,
  type PublishedFinding,
  SCAN_LIMITS,
  type ScanRequest,
} from '../../server/wire/scans.ts'
import type { CliParts } from '../cli-parts.ts'
import { printable } from '../views/printable.ts'
import { withDaemon } from '../workspace.ts'
import { publishedText } from './published-text.ts'
import type { ScanReport } from './scan-report.ts'

/** How a scan is published. */
export interface Publishing {
  readonly name: string
  /** For which environment it was scanned; what says nothing is taken to be of it. */
  readonly environment?: string | undefined
  readonly revision?: string | undefined
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
const TEXT_MAX = 200
const SENTENCE_MAX = 1_000
const CONFLICTS_SHOWN = 10

/** What is wrong with a name, and what would be right; undefined: nothing. */
export function misnamed(name: string): string | undefined {
  if (NAME.test(name)) return undefined
  const near = name.replaceAll(/[^A-Za-z0-9._-]+/g, '.').replace(/^[._-]+/, '')
  const hint = NAME.test(near) ? `; write ${near}` : ''
  return `--publish takes a name of letters, digits, dots and dashes, not ${name}${hint}`
}

/** Sends it, and says what other repositories have against it. */
export async function publishScan(
  parts: CliParts,
  report: ScanReport,
  publishing: Publishing,
): Promise<void> {
  const { name } = publishing
  await withDaemon(parts, {}, async ({ scans }) => {
    await scans.publish(name, scanRequest(report, publishing))
    const lines = conflictLines(name, await scans.conflictsOf(name))
    parts.stderr.write(`Published as ${name}; the dashboard shows it at Ports, Scans.\n`)
    for (const line of lines) parts.stderr.write(`${line}\n`)
  })
}

/** What other repositories have against a scan, the worst first; guesses are counted only. */
function conflictLines(name: string, all: readonly ScanConflict[]): readonly string[] {
  const told = all.filter(({ severity }) => severity !== 'note')
  const lines = told.slice(0, CONFLICTS_SHOWN).flatMap(({ severity, sentence, claims }) => [
    `${severity === 'error' ? '✖' : '▲'} ${printable(sentence)}`,
    ...claims.map(({ scan, file, line, service }) => {
      const place = scan === name ? `${file}:${line}` : `${scan}: ${file}:${line}`
      return `    ${printable(`${place}  ${service}`)}`
    }),
  ])
  const rest = told.length - CONFLICTS_SHOWN
  return rest > 0 ? [...lines, `and ${rest} more with other repositories`] : lines
}

/** A scan as it is published. */
function scanRequest(
  { fresh, scan }: Pick<ScanReport, 'fresh' | 'scan'>,
  { environment, revision }: Omit<Publishing, 'name'>,
): ScanRequest {
  // Who listens on this machine now is no matter of the repository.
  const findings = fresh.filter(({ rule }) => rule !== 'taken')
  const claims = scan.ports.filter((port) => isClaimOfAll(port, environment))
  return {
    ...(revision === undefined ? {} : { revision: cut(revision, TEXT_MAX) }),
    findings: findings.slice(0, SCAN_LIMITS.findings).map(publishedFinding),
    moreFindings: Math.max(0, findings.length - SCAN_LIMITS.findings),
    claims: claims.slice(0, SCAN_LIMITS.claims).map((port) => publishedClaim(port, environment)),
    moreClaims: Math.max(0, claims.length - SCAN_LIMITS.claims),
    filesRead: scan.filesRead,
  }
}

/** What others could be in the way of: not what is an example, a guess, or of one container alone. */
function isClaimOfAll(port: FoundPort, asked: string | undefined): boolean {
  const { stance, scope, confidence, file, environment, except } = port
  const isThere =
    asked === undefined || ((environment ?? asked) === asked && except?.includes(asked) !== true)
  const isReal = realmOf(file) === '' && !isFixture(file) && confidence !== 'heuristic'
  return stance === 'claim' && isSharedScope(scope) && isReal && isThere
}

function publishedFinding({
  rule,
  severity,
  first,
  last,
  protocol,
  scope,
  ...more
}: ScanFinding): PublishedFinding {
  const { sentence, remedy, fingerprint, ports } = more
  return {
    ...{ rule, severity, first, last, protocol, fingerprint, scope: cut(scope, TEXT_MAX) },
    sentence: cut(sentence, SENTENCE_MAX),
    remedy: cut(remedy, SENTENCE_MAX),
    places: ports.slice(0, SCAN_LIMITS.places).map(placeOf),
    morePlaces: Math.max(0, ports.length - SCAN_LIMITS.places),
  }
}

function publishedClaim(port: FoundPort, asked: string | undefined): PublishedClaim {
  const { first, last, protocol, scope, addresses, instances, except, confidence } = port
  const environment = port.environment ?? asked
  return {
    ...placeOf(port),
    ...{ first, last, protocol, scope, addresses, confidence },
    ...(instances === undefined ? {} : { instances }),
    ...(environment === undefined ? {} : { environment }),
    ...(except === undefined || except.length === 0 ? {} : { except: except.slice(0, 20) }),
  }
}

function placeOf({ file, line, column, service, text }: FoundPort): FindingPlace {
  return {
    ...{ file: cut(file, TEXT_MAX), line, column },
    service: cut(service, TEXT_MAX),
    text: publishedText(text),
  }
}

/** As much as is kept, of what may be shown. */
function cut(text: string, most: number): string {
  const shown = printable(text.toWellFormed())
  return shown.length <= most ? shown : `${shown.slice(0, most - 1).toWellFormed()}…`
}
