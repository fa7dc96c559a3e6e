/** What a finding is known by from one scan to the next: what is written where, but not on which line. */
import { digestOf } from '../../core/units/digest.ts'
import type { RawFinding, ScanFinding } from './finding.ts'

/** The findings with their fingerprints, each once; equal ones are counted apart. */
export function withFingerprints(findings: readonly RawFinding[]): readonly ScanFinding[] {
  const counts = new Map<string, number>()
  return findings.map((finding) => {
    const key = keyOf(finding)
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    const digest = digestOf([key, count])
    return { ...finding, fingerprint: digest.slice('sha256:'.length, 'sha256:'.length + 32) }
  })
}

function keyOf({ rule, first, last, protocol, scope, ports }: RawFinding): string {
  const places = ports.map(({ file, format, service, text }) => [file, format, service, text])
  return JSON.stringify([rule, first, last, protocol, scope, places.map(String).sort()])
}
