/** docs/errors.md: every fault code, from the one table that also gives exit codes and HTTP status. */
import { FAULT_CODES } from '../../src/core/fault/codes.ts'
import { GENERATED } from './markdown.ts'

/** The text of the page. */
export function errorsPage(): string {
  const sections = Object.entries(FAULT_CODES).map(([code, fault]) => {
    const { meaning, remedy, remoteRemedy, exitCode, httpStatus, retryable } = fault
    const elsewhere = remoteRemedy === undefined ? '' : ` At a server elsewhere: ${remoteRemedy}`
    const again = retryable ? 'may succeed when repeated' : 'fails again when repeated'
    const facts = `Exit code ${exitCode}, HTTP status ${httpStatus}, ${again}.`
    return `## ${code}\n\n${meaning} ${remedy}${elsewhere}\n\n${facts}\n`
  })
  return `# Faults

${GENERATED}

What went wrong outside of a ramp: the world, or what was handed in, let Rampart down. (That a stage's
proof fails is no fault but an answer, with its own reason and evidence.) \`rampart explain CODE\` prints
the same; with \`--json\` a fault is one object \`{"error": …}\` on standard output; over HTTP it is
\`application/problem+json\` (RFC 9457) of type \`urn:rampart:fault:<code>\`. Codes are never renamed.

${sections.join('\n')}`
}
