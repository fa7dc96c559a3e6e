/**
 * Leaves of a document's named shapes only those that something refers to. The library names every
 * shape twice, once as it is sent and once as it is given; a name that is needed once loses its suffix.
 */
import type { Json, JsonObject } from '../../core/units/json.ts'
import type { OpenApiDocument } from './shape.ts'

const PLACE = '#/components/schemas/'
const SENT = 'Input'

/** The document without what nothing refers to, its shapes in the order of their names. */
export function tidyComponents(document: OpenApiDocument): OpenApiDocument {
  const { schemas } = document.components
  const used = reachable(document.paths as unknown as Json, schemas)
  const isTwin = (name: string): boolean => {
    const given = name.slice(0, -SENT.length)
    if (!name.endsWith(SENT) || schemas[given] === undefined) return false
    return !used.has(given) || asGiven(schemas[name]) === JSON.stringify(schemas[given])
  }
  const rename = (name: string): string => (isTwin(name) ? name.slice(0, -SENT.length) : name)
  const kept = [...used].map(
    (name) => [rename(name), renamed(schemas[name] ?? {}, rename)] as const,
  )
  kept.sort(([one], [other]) => (one < other ? -1 : 1))
  return {
    ...document,
    paths: renamed(
      document.paths as unknown as Json,
      rename,
    ) as unknown as OpenApiDocument['paths'],
    components: { ...document.components, schemas: Object.fromEntries(kept) as Shapes },
  }
}

type Shapes = Readonly<Record<string, JsonObject>>

function asGiven(shape: JsonObject | undefined): string {
  return JSON.stringify(shape).replaceAll(new RegExp(`(${PLACE}\\w+)${SENT}"`, 'g'), '$1"')
}

/** The names of all shapes that a value refers to, directly or not. */
function reachable(from: Json, schemas: Shapes): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting = namesIn(from)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    found.add(name)
    waiting.push(...namesIn(schemas[name] ?? {}))
  }
  return found
}

function namesIn(value: Json): string[] {
  const names: string[] = []
  renamed(value, (name) => {
    names.push(name)
    return name
  })
  return names
}

/** A value with every reference renamed. */
function renamed(value: Json, rename: (name: string) => string): Json {
  if (Array.isArray(value)) return value.map((one) => renamed(one, rename))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, member]) => {
    const isReference = key === '$ref' && typeof member === 'string' && member.startsWith(PLACE)
    if (!isReference) return [key, renamed(member, rename)] as const
    return [key, `${PLACE}${rename(member.slice(PLACE.length))}`] as const
  })
  return Object.fromEntries(members)
}
