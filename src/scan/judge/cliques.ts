/** Things of which each is at odds with every other: told once for all of them, and never pair by pair. */

/** Two indices that are at odds, the smaller one first. */
export type Pair = readonly [number, number]

/** Up to this many, every pair is told of; of more, everybody is told of with some of the others. */
const EVERY_PAIR_MAX = 40

/**
 * Groups that cover all pairs, each group as large as can be had by looking once.
 *
 * @param beside pairs that are at odds too and may be in a group, but need not be covered
 */
export function cliquesOf(
  pairs: readonly Pair[],
  beside: readonly Pair[] = [],
): readonly (readonly number[])[] {
  const neighbours = new Neighbours([...pairs, ...beside])
  const covered = new Set<string>()
  const members = new Set<number>()
  const groups: (readonly number[])[] = []
  const add = (one: number, other: number): readonly number[] => {
    const group = neighbours.groupAround(one, other)
    for (const member of group) members.add(member)
    groups.push(group)
    return group
  }
  const many = pairs.filter(([one]) => neighbours.countOf(one) > EVERY_PAIR_MAX)
  for (const [one, other] of pairs) {
    if (neighbours.countOf(one) > EVERY_PAIR_MAX || covered.has(`${one} ${other}`)) continue
    const group = add(one, other)
    for (const [place, member] of group.entries()) {
      for (const later of group.slice(place + 1)) covered.add(`${member} ${later}`)
    }
  }
  for (const [one, other] of many) if (!members.has(one)) add(one, other)
  // Whoever comes last has nobody behind it to be told of with.
  for (const [one, other] of many) if (!members.has(other)) add(one, other)
  return groups
}

/** Who is at odds with whom. */
class Neighbours {
  readonly #sets = new Map<number, Set<number>>()
  readonly #sorted = new Map<number, readonly number[]>()

  constructor(pairs: readonly Pair[]) {
    for (const [one, other] of pairs) {
      this.#of(one).add(other)
      this.#of(other).add(one)
    }
  }

  countOf(one: number): number {
    return this.#of(one).size
  }

  /** Both, and whoever is at odds with everybody in the group so far; sorted. */
  groupAround(one: number, other: number): readonly number[] {
    const group = [one, other]
    const sorted = this.#sortedOf(one)
    const isMany = sorted.length > EVERY_PAIR_MAX
    for (const candidate of sorted) {
      // Of a great many, those behind it: the ones before it have been told of.
      if (isMany && candidate < one) continue
      const theirs = this.#of(candidate)
      if (group.every((member) => theirs.has(member))) group.push(candidate)
    }
    return group.sort((a, b) => a - b)
  }

  #of(one: number): Set<number> {
    const known = this.#sets.get(one)
    if (known !== undefined) return known
    const made = new Set<number>()
    this.#sets.set(one, made)
    return made
  }

  #sortedOf(one: number): readonly number[] {
    const known = this.#sorted.get(one)
    if (known !== undefined) return known
    const sorted = [...this.#of(one)].sort((a, b) => a - b)
    this.#sorted.set(one, sorted)
    return sorted
  }
}
