/**
 * Parts: a component that is another contract, in exactly one revision of it. Its components become
 * components of this one, called `<part>-<name>`, and the part itself is ready once all of them are, so
 * that there is still one plan. Reads nothing: what is used was put into the document before.
 */
import { digestOf } from '../../core/units/digest.ts'
import type { Json, JsonObject } from '../../core/units/json.ts'
import { quote } from '../document/describe-value.ts'
import type { Issue, Path } from '../document/issue.ts'
import {
  type Complaint,
  issueAt,
  pathKey,
  type SourceDocument,
} from '../document/source-document.ts'
import { type Part, partComponents, partSettings } from './part-rename.ts'

/** A document whose parts have become components, and what is wrong with them. */
export interface Expanded {
  readonly document: SourceDocument
  readonly issues: readonly Issue[]
  /** Whether every part became components; else nothing can be said of needing them. */
  readonly isWhole: boolean
}

/** What may stand beside `use`. */
const BESIDE_USE = ['use', 'owner', 'description', 'needs', 'regions']

/** The files that a document uses, as they are written. */
export function partFiles(value: Json): readonly string[] {
  return usesIn(value).flatMap(({ use }) =>
    typeof use['contract'] === 'string' ? [use['contract']] : [],
  )
}

/** A part as the whole names it. */
export interface PartUse {
  /** The component that it is. */
  readonly name: string
  readonly file: string
  readonly revision?: string
  readonly owner?: string
}

/** The parts of a document, as far as they can be read. */
export function partUses(value: Json): readonly PartUse[] {
  return usesIn(value).flatMap(({ name, component, use }): readonly PartUse[] => {
    const { contract: file, revision } = use
    const { owner } = component
    if (typeof file !== 'string') return []
    const known = typeof revision === 'string' ? { revision } : {}
    return [{ name, file, ...known, ...(typeof owner === 'string' ? { owner } : {}) }]
  })
}

/** The document with every part that could be read put into it. */
export function withParts(value: Json, read: (file: string) => Json | undefined): Json {
  return mapUses(value, (use) => {
    const document = typeof use['contract'] === 'string' ? read(use['contract']) : undefined
    return document === undefined ? use : { ...use, document }
  })
}

/** The document as it was written: what its digest is over. The digests of its parts stand in it. */
export function withoutParts(value: Json): Json {
  return mapUses(value, ({ document, ...use }) => use)
}

/** Turns every part into components. `check` says what is wrong with a part by itself. */
export function expandParts(
  document: SourceDocument,
  check: (part: SourceDocument) => readonly Issue[],
): Expanded {
  const issues: Issue[] = []
  const flawed = new Set(document.flawed)
  const components: Record<string, Json> = { ...objectIn(document.value, ['spec', 'components']) }
  const settings: Record<string, Json> = { ...objectIn(document.value, ['spec', 'settings']) }
  const uses = usesIn(document.value)
  // A shape that is wrong is told as that.
  const readable = uses.filter(({ use }) => typeof use['contract'] === 'string')
  for (const { name, component, use } of readable) {
    const path = ['spec', 'components', name]
    const complain = (at: Path, complaint: Complaint, part: 'key' | 'value' = 'value'): void => {
      for (const told of [path, [...path, ...at], [...path, 'use', 'revision']]) {
        flawed.add(pathKey(told))
      }
      issues.push(issueAt(document, [...path, ...at], complaint, part))
    }
    const complaint =
      complaintAbout(name, component, use) ?? complaintAboutPart(component, use, check)
    if (complaint !== undefined) {
      complain(complaint.at, complaint, complaint.at.length === 1 ? 'key' : 'value')
      continue
    }
    const part: Part = { name, component, use, document: use['document'] as JsonObject }
    const made = partComponents(part)
    const clash = [...Object.keys(made)].find((one) => Object.hasOwn(components, one))
    if (clash !== undefined) {
      complain(
        [],
        { code: 'duplicate-name', message: `there is a component ${quote(clash)} already` },
        'key',
      )
      continue
    }
    Object.assign(components, made, { [name]: joined(component, Object.keys(made)) })
    Object.assign(settings, partSettings(part))
  }
  if (issues.length > 0 || readable.length < uses.length) {
    return { document: { ...document, flawed }, issues, isWhole: false }
  }
  if (uses.length === 0) return { document, issues, isWhole: true }
  const spec = {
    ...objectIn(document.value, ['spec']),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    components,
  }
  return {
    document: { ...document, value: { ...(document.value as JsonObject), spec }, flawed },
    issues,
    isWhole: true,
  }
}

