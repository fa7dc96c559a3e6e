/** docs/errors.md: every fault code, from the one table that also gives exit codes and HTTP status. */
import { FAULT_CODES } from '../../src/core/fault/codes.ts'
import { cellText, GENERATED } from './markdown.ts'

/** The text of the page. */
export function errorsPage(): string {
  const rows = Object.entries(FAULT_CODES).map(([code, fault]) => {
    const { meaning, remedy, exitCode, httpStatus, retryable } = fault
    const again = retryable ? 'yes' : 'no'
    const cells = [`\`${code}\``, meaning, remedy, String(exitCode), String(httpStatus), again]
    return `| ${cells.map(cellText).join(' | ')} |`
  })
  return `# Faults

${GENERATED}

What went wrong outside of a ramp: the world, or what was handed in, let Rampart down. (That a stage's
proof fails is no fault but an answer, with its own reason and evidence.) \`rampart explain CODE\` prints
the same; with \`--json\` a fault is one object \`{"error": …}\` on standard output; over HTTP it is
\`application/problem+json\` (RFC 9457) of type \`urn:rampart:fault:<code>\`. Codes are never renamed.

"Again" says whether the same request may succeed when it is repeated unchanged.

| code | what it means | what to do | exit code | HTTP | again |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}
