/**
 * Who may import whom: the one table that ARCHITECTURE.md shows and a test enforces. A row may import
 * itself and what it lists. Tests are free to import what they test with.
 */
import { posix } from 'node:path'
import type { Finding } from './tidy/rule.ts'
import { lineAt, type SourceFile } from './tidy/source-file.ts'

/** One layer of the house. */
export interface Layer {
  /** The folder under src, or the files directly in it. */
  readonly name: string
  /** A pattern over paths relative to src. */
  readonly holds: RegExp
  readonly mayImport: readonly string[] | 'everything'
  /** Packages it may import, `node:*` for Node's own; a name ending in `*` stands for all that begin so. */
  readonly packages: readonly string[] | 'any'
  /** Folders whose siblings may import them; all other folders of the layer are parts that never import each other. */
  readonly shared?: readonly string[]
}

/** The table, from the inside outwards. A file belongs to the first layer that holds it. */
export const LAYERS: readonly Layer[] = [
  { name: 'core', holds: /^core\//, mayImport: [], packages: ['@noble/hashes'] },
  {
    name: 'contracts',
    holds: /^contracts\//,
    mayImport: ['core'],
    packages: ['zod', 'yaml', '@bufbuild/*', 're2js'],
    shared: ['document', 'expression', 'probes'],
  },
  { name: 'seams', holds: /^seams\//, mayImport: ['core'], packages: [] },
  {
    name: 'engine',
    holds: /^engine\//,
    mayImport: ['core', 'contracts', 'seams'],
    packages: 'any',
  },
  { name: 'database', holds: /^database\//, mayImport: ['core', 'seams'], packages: 'any' },
  onDatabase(rim('ledger', ['chain'])),
  rim('probes', [
    'answer',
    'connection',
    'document',
    'exchange',
    'input',
    'pattern',
    'redaction',
    'watching',
  ]),
  rim('runtimes', ['logs', 'placement', 'subject']),
  rim('sources', []),
  rim('clock', []),
  rim('random', []),
  onDatabase(rim('settings', [])),
  onDatabase(rim('records', ['document'])),
  onDatabase(rim('leases', [])),
  onDatabase(rim('mailbox', [])),
  rim('notifier', []),
  rim('circumstances', []),
  rim('telemetry', []),
  { name: 'channel', holds: /^channel\//, mayImport: ['core'], packages: ['node:*'] },
  { name: 'certificates', holds: /^certificates\//, mayImport: ['core'], packages: ['node:*'] },
  { name: 'ports', holds: /^ports\//, mayImport: ['core', 'seams', 'channel'], packages: 'any' },
  { name: 'scan', holds: /^scan\//, mayImport: ['core'], packages: 'any' },
  {
    name: 'edge',
    holds: /^edge\//,
    mayImport: ['core', 'contracts', 'seams', 'channel', 'certificates'],
    packages: 'any',
  },
  {
    name: 'wire',
    holds: /^server\/(wire|problem)(\/|\.ts$)/,
    mayImport: ['core', 'seams'],
    packages: 'any',
  },
  {
    name: 'client',
    holds: /^server\/client\//,
    mayImport: ['core', 'seams', 'certificates', 'wire'],
    packages: 'any',
  },
  {
    name: 'server',
    holds: /^server\//,
    mayImport: ['core', 'contracts', 'seams', 'engine', 'certificates', 'edge', 'wire', 'client'],
    packages: 'any',
  },
  {
    name: 'agent',
    holds: /^agent\//,
    mayImport: ['core', 'seams', 'wire', 'client'],
    packages: 'any',
  },
  { name: 'sdk', holds: /^sdk\//, mayImport: ['core'], packages: ['node:*'] },
  {
    name: 'prove',
    holds: /^prove\//,
    mayImport: ['core', 'contracts', 'wire', 'client'],
    packages: 'any',
  },
  {
    name: 'cli',
    holds: /^cli\//,
    mayImport: ['core', 'contracts', 'seams', 'edge', 'wire', 'client', 'prove', 'scan'],
    packages: 'any',
  },
  { name: 'web', holds: /^web\//, mayImport: ['core', 'wire'], packages: 'any' },
  {
    name: 'doors',
    holds: /^(index|service|testing)\.ts$/,
    mayImport: ['core', 'contracts', 'seams', 'engine', 'ledger', 'sdk'],
    packages: [],
  },
  { name: 'main', holds: /^(main[a-z-]*\.ts$|daemon\/)/, mayImport: 'everything', packages: 'any' },
]

function rim(name: string, shared: readonly string[]): Layer {
  const holds = new RegExp(`^${name}/`)
  return { name, holds, mayImport: ['core', 'seams'], packages: 'any', shared }
}

/** A layer of the rim of which one part keeps what it has in PostgreSQL. */
function onDatabase(layer: Layer): Layer {
  return { ...layer, mayImport: ['core', 'seams', 'database'] }
}

/** The table as ARCHITECTURE.md shows it. */
export function printLayers(layers: readonly Layer[] = LAYERS): string {
  const rows = layers.map((layer) => {
    const layerNames =
      layer.mayImport === 'everything' ? 'everything' : layer.mayImport.join(', ') || '—'
    const packages = layer.packages === 'any' ? 'any' : layer.packages.join(', ') || '—'
    const shared = layer.shared === undefined ? '' : layer.shared.join(', ') || 'nothing'
    return `| ${layer.name} | ${layerNames} | ${packages} | ${shared} |`
  })
  const head = '| layer | may import | packages | shared between its parts |\n|---|---|---|---|'
  return [head, ...rows].join('\n')
}

/** Every import among these files that the table does not allow. */
export function checkLayers(files: readonly SourceFile[]): readonly Finding[] {
  return files.filter(isJudged).flatMap((file) =>
    findImports(file.uncommented).flatMap(({ specifier, offset }) => {
      const objection = assessImport(file.path, specifier)
      if (objection === undefined) return []
      return [{ file: file.path, line: lineAt(file.text, offset), sentence: objection }]
    }),
  )
}

/** What is imported by a text: statically, for types, re-exported, or when it runs. */
export function findImports(
  uncommented: string,
): readonly { readonly specifier: string; readonly offset: number }[] {
  const patterns = [
    /\b(?:import|export)\b(?:\s+type\b)?[\s\w$*{},]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*['"]([^'"]+)['"]/g,
    /\b(?:import|require)\s*\(\s*['"`]([^'"`]+)['"`]/g,
  ]
  return patterns
    .flatMap((pattern) => [...uncommented.matchAll(pattern)])
    .map((match) => ({ specifier: match[1] ?? '', offset: match.index }))
    .sort((one, other) => one.offset - other.offset)
}

function isJudged(file: SourceFile): boolean {
  return /^src\/.*\.tsx?$/.test(file.path) && !/\.test\.tsx?$|\/fixtures\//.test(file.path)
}

function assessImport(importer: string, specifier: string): string | undefined {
  const from = importer.slice('src/'.length)
  const layer = layerOf(from)
  if (layer === undefined) return `no layer holds this file; add it to tools/layers.ts or move it`
  if (!specifier.startsWith('.')) return assessPackage(layer, specifier)
  const path = posix.normalize(posix.join(posix.dirname(importer), specifier))
  if (!path.startsWith('src/'))
    return `imports ${path}, which does not ship; move what it needs to src`
  const to = path.slice('src/'.length)
  const target = layerOf(to)
  if (target === undefined) return `imports ${path}, which no layer holds`
  if (target === layer) return assessSibling(layer, from, to)
  if (layer.mayImport === 'everything' || layer.mayImport.includes(target.name)) return undefined
  const allowed = ['itself', ...layer.mayImport].join(', ')
  return `${layer.name} may import ${allowed}, not ${target.name}; let main hand it in through a seam`
}

function assessPackage(layer: Layer, specifier: string): string | undefined {
  if (layer.packages === 'any') return undefined
  const isAllowed = layer.packages.some((name) =>
    name.endsWith('*')
      ? specifier.startsWith(name.slice(0, -1))
      : specifier === name || specifier.startsWith(`${name}/`),
  )
  if (isAllowed) return undefined
  const allowed = layer.packages.join(', ') || 'no package'
  return `${layer.name} may import ${allowed}, not ${specifier}; reach the world through a seam`
}

function assessSibling(layer: Layer, from: string, to: string): string | undefined {
  if (layer.shared === undefined) return undefined
  const [fromPart, toPart] = [partOf(from), partOf(to)]
  // Files directly in the layer's folder are its registry and what every part fulfils.
  if (fromPart === undefined || toPart === undefined || fromPart === toPart) return undefined
  if (layer.shared.includes(toPart)) return undefined
  return `${layer.name}/${fromPart} may not import ${layer.name}/${toPart}; move what both need to a shared folder`
}

function partOf(path: string): string | undefined {
  const segments = path.split('/')
  return segments.length > 2 ? segments[1] : undefined
}

function layerOf(path: string): Layer | undefined {
  return LAYERS.find((layer) => layer.holds.test(path))
}
