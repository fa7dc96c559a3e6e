/** Things of which each is at odds with every other: told once for all of them, and never pair by pair. */

/** Two indices that are at odds, the smaller one first. */
export type Pair = readonly [number, number]

/**
 * Groups that cover all pairs, each group as large as possible.
 *
 * @param beside pairs that are at odds too and may be in a group, but need not be covered
 */
export function cliquesOf(
  pairs: readonly Pair[],
  beside: readonly Pair[] = [],
): readonly (readonly number[])[] {
  const neighbours = new Map<number, Set<number>>()
  for (const [one, other] of [...pairs, ...beside]) {
    neighboursOf(neighbours, one).add(other)
    neighboursOf(neighbours, other).add(one)
  }
  const covered = new Set<string>()
  const groups: (readonly number[])[] = []
  for (const [one, other] of pairs) {
    if (covered.has(`${one} ${other}`)) continue
    const group = [one, other]
    const candidates = [...neighboursOf(neighbours, one)].sort((a, b) => a - b)
    for (const candidate of candidates) {
      const isAtOdds = group.every((member) => neighbours.get(member)?.has(candidate) === true)
      if (isAtOdds) group.push(candidate)
    }
    group.sort((a, b) => a - b)
    for (const [place, member] of group.entries()) {
      for (const later of group.slice(place + 1)) covered.add(`${member} ${later}`)
    }
    groups.push(group)
  }
  return groups
}

function neighboursOf(all: Map<number, Set<number>>, of: number): Set<number> {
  const found = all.get(of) ?? new Set<number>()
  all.set(of, found)
  return found
}
