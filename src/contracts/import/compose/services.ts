/** The services of a compose file that take part, what they extend taken in. */
import type { ImportContext } from '../format.ts'
import type { Item } from '../source/item.ts'

/** A service and what it extends, its own keys first. */
export class Service {
  readonly name: string
  readonly item: Item
  readonly #bases: readonly Item[]

  constructor(name: string, item: Item, bases: readonly Item[]) {
    this.name = name
    this.item = item
    this.#bases = bases
  }

  /** A key of its own, else of what it extends; mappings such as `healthcheck` count as a whole. */
  get(key: string): Item | undefined {
    for (const item of [this.item, ...this.#bases]) {
      const member = item.get(key)
      if (member !== undefined) return member
    }
    return undefined
  }
}

/** Every service that takes part: those of other profiles are left out unless somebody needs them. */
export function readServices(root: Item, context: ImportContext): readonly Service[] {
  const written = root.get('services')
  const all = new Map(written?.members() ?? [])
  const needed = new Set([...all.values()].flatMap(requiredBy))
  return [...all].flatMap(([name, item]): readonly Service[] => {
    const service = new Service(name, item, basesOf(item, all))
    const profiles =
      service
        .get('profiles')
        ?.elements()
        .map((one) => one.text() ?? '') ?? []
    const isActive = profiles.length === 0 || profiles.some((one) => context.profiles.includes(one))
    if (isActive || needed.has(name)) return [service]
    const wanted = profiles.join(' or ')
    item.lose(`it belongs to the profile ${wanted}; import it with --profiles ${profiles[0]}`)
    return []
  })
}

function requiredBy(item: Item): readonly string[] {
  const needs = item.get('depends_on')
  if (needs === undefined) return []
  if (needs.isList) return needs.elements().map((one) => one.text() ?? '')
  return needs
    .members()
    .filter(([, need]) => need.get('required')?.flag() !== false)
    .map(([name]) => name)
}

function basesOf(item: Item, all: ReadonlyMap<string, Item>): readonly Item[] {
  const bases: Item[] = []
  let current: Item | undefined = item
  while (current !== undefined) {
    const link: Item | undefined = current.get('extends')
    if (link === undefined) return bases
    if (link.isMap && link.get('file') !== undefined) {
      link.lose('the other file is not read, so its health check and needs are not seen')
      return bases
    }
    const name: string | undefined = (link.isMap ? link.get('service') : link)?.text()
    const base: Item | undefined = name === undefined ? undefined : all.get(name)
    if (base === undefined) link.lose('there is no such service')
    if (base === undefined || base === item || bases.includes(base)) return bases
    bases.push(base)
    current = base
  }
  return bases
}
