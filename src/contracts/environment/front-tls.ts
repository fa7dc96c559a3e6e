/** The TLS that a component's front ends, for people: where it comes from, and whom it lets in. */
import type { Roll } from './definition.ts'

/** Nothing where it speaks none. */
export function explainFrontTls({ tls }: Roll): readonly string[] {
  if (tls === undefined) return []
  const speaks = `   Its front speaks TLS, with the certificate in ${tls.certificate}`
  if (tls.clientCa === undefined) return [`${speaks}.`]
  return [
    `${speaks}, and asks clients for one that is signed by`,
    `   ${tls.clientCa}. Whom it lets in rules of a Ports contract say; where none does, everybody.`,
  ]
}
