/**
 * Writes what is generated from the code: the JSON Schemas of contracts, for editors, the API's document, and
 * the pages of the command line and of faults. `--check` writes nothing and fails when what is there is not what would be written.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { KINDS } from '../src/contracts/index.ts'
import { jsonSchemaOf } from '../src/contracts/json-schema.ts'
import { printFormattedJson } from './formatted-json.ts'
import { apiClient } from './generate/api-client.ts'
import { cliJsonPage } from './generate/cli-json-page.ts'
import { cliPage } from './generate/cli-page.ts'
import { errorsPage } from './generate/errors-page.ts'
import { openApiOf, printOpenApi } from './generate/openapi.ts'

const REPOSITORY = join(import.meta.dirname, '..')

/** A file that is generated. */
export interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string
  readonly text: string
}

/** Everything that is generated, in the order of paths. */
export async function generateFiles(): Promise<readonly GeneratedFile[]> {
  const schemas = Object.values(KINDS).map((kind) => ({
    path: `docs/schema/${kind.kind.toLowerCase()}.json`,
    text: printFormattedJson(jsonSchemaOf(kind)),
  }))
  const api = await openApiOf(REPOSITORY)
  return [
    { path: 'docs/cli-json.md', text: cliJsonPage(REPOSITORY) },
    { path: 'docs/cli.md', text: cliPage() },
    { path: 'docs/errors.md', text: errorsPage() },
    { path: 'docs/openapi.json', text: printOpenApi(api) },
    ...schemas,
    { path: 'src/server/client/generated.ts', text: apiClient(api) },
  ]
}

/** The generated files that are missing or differ from what would be written. */
export async function staleFiles(repository: string): Promise<readonly string[]> {
  return (await generateFiles())
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

async function main(repository: string, isCheck: boolean): Promise<void> {
  const stale = await staleFiles(repository)
  if (isCheck) {
    for (const path of stale) console.error(`${path} is stale; run node tools/generate.ts`)
    process.exitCode = stale.length === 0 ? 0 : 1
    return
  }
  for (const { path, text } of await generateFiles()) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), text)
    console.error(`wrote ${relative(process.cwd(), join(repository, path))}`)
  }
}

if (import.meta.main) await main(REPOSITORY, process.argv.includes('--check'))
