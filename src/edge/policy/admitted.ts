/**
 * Whom rules let in, and by what each of them is known. What nobody knows anything about stays unknown:
 * a filter that guessed would let in strangers.
 */
import type { ClientIdentity, ConnectPolicy, ConnectRule } from '../../core/port/connect-policy.ts'
import { matchesWord } from '../../core/port/match-word.ts'

/** Who is let in. */
export interface Admitted {
  readonly isEverybody: boolean
  /** In the order of their names. */
  readonly clients: readonly ClientIdentity[]
  /** Services, or patterns of them, that may connect but are known by nothing. */
  readonly unknown: readonly string[]
}

/** Whom these rules let in together. */
export function admittedBy(
  rules: readonly ConnectRule[],
  policies: readonly ConnectPolicy[],
): Admitted {
  const patterns = [...new Set(rules.flatMap(({ from }) => from))].sort()
  const known = policies.flatMap(({ clients }) => clients)
  const matching = (pattern: string): readonly ClientIdentity[] =>
    known.filter(({ service }) => matchesWord(pattern, service))
  return {
    isEverybody: patterns.includes('*'),
    clients: known.filter(({ service }) => patterns.some((one) => matchesWord(one, service))),
    unknown: patterns.filter((pattern) => pattern !== '*' && matching(pattern).length === 0),
  }
}

/** Everything that is known of a client, as words: what a filter that can use none of it says. */
export function evidenceOf(client: ClientIdentity): string {
  const { users, mtls, tokens, networks, labels } = client
  const words = [
    ...(users.length === 0 ? [] : ['a user of the machine']),
    ...(mtls.length === 0 ? [] : ['a certificate']),
    ...(tokens.length === 0 ? [] : ['a token']),
    ...(networks.length === 0 ? [] : ['a network']),
    ...(labels === undefined ? [] : ['labels of its pods']),
  ]
  return words.join(', ')
}
