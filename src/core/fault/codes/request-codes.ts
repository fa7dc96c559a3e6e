/** Codes of faults about what is asked of a server, and how it is reached. */
import type { FaultCode } from './fault-code.ts'

export type RequestCodeName =
  | 'request-malformed'
  | 'route-unknown'
  | 'method-unknown'
  | 'body-too-large'
  | 'media-unknown'
  | 'key-reused'
  | 'request-under-way'
  | 'precondition-failed'
  | 'too-many-requests'
  | 'limit-reached'
  | 'reader-stalled'
  | 'server-exposed'
  | 'address-unusable'
  | 'contexts-unusable'
  | 'context-unknown'
  | 'server-malformed'
  | 'webhook-unknown'
  | 'webhook-unreachable'
  | 'delivery-unknown'
  | 'notice-undelivered'

export const REQUEST_CODES: Readonly<Record<RequestCodeName, FaultCode>> = {
  'request-malformed': {
    meaning: 'What was sent to the daemon does not have the expected shape.',
    remedy:
      'Correct the members that the message names; another version of Rampart may have sent it.',
    httpStatus: 400,
    exitCode: 2,
    retryable: false,
  },
  'route-unknown': {
    meaning: 'The daemon has no such address.',
    remedy: 'Make the versions equal: `rampart daemon restart`.',
    remoteRemedy: 'Use a command line of the version that the server has.',
    httpStatus: 404,
    exitCode: 1,
    retryable: false,
  },
  'method-unknown': {
    meaning: 'The address is there, but not for that method.',
    remedy: 'Use one of the methods that the header `allow` of the answer names.',
    httpStatus: 405,
    exitCode: 2,
    retryable: false,
  },
  'body-too-large': {
    meaning: 'What was sent is larger than the server reads.',
    remedy: 'Send at most 4 MiB at a time.',
    httpStatus: 413,
    exitCode: 2,
    retryable: false,
  },
  'media-unknown': {
    meaning: 'What was sent is of a media type that the server does not read.',
    remedy: 'Send JSON, and say so: `content-type: application/json`.',
    httpStatus: 415,
    exitCode: 2,
    retryable: false,
  },
  'key-reused': {
    meaning: 'The Idempotency-Key was used for another request within the last 24 hours.',
    remedy: 'Choose a new key for every new request; only a repetition has the same one.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'request-under-way': {
    meaning: 'The same request, with the same Idempotency-Key, is being carried out.',
    remedy: 'Ask again with the same key in a moment, for its answer.',
    httpStatus: 409,
    exitCode: 1,
    retryable: true,
  },
  'precondition-failed': {
    meaning: 'It was changed by somebody else since it was looked at.',
    remedy: 'Look at it again, and decide anew.',
    httpStatus: 412,
    exitCode: 3,
    retryable: false,
  },
  'too-many-requests': {
    meaning: 'Too many attempts came from one address.',
    remedy: 'Wait for as long as the message says, and try again with a token that holds.',
    httpStatus: 429,
    exitCode: 1,
    retryable: true,
  },
  'limit-reached': {
    meaning: 'There are as many of these as there may be.',
    remedy: 'Remove what is not needed any more, and try again.',
    httpStatus: 409,
    exitCode: 3,
    retryable: false,
  },
  'reader-stalled': {
    meaning: 'Somebody took nothing of an answer for so long that the connection was ended.',
    remedy: 'Read streams as they come; a live stream goes on from `Last-Event-ID`.',
    httpStatus: 408,
    exitCode: 1,
    retryable: true,
  },
  'server-exposed': {
    meaning: 'A server that others can reach would be served without TLS.',
    remedy:
      'Give --tls-cert and --tls-key, or --behind-proxy when a proxy does that; or use 127.0.0.1.',
    httpStatus: 500,
    exitCode: 2,
    retryable: false,
  },
  'address-unusable': {
    meaning: 'The server cannot listen at that address.',
    remedy:
      'Choose another address by --listen, or end what listens there; correct the files of a certificate.',
    httpStatus: 500,
    exitCode: 1,
    retryable: false,
  },
  'contexts-unusable': {
    meaning: 'The file that keeps contexts cannot be read or written.',
    remedy: 'Correct or remove the file that the message names; `rampart login` writes it anew.',
    httpStatus: 500,
    exitCode: 1,
    retryable: false,
  },
  'context-unknown': {
    meaning: 'There is no context of that name.',
    remedy: 'Run `rampart context list` to see those there are.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'server-malformed': {
    meaning: 'That is no server one could speak to.',
    remedy: 'Write its URL, like https://rampart.example.org, without a path.',
    httpStatus: 400,
    exitCode: 2,
    retryable: false,
  },
  'webhook-unknown': {
    meaning: 'There is no such webhook.',
    remedy: 'List them with rampart webhooks list.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'webhook-unreachable': {
    meaning: 'The address of a webhook is not one that messages may be sent to.',
    remedy: 'Use a public address, or start the server with --webhooks-may-reach and its network.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'delivery-unknown': {
    meaning: 'There is no such delivery, or it was forgotten.',
    remedy: 'List them with rampart webhooks deliveries.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'notice-undelivered': {
    meaning: 'Somebody who is to be told of a breach could not be told.',
    remedy: 'Check the URL of watch.notify; the breach itself is in the ledger.',
    httpStatus: 502,
    exitCode: 1,
    retryable: true,
  },
}
