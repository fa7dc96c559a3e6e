/**
 * Faults over HTTP, as problem+json (RFC 9457), there and back: what a client throws is the fault that
 * the server threw, with the same code. Causes and stacks stay on the server's side, in its log.
 */
import { FAULT_CODES, type FaultCodeName } from '../core/fault/codes.ts'
import { Fault } from '../core/fault/fault.ts'
import type { Problem } from './wire.ts'

/** The media type of a problem. */
export const PROBLEM_TYPE = 'application/problem+json'

/** A fault as it travels. */
export function problemOf(fault: Fault): Problem {
  const { meaning, httpStatus } = FAULT_CODES[fault.code]
  return {
    type: `urn:rampart:fault:${fault.code}`,
    title: meaning,
    status: httpStatus,
    detail: fault.hint,
    code: fault.code,
    operation: fault.operation,
    subject: fault.subject,
    retryable: fault.retryable,
  }
}

/** The fault that a problem tells of. */
export function faultOf(problem: Partial<Problem>, operation: string): Fault {
  const { code, detail, subject } = problem
  return new Fault({
    code: isFaultCode(code) ? code : 'daemon-failed',
    operation: problem.operation ?? operation,
    subject: subject ?? 'daemon',
    hint: detail ?? 'The daemon answered with something that is no problem document.',
  })
}

function isFaultCode(code: string | undefined): code is FaultCodeName {
  return code !== undefined && Object.hasOwn(FAULT_CODES, code)
}
