/** Codes of faults about ports: leases, what holds them, and what carries traffic to them. */
import type { FaultCode } from './fault-code.ts'

export type PortCodeName =
  | 'port-refused'
  | 'lease-unknown'
  | 'lease-state'
  | 'ports-unavailable'
  | 'data-plane-failed'
  | 'service-unknown'
  | 'discovery-busy'
  | 'discovery-unreachable'
  | 'export-refused'
  | 'folder-absent'
  | 'baseline-unusable'
  | 'report-unwritable'
  | 'scan-unknown'

export const PORT_CODES: Readonly<Record<PortCodeName, FaultCode>> = {
  'port-refused': {
    meaning: 'A port was asked for that the rules, or the machine, do not give.',
    remedy: 'End what has it, which the message names, or ask for another one.',
    httpStatus: 409,
    exitCode: 3,
    retryable: true,
  },
  'lease-unknown': {
    meaning: 'There is no such lease of a port; it may have ended.',
    remedy: 'Claim the port again.',
    httpStatus: 404,
    exitCode: 1,
    retryable: false,
  },
  'lease-state': {
    meaning: 'The lease of a port is not where it could be moved on in that way.',
    remedy: 'Look at where it stands, and try again from there.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'ports-unavailable': {
    meaning: 'Ports cannot be leased now: what holds them does not answer.',
    remedy: "Try again; `rampart daemon status` names the daemon's log.",
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'data-plane-failed': {
    meaning: 'What carries traffic to the owners of a port did not do as it was told.',
    remedy: 'Look at the proxy that the message names, and try again.',
    httpStatus: 502,
    exitCode: 1,
    retryable: true,
  },
  'service-unknown': {
    meaning: 'Nobody has, or has had, a port of that service here.',
    remedy: 'Look at the name that the message gives, and try again.',
    httpStatus: 404,
    exitCode: 1,
    retryable: false,
  },
  'discovery-busy': {
    meaning: 'Too many wait for changes of who serves what.',
    remedy: 'Ask without waiting, or again in a second.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'discovery-unreachable': {
    meaning: 'Whoever tells who serves what does not answer, or not as expected.',
    remedy: 'Look at RAMPART_DISCOVERY_URL, and at whether the daemon runs there.',
    httpStatus: 502,
    exitCode: 1,
    retryable: true,
  },
  'export-refused': {
    meaning: 'A file that is to tell who serves what is not as it may be written.',
    remedy: 'Put the file in order as the message says, and try again; nothing in it was changed.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'folder-absent': {
    meaning: 'A folder that was to be looked at is not there.',
    remedy: 'Name a folder, or leave it out for the one you are in.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'baseline-unusable': {
    meaning: 'A baseline of known findings cannot be read.',
    remedy: 'Write it anew with --write-baseline.',
    httpStatus: 400,
    exitCode: 2,
    retryable: false,
  },
  'report-unwritable': {
    meaning: 'A report could not be written.',
    remedy: 'Check the folder and its permissions, or name another file.',
    httpStatus: 500,
    exitCode: 1,
    retryable: true,
  },
  'scan-unknown': {
    meaning: 'No scan of ports was published under that name.',
    remedy: 'Publish one: rampart ports scan --publish NAME.',
    httpStatus: 404,
    exitCode: 1,
    retryable: false,
  },
}
