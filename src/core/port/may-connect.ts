/** Whether a service may connect to a port, by the rules of all Ports contracts together. */
import type { ConnectPolicy, ConnectRule, ConnectTarget } from './connect-policy.ts'
import { matchesWord } from './match-word.ts'

/** Whether somebody may connect, and why. */
export type ConnectVerdict =
  | { readonly verdict: 'allowed'; readonly sentence: string }
  | { readonly verdict: 'denied'; readonly sentence: string }

/** The rules that speak of a target. None: whoever reaches it may connect. */
export function rulesFor(
  policies: readonly ConnectPolicy[],
  { service, port }: ConnectTarget,
): readonly ConnectRule[] {
  return policies
    .flatMap(({ rules }) => rules)
    .filter(({ to, ports }) => {
      const isNamed = to.some((pattern) => matchesWord(pattern, service))
      return isNamed && (ports === undefined || ports.includes(port))
    })
}

/**
 * Judges a client by the services it is known to be; more than one is possible, none is a stranger.
 *
 * @example
 * mayConnect([], { service: 'shop/api', port: 'http' }, []).verdict === 'allowed'
 */
export function mayConnect(
  policies: readonly ConnectPolicy[],
  target: ConnectTarget,
  services: readonly string[],
): ConnectVerdict {
  const rules = rulesFor(policies, target)
  const name = `${target.service} (${target.port})`
  if (rules.length === 0) {
    return { verdict: 'allowed', sentence: `No rule says who may connect to ${name}.` }
  }
  const allowed = [...new Set(rules.flatMap(({ from }) => from))]
  if (allowed.includes('*')) {
    return { verdict: 'allowed', sentence: `Everybody may connect to ${name}.` }
  }
  const known = services.find((one) => allowed.some((pattern) => matchesWord(pattern, one)))
  if (known !== undefined) {
    return { verdict: 'allowed', sentence: `${known} may connect to ${name}.` }
  }
  const who = services.length === 0 ? 'A stranger' : services.join(', ')
  const sentence = `${who} may not connect to ${name}; only ${allowed.join(', ')} may.`
  return { verdict: 'denied', sentence }
}
