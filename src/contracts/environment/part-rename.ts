/**
 * The components and settings of a part under the names that they have in the whole: `<part>-<name>` and
 * `<part>_<name>`, in needs and expressions too, with its paths counted from the folder of the whole.
 */
import type { Json, JsonObject } from '../../core/units/json.ts'
import { parseTemplate, printTemplate } from '../expression/template.ts'
import { probeInputs } from '../probes/index.ts'

/** A part: the component that uses a contract, and the contract. */
export interface Part {
  readonly name: string
  readonly component: JsonObject
  readonly use: JsonObject
  readonly document: JsonObject
}

/** Its components, under their names in the whole. */
export function partComponents(part: Part): JsonObject {
  const { components = {} } = part.document['spec'] as JsonObject
  return Object.fromEntries(
    Object.entries(components as JsonObject).map(([name, component]) => [
      `${part.name}-${name}`,
      componentOf(part, component as JsonObject),
    ]),
  )
}

/** Its settings, under their names in the whole. */
export function partSettings(part: Part): JsonObject {
  const { settings = {} } = part.document['spec'] as JsonObject
  return Object.fromEntries(
    Object.entries(settings as JsonObject).map(([name, value]) => [settingOf(part, name), value]),
  )
}

function settingOf({ name: part }: Part, name: string): string {
  return `${part.replaceAll('-', '_')}_${name}`
}

function componentOf(part: Part, component: JsonObject): JsonObject {
  const { owner, regions, needs: before = [] } = part.component
  const renamed = renameIn(part, component) as JsonObject
  const own = (component['needs'] ?? []) as readonly Json[]
  const needs = [
    // What the whole waits for comes before whatever of the part waits for nothing else.
    ...(own.length === 0 ? (before as readonly Json[]) : []),
    ...own.map((need) => renameNeed(part, need)),
  ]
  const { run, ready, drain } = renamed
  return {
    ...(owner === undefined ? {} : { owner }),
    ...renamed,
    ...(regions === undefined ? {} : { regions }),
    ...(needs.length === 0 ? {} : { needs }),
    ...(isObject(run) ? { run: placedRun(part, run) } : {}),
    ...(Array.isArray(ready) ? { ready: ready.map((one) => placedCondition(part, one)) } : {}),
    ...(isObject(drain) && Array.isArray(drain['until'])
      ? { drain: { ...drain, until: drain['until'].map((one) => placedCondition(part, one)) } }
      : {}),
  }
}

function renameNeed({ name }: Part, need: Json): Json {
  if (typeof need === 'string') return `${name}-${need}`
  const entries = Object.entries(need as JsonObject)
  return Object.fromEntries(
    entries.map(([key, value]) => [key === 'drain' ? key : `${name}-${key}`, value]),
  )
}

/** Every expression in a value: what stands between braces, and the whole of a `when`. */
function renameIn(part: Part, value: Json, key?: string): Json {
  if (typeof value === 'string') {
    if (key === 'when') return renameExpression(part, value)
    return renameTemplate(part, value)
  }
  if (Array.isArray(value)) return value.map((item) => renameIn(part, item))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, renameIn(part, item, name)]),
  )
}

function renameTemplate(part: Part, text: string): string {
  const template = parseTemplate(text)
  if (!template.ok || template.value.parts.every((piece) => typeof piece === 'string')) return text
  return printTemplate(
    template.value.parts.map((piece) =>
      typeof piece === 'string'
        ? piece
        : { ...piece, expression: renameExpression(part, piece.expression) },
    ),
  )
}

function renameExpression(part: Part, expression: string): string {
  return expression
    .replaceAll(
      /\bsettings\.([A-Za-z_]\w*)/g,
      (_, name: string) => `settings.${settingOf(part, name)}`,
    )
    .replaceAll(/\bcomponent\(\s*(["'])/g, (_, mark: string) => `component(${mark}${part.name}-`)
}

function placedRun(part: Part, run: JsonObject): JsonObject {
  const { container, external } = run
  if (external !== undefined) return run
  if (!isObject(container)) return { ...run, cwd: placed(part, String(run['cwd'] ?? '.')) }
  const { mounts } = container
  if (!Array.isArray(mounts)) return run
  const moved = mounts.map((mount) =>
    isObject(mount) ? { ...mount, source: placed(part, String(mount['source'])) } : mount,
  )
  return { ...run, container: { ...container, mounts: moved } }
}

/** A condition whose probe looks at a path, with the path counted from the folder of the whole. */
function placedCondition(part: Part, condition: Json): Json {
  if (!isObject(condition)) return condition
  return Object.fromEntries(
    Object.entries(condition).map(([key, input]) => {
      const member = Object.hasOwn(probeInputs, key)
        ? probeInputs[key as keyof typeof probeInputs].path
        : undefined
      return [key, member === undefined ? input : placedInput(part, member, input)]
    }),
  )
}

function placedInput(part: Part, member: string, input: Json): Json {
  if (member === 'path' && typeof input === 'string') return placed(part, input)
  if (!isObject(input)) return input
  const path = input[member] ?? (member === 'cwd' ? '.' : undefined)
  return typeof path === 'string' ? { ...input, [member]: placed(part, path) } : input
}

/** A path of the part, counted from the folder of the whole. */
function placed({ use }: Part, path: string): string {
  if (path.startsWith('/') || path.startsWith('${')) return path
  const folder = String(use['contract']).split('/').slice(0, -1)
  const steps = [...folder, ...path.split('/')].filter((step) => step !== '' && step !== '.')
  return steps.length === 0 ? '.' : steps.join('/')
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
