/**
 * What the ledger says of an agent that is let in: whose it is, for which region, and by which
 * certificate. A certificate is no secret; nothing else that it came with is told.
 */
import type { AccessNote } from '../access/audit.ts'
import type { AgentIdentity } from './agent-session.ts'

/** The note, for the stream `access`. */
export function admissionNote(agent: AgentIdentity): AccessNote {
  const { name, region, instance, certificate } = agent
  const what = { by: name, what: 'agent.admitted', subject: name } as const
  const works = `${name} works for the region ${region} from now on`
  if (certificate === undefined) {
    return { ...what, sentence: `${works}.`, details: { region, instance } }
  }
  const { subject, fingerprint, untilMs } = certificate
  const until = new Date(untilMs).toISOString()
  const sentence = `${works}, by the certificate ${subject} (until ${until}).`
  return {
    ...what,
    sentence,
    details: { region, instance, certificate: { subject, fingerprint, untilMs } },
  }
}