/** The part as a whole: proof alone, that all of it is ready. */
function joined(component: JsonObject, names: readonly string[]): Json {
  const needs = Array.isArray(component['needs']) ? component['needs'] : []
  return { ...component, needs: [...needs, ...names] }
}

type Misused = Complaint & { readonly at: Path }

function complaintAbout(name: string, component: JsonObject, use: JsonObject): Misused | undefined {
  const other = Object.keys(component).find((key) => !BESIDE_USE.includes(key))
  if (other !== undefined) {
    const message = `${name} is another contract, which says itself what it runs; take ${other} out`
    return { at: [other], code: 'contradiction', message }
  }
  if (use['document'] !== undefined) return undefined
  const message = `${use['contract']} was not read; is it there?`
  return {
    at: ['use', 'contract'],
    code: 'reference-unknown',
    message,
    found: String(use['contract']),
  }
}

function complaintAboutPart(
  component: JsonObject,
  use: JsonObject,
  check: (part: SourceDocument) => readonly Issue[],
): Misused | undefined {
  const { contract, revision, document = null } = use
  const file = String(contract)
  const digest = digestOf(document)
  if (revision !== digest) {
    const message =
      revision === undefined
        ? `the revision of ${file} must be named; it is ${digest} now`
        : `${file} is not the revision that was agreed on: that is ${revision}, this is ${digest}`
    const see = `rampart plan ${file} --against THE-OTHER-REVISION shows what changed`
    const { owner } = component
    const word = typeof owner === 'string' ? `; changing that takes the word of ${owner}` : ''
    const at = revision === undefined ? ['use'] : ['use', 'revision']
    return { at, code: 'revision-differs', message: `${message}${word}; ${see}`, expected: digest }
  }
  const at = ['use', 'contract']
  const unusable = whyUnusable(document)
  if (unusable !== undefined) {
    return { at, code: 'contradiction', message: `${file} cannot be a part: ${unusable}` }
  }
  const [first] = check({ file, value: document, places: new Map(), flawed: new Set() })
  if (first === undefined) return undefined
  const message = `${file} has a mistake of its own: ${first.path}: ${first.message}`
  return { at, code: 'contradiction', message }
}

/** What a part may not have, since it would have to mean something for the whole. */
function whyUnusable(document: Json): string | undefined {
  if (objectIn(document, [])['kind'] !== 'Environment') return 'it is no environment'
  if (usesIn(document).length > 0) return 'it uses contracts itself, which is not in this version'
  const spec = objectIn(document, ['spec'])
  for (const key of ['regions', 'agree', 'targets']) {
    if (spec[key] !== undefined) return `it has ${key} of its own, which are the whole's to say`
  }
  return undefined
}

interface Use {
  readonly name: string
  readonly component: JsonObject
  readonly use: JsonObject
}

function usesIn(value: Json): readonly Use[] {
  return Object.entries(objectIn(value, ['spec', 'components'])).flatMap(([name, component]) => {
    const use = objectIn(component, ['use'])
    const isUse = isObject(component) && isObject(component['use'])
    return isUse ? [{ name, component, use }] : []
  })
}

function mapUses(value: Json, map: (use: JsonObject) => JsonObject): Json {
  const uses = usesIn(value)
  if (uses.length === 0) return value
  const changed = uses.map(({ name, component, use }) => [name, { ...component, use: map(use) }])
  const spec = objectIn(value, ['spec'])
  const components = { ...objectIn(spec, ['components']), ...Object.fromEntries(changed) }
  return { ...objectIn(value, []), spec: { ...spec, components } }
}

function objectIn(value: Json, path: readonly string[]): JsonObject {
  let at: Json | undefined = value
  for (const step of path) at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined
  return isObject(at) ? at : {}
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
