/**
 * Writes what is generated from the code: the JSON Schemas of contracts, for editors. `--check`
 * writes nothing and fails when what is there is not what would be written.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { KINDS } from '../src/contracts/index.ts'
import { jsonSchemaOf } from '../src/contracts/json-schema.ts'
import { printFormattedJson } from './formatted-json.ts'

/** A file that is generated. */
export interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string
  readonly text: string
}

/** Everything that is generated, in the order of paths. */
export function generateFiles(): readonly GeneratedFile[] {
  return Object.values(KINDS).map((kind) => ({
    path: `docs/schema/${kind.kind.toLowerCase()}.json`,
    text: printFormattedJson(jsonSchemaOf(kind)),
  }))
}

/** The generated files that are missing or differ from what would be written. */
export function staleFiles(repository: string): readonly string[] {
  return generateFiles()
    .filter(({ path, text }) => readIfThere(join(repository, path)) !== text)
    .map(({ path }) => path)
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  }
}

function main(repository: string, isCheck: boolean): void {
  const stale = staleFiles(repository)
  if (isCheck) {
    for (const path of stale) console.error(`${path} is stale; run node tools/generate.ts`)
    process.exitCode = stale.length === 0 ? 0 : 1
    return
  }
  for (const { path, text } of generateFiles()) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), text)
    console.error(`wrote ${relative(process.cwd(), join(repository, path))}`)
  }
}

if (import.meta.main) main(join(import.meta.dirname, '..'), process.argv.includes('--check'))
