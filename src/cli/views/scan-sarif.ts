/**
 * A scan as SARIF, for whatever shows findings beside the code.
 *
 * @source OASIS SARIF 2.1.0
 */

import type { Severity } from '../../core/port/written-claim.ts'
import type { FoundPort, Place } from '../../scan/found/found-port.ts'
import { SCAN_RULES, type ScanFinding, type ScanRule } from '../../scan/judge/finding.ts'
import type { ScanReport } from '../scan/scan-report.ts'

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
}
const RULES = Object.keys(SCAN_RULES) as readonly ScanRule[]

/** The log. @param version of this program */
export function scanSarif(report: ScanReport, version: string): object {
  const { findings, remarks, prefix } = report
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'rampart', version, semanticVersion: version, rules: RULES.map(ruleOf) },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: remarks.map((remark) => ({
              level: 'warning',
              message: { text: remark.sentence },
              locations: [{ physicalLocation: physicalOf(remark, prefix) }],
            })),
          },
        ],
        results: findings.map((finding) => resultOf(finding, prefix)),
      },
    ],
  }
}

function ruleOf(id: ScanRule): object {
  return {
    id,
    name: id.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: SCAN_RULES[id] },
    help: { text: `${SCAN_RULES[id]} See docs/guides/port-scan.md.` },
  }
}

function resultOf(finding: ScanFinding, prefix: string): object {
  const { rule, severity, sentence, remedy, ports, fingerprint } = finding
  // Who connects is where it is to be corrected.
  const first = ports.find(({ stance }) => stance === 'consumption') ?? ports[0]
  const others = ports.filter((port) => port !== first)
  return {
    ruleId: rule,
    ruleIndex: RULES.indexOf(rule),
    level: LEVELS[severity],
    message: { text: `${sentence} ${remedy}` },
    locations: first === undefined ? [] : [locationOf(first, prefix)],
    relatedLocations: others.map((port, index) => ({ id: index + 1, ...locationOf(port, prefix) })),
    partialFingerprints: { 'rampartFinding/v1': fingerprint },
  }
}

function locationOf(port: FoundPort, prefix: string): object {
  return {
    physicalLocation: physicalOf(port, prefix),
    message: { text: `${port.service}: ${port.text}` },
  }
}

function physicalOf({ file, line, column }: Place, prefix: string): object {
  return {
    artifactLocation: { uri: uriOf(`${prefix}${file}`), uriBaseId: '%SRCROOT%' },
    region: { startLine: line, startColumn: column },
  }
}

/** A relative reference: what would begin a scheme or end a path is written in its escaped form. */
function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
