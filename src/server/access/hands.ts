/**
 * Hands: which names are, or may be, one and the same person. Four eyes are two people, so whoever made
 * a token is no second pair of eyes for it, nor is the token for them.
 */

/** A name, and everybody who could speak with it. */
export interface Hand {
  readonly name: string
  /** Who made its token, and who is behind them. */
  readonly behind: readonly string[]
}

/**
 * Whether two names may be one hand: one is behind the other, or somebody is behind both. The owner of
 * the machine, who gives out everybody's first token, joins nobody: they could change anything anyway.
 */
export function isSameHand(one: Hand, other: Hand): boolean {
  const [name, otherName] = [fullName(one.name), fullName(other.name)]
  if (name === otherName) return true
  const behind = one.behind.map(fullName)
  const otherBehind = other.behind.map(fullName)
  if (behind.includes(otherName) || otherBehind.includes(name)) return true
  return behind.some((maker) => !maker.startsWith('local:') && otherBehind.includes(maker))
}

/** Names without a sort are those of people at the Unix socket, as ledgers have always had them. */
export function fullName(name: string): string {
  return name.includes(':') ? name : `local:${name}`
}
