/** How a need is called: `db`, or `eu/db` for the one of another region. */

/** A component that is needed, and the region it is in where another is meant. */
export interface NeededPlace {
  readonly component: string
  readonly region?: string
}

/** Reads the name of a need. */
export function parseNeedName(name: string): NeededPlace {
  const [first = '', second] = name.split('/')
  return second === undefined ? { component: first } : { component: second, region: first }
}
