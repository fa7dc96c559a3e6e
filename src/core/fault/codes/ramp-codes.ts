/** Codes of faults about ramps, the daemon that runs them, and agents. */
import type { FaultCode } from './fault-code.ts'

export type RampCodeName =
  | 'ramp-unknown'
  | 'ramp-busy'
  | 'ramp-ambiguous'
  | 'word-refused'
  | 'engine-closed'
  | 'component-unknown'
  | 'daemon-absent'
  | 'daemon-unready'
  | 'daemon-lost'
  | 'daemon-version'
  | 'daemon-failed'
  | 'workspace-unusable'
  | 'agent-unknown'
  | 'agent-session-over'
  | 'agent-displaced'
  | 'agent-connected'
  | 'agent-away'

export const RAMP_CODES: Readonly<Record<RampCodeName, FaultCode>> = {
  'ramp-unknown': {
    meaning: 'There is no ramp of that name.',
    remedy: 'Run `rampart status` to see the ramps there are.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'ramp-busy': {
    meaning: 'Another ramp of the same contract is under way.',
    remedy: 'Wait for it with `rampart status --watch`, or end it with `rampart abort`.',
    httpStatus: 409,
    exitCode: 1,
    retryable: true,
  },
  'ramp-ambiguous': {
    meaning: 'More than one ramp begins with that name.',
    remedy: 'Write more letters of it; `rampart status` shows them whole.',
    httpStatus: 409,
    exitCode: 2,
    retryable: false,
  },
  'word-refused': {
    meaning: 'What was said to the ramp has no effect on it as it stands.',
    remedy: 'Read the reason; `rampart explain RAMP` says where the ramp stands.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'engine-closed': {
    meaning: 'The engine is shutting down.',
    remedy: 'Try again once the daemon is back: `rampart daemon status`.',
    remoteRemedy: 'Try again once the server is back: `rampart ready`.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'component-unknown': {
    meaning: 'No component of that name was ever started here.',
    remedy: 'Run `rampart status` to see the components there are.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'daemon-absent': {
    meaning: 'No daemon is running for this workspace.',
    remedy: 'Run `rampart up`, which starts one; what is running is taken over.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'daemon-unready': {
    meaning: 'The daemon did not become ready in time.',
    remedy: 'Read .rampart/daemon.log, and try again.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'daemon-lost': {
    meaning: 'The connection to the daemon broke.',
    remedy: 'Try again; `rampart daemon status` says whether it is back.',
    remoteRemedy: 'Check its address, and try again; `rampart ready` says whether it is back.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'daemon-version': {
    meaning: 'The daemon is of another version of Rampart.',
    remedy: 'Run `rampart daemon restart`; what is running keeps running.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'daemon-failed': {
    meaning: 'The daemon failed by a bug of its own.',
    remedy: 'Report it together with the end of .rampart/daemon.log.',
    remoteRemedy: 'Tell whoever runs the server; its log says more.',
    httpStatus: 500,
    exitCode: 1,
    retryable: false,
  },
  'workspace-unusable': {
    meaning: 'The .rampart folder cannot be used.',
    remedy: 'Stop whoever uses it (`rampart daemon stop`), or let nobody but you write to it.',
    httpStatus: 500,
    exitCode: 1,
    retryable: false,
  },
  'agent-unknown': {
    meaning: 'No agent works for that region.',
    remedy: 'Run `rampart agents list` to see the regions that have one.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'agent-session-over': {
    meaning: 'What an agent reports belongs to a connection that is over.',
    remedy: 'Nothing: the agent connects anew, and is given again what it was doing.',
    httpStatus: 409,
    exitCode: 1,
    retryable: false,
  },
  'agent-connected': {
    meaning: 'The agent of the region is connected, so it cannot be removed.',
    remedy: 'Stop it, or revoke its token with `rampart token revoke`; then remove it.',
    httpStatus: 409,
    exitCode: 3,
    retryable: false,
  },
  'agent-away': {
    meaning: 'The agent of the region does not answer, and nobody else knows what was asked.',
    remedy: 'Look at it with `rampart agents list`; ask again once it is connected.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'agent-displaced': {
    meaning: 'Another agent works for the region already.',
    remedy: 'Stop that one, or say with --replace that it is gone for good.',
    httpStatus: 409,
    exitCode: 3,
    retryable: false,
  },
}
