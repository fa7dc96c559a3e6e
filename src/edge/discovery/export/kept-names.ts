/**
 * Groups that a file has named before, which stay in it, empty, when nobody is ready: a proxy whose
 * configuration speaks of a backend that is gone refuses to be loaded. A worktree's or a CI job's are
 * let go of, since they do not come again.
 */
import type { Endpoint } from '../../../seams/endpoints.ts'
import { exportedGroups } from './exported-groups.ts'

/** A backend, an upstream, the state of a server, a line of a map: in each the name of a group. */
const LINE =
  /^(?:(?:backend|upstream) (?<block>[a-z0-9.-]+)(?: \{)?|\d+ (?<state>[a-z0-9.-]+) \d+ slot.*|[a-z0-9.-]+\.localhost (?<mapped>[a-z0-9.-]+))$/gm

/** The names that a file has. */
export function namesIn(text: string): ReadonlySet<string> {
  const found = [...text.matchAll(LINE)].map(({ groups = {} }) => {
    return groups['block'] ?? groups['state'] ?? groups['mapped'] ?? ''
  })
  return new Set(found)
}

/** What one file keeps. */
export class KeptNames {
  #passing: ReadonlySet<string> = new Set()

  /** The names that have to be there beside those of who is ready; may be asked again for the same. */
  wanted(before: string, endpoints: readonly Endpoint[]): readonly string[] {
    const known = namesIn(before)
    const apart = exportedGroups(endpoints.filter(({ scope }) => scope !== undefined))
    const left = [...this.#passing].filter((name) => known.has(name))
    this.#passing = new Set([...left, ...apart.map(({ name }) => name)])
    return [...known].filter((name) => !this.#passing.has(name))
  }
}
