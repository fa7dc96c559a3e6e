/**
 * `rampart parts`: which environments below a folder use which contracts, and whether they are in the
 * revision that was agreed on; where not, whose word is needed. Only reads.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseDocuments } from '../../contracts/document/parse-documents.ts'
import { type PartUse, partUses, withoutParts } from '../../contracts/environment/part.ts'
import { type Digest, digestOf } from '../../core/units/digest.ts'
import type { Json } from '../../core/units/json.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption } from '../options.ts'
import { tableLines } from '../views/columns.ts'

/** One use of a part. */
interface Found extends PartUse {
  /** The file that uses it, from the folder that was looked in. */
  readonly by: string
  /** The file that is used, from there. */
  readonly part: string
  /** What that file holds; absent: it is not there, or no single document. */
  readonly digest?: Digest
}

/** Lists the uses of parts. */
export function runParts(parts: CliParts, folder: string | undefined, options: JsonOption): number {
  const root = resolve(parts.cwd, folder ?? '.')
  const found = usesBelow(root)
  if (options.json === true) {
    parts.stdout.write(`${JSON.stringify({ uses: found.map(told) })}\n`)
    return EXIT.yes
  }
  for (const line of linesOf(found)) parts.stdout.write(`${line}\n`)
  if (found.length === 0)
    parts.stderr.write(`No environment below ${root} uses another contract.\n`)
  return EXIT.yes
}

function usesBelow(root: string): readonly Found[] {
  const files = globSync('**/*.{yaml,yml,json}', {
    cwd: root,
    exclude: (name) => name.startsWith('.') || name === 'node_modules',
  }).sort()
  return files.flatMap((by) => {
    const document = readOne(join(root, by))
    const uses = document === undefined ? [] : partUses(document)
    return uses.map((use): Found => {
      const path = resolve(root, dirname(by), use.file)
      const used = readOne(path)
      const part = relative(root, path)
      return {
        ...use,
        by,
        part,
        ...(used === undefined ? {} : { digest: digestOf(withoutParts(used)) }),
      }
    })
  })
}

/** The one document of a file; undefined for what is no contract at all. */
function readOne(path: string): Json | undefined {
  const [file] = globSync(path)
  if (file === undefined) return undefined
  const text = readFileSync(file, 'utf8')
  if (!text.includes('apiVersion')) return undefined
  const { documents, issues } = parseDocuments({ path, text })
  return documents.length === 1 && issues.length === 0 ? documents[0]?.value : undefined
}

function standingOf({ revision, digest }: Found): 'agreed' | 'differs' | 'absent' {
  if (digest === undefined) return 'absent'
  return revision === digest ? 'agreed' : 'differs'
}

function told(found: Found): object {
  const { by, name, part, revision, digest, owner } = found
  const now = digest ?? null
  return {
    ...{ by, name, part, standing: standingOf(found) },
    ...{ revision: revision ?? null, digest: now, owner: owner ?? null },
  }
}

function linesOf(found: readonly Found[]): readonly string[] {
  const files = [...new Set(found.map(({ part }) => part))].sort()
  return files.flatMap((part) => {
    const uses = found.filter((one) => one.part === part)
    const digest = uses[0]?.digest
    const title = digest === undefined ? `${part} is not there` : `${part} is ${digest}`
    return [
      title,
      ...tableLines(uses.map((use) => [`  ${use.by}`, `as ${use.name}`, wordsOf(use)])),
    ]
  })
}

function wordsOf(found: Found): string {
  const { owner, revision } = found
  const standing = standingOf(found)
  if (standing === 'agreed') return 'as agreed on'
  if (standing === 'absent') return 'cannot be read'
  const who =
    owner === undefined ? 'nobody is named who owns it there' : `needs the word of ${owner}`
  const agreed =
    revision === undefined ? 'none is agreed on' : `agreed on ${revision.slice(0, 19)}…`
  return `${agreed}; ${who}`
}
