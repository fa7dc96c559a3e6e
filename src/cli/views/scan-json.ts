/** A scan as `--json` prints it. Additive changes only; test/golden holds its shape. */
import type { FoundPort } from '../../scan/found/found-port.ts'
import { isRefused, type ScanReport } from '../scan/scan-report.ts'

/** The one value that is printed. */
export function scanJson(report: ScanReport): object {
  const { folder, scan, findings, hidden, known, gone, remarks } = report
  const of = (stance: FoundPort['stance']): readonly object[] =>
    scan.ports.filter((port) => port.stance === stance).map(portJson)
  return {
    verdict: isRefused(report) ? 'conflict' : 'clear',
    folder,
    files: scan.files,
    filesRead: scan.filesRead,
    hidden,
    known,
    gone: gone.length,
    findings: findings.map(({ ports, fingerprint, ...finding }) => ({
      ...finding,
      fingerprint,
      ports: ports.map(portJson),
    })),
    claims: of('claim'),
    connections: of('consumption'),
    remarks,
  }
}

function portJson(port: FoundPort): object {
  const { file, line, column, format, confidence, first, last, protocol, scope, addresses } = port
  return {
    ...{ file, line, column, format, confidence, first, last, protocol, scope, addresses },
    service: port.service,
    text: port.text,
    environment: port.environment ?? null,
    profiles: port.profiles ?? [],
    host: port.host ?? null,
    target: port.target ?? null,
    because: port.because ?? null,
  }
}
