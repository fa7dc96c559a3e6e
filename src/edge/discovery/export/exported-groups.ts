/**
 * Who is ready, in the groups that proxies have: one for each port of a service, under each of its
 * names, `http.api.shop`. Names that were wanted are there also when nobody is ready.
 */
import type { Endpoint } from '../../../seams/endpoints.ts'
import { oneAddressEach } from '../instances.ts'
import { groupByName, type HomeNames, labelOf } from '../service-name.ts'

/** The first line of every file that is written as a whole. */
export const WRITTEN_HEAD = '# Written by Rampart; changes in here are lost.'

/** What is exported. */
export interface ExportScope {
  readonly home?: HomeNames
  /** Groups that a configuration names, and that must be there therefore: `http.api.shop`. */
  readonly wanted?: readonly string[]
}

/** The owners of one port, by one of its names. */
export interface ExportedGroup {
  /** Made of labels and dots, so that every proxy takes it. */
  readonly name: string
  readonly endpoints: readonly Endpoint[]
}

/** The names that a configuration may use. */
const NAME = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/

/** All groups, by name. TCP only: that is what these proxies balance. */
export function exportedGroups(
  all: readonly Endpoint[],
  { home = {}, wanted = [] }: ExportScope = {},
): readonly ExportedGroup[] {
  const groups = new Map<string, Endpoint[]>(
    wanted.filter((name) => NAME.test(name)).map((name) => [name, []]),
  )
  const tcp = oneAddressEach(all.filter(({ protocol }) => protocol === 'tcp'))
  for (const [name, endpoints] of groupByName(tcp, home)) {
    for (const one of endpoints) {
      const full = `${labelOf(one.port)}.${name}`
      const group = groups.get(full)
      if (group === undefined) groups.set(full, [one])
      else group.push(one)
    }
  }
  return [...groups]
    .map(([name, endpoints]) => ({ name, endpoints }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}
