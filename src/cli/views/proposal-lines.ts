/** Amendments that wait for the word of owners, for people. */
import type { ProposalDetail, ProposalView } from '../../server/wire/proposals.ts'
import { changeLines, consequenceLines } from './apply-lines.ts'
import type { Paint } from './paint.ts'

/** One line of a table for each. */
export function proposalRow(proposal: ProposalView): readonly string[] {
  const { kind, name, by, atMs, status, why = '' } = proposal
  const words = status === 'open' ? `waits for ${waitedFor(proposal).join(', ')}` : status
  return [
    `${kind}/${name}`,
    shortDigest(proposal.proposal),
    new Date(atMs).toISOString().replace('T', ' ').slice(0, 19),
    `by ${by}`,
    words,
    why,
  ]
}

/** All of one: who wants what, and whose word is there and missing. */
export function proposalLines(detail: ProposalDetail, paint: Paint): readonly string[] {
  const { kind, name, by, why, proposal, digest, replaces, changes, consequences } = detail
  const revision = `${shortDigest(replaces)} → ${shortDigest(digest)}`
  const reason = why === undefined ? '' : `: ${why}`
  return [
    `${paint.bold(`${kind}/${name}`)}  ${paint.dim(revision)}  proposed by ${by}${reason}`,
    ...[
      `proposal ${proposal}`,
      ...changes.flatMap((change) => changeLines(change, paint)),
      ...consequenceLines(consequences, paint),
      'It takes the word of:',
      ...detail.owners.map(({ owner, places, by: said }) => {
        const word = said === undefined ? 'has not answered' : `${said} said yes`
        return `  ${owner}, for ${places.join(', ')}: ${word}`
      }),
      `It expires on ${new Date(detail.expiresAtMs).toISOString()}.`,
    ].map((line) => `    ${line}`),
    '',
  ]
}

/** What has become of a proposal once it was answered. */
export function answeredLine(proposal: ProposalView): string {
  const { kind, name, status, sentence } = proposal
  const contract = `${kind}/${name}`
  if (status === 'amended') return `${contract} is amended: ${shortDigest(proposal.digest)}.`
  if (status !== 'open') return `${contract}: ${sentence ?? `the proposal is ${status}.`}`
  return `${contract}: recorded; it still waits for ${waitedFor(proposal).join(', ')}.`
}

/** Enough of a digest to name it by. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 19)
}

function waitedFor({ owners }: ProposalView): readonly string[] {
  return owners.filter(({ by }) => by === undefined).map(({ owner }) => owner)
}
