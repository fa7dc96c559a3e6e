/** `rampart init`: writes a contract that works for the folder it finds. It never overwrites a file. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readProcfile } from '../../contracts/import/procfile/read-procfile.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import { contractNameOf, writeNewFile } from '../new-file.ts'
import { type FoundComponent, SAMPLE_PROGRAM, sampleContract } from './init-contract.ts'

/** The file that is written. */
const CONTRACT = 'rampart.yaml'

/** Writes a contract into a folder. */
export function runInit(parts: CliParts, folder: string | undefined): Promise<number> {
  const directory = resolve(parts.cwd, folder ?? '.')
  const file = join(directory, CONTRACT)
  if (existsSync(file)) {
    const hint = `${file} is there already and is left as it is.`
    throw new Fault({ code: 'contract-exists', operation: 'write contract', subject: file, hint })
  }
  const found = findComponents(directory)
  const isEmpty = found.length === 0
  const sample = { name: 'web', command: ['node', 'hello.mjs'], hasPort: true, from: 'hello.mjs' }
  const components: readonly FoundComponent[] = isEmpty ? [sample] : found
  writeNewFile(file, sampleContract(contractNameOf(directory), components))
  parts.stderr.write(`Wrote ${file}\n`)
  for (const { name, command, from } of components) {
    parts.stderr.write(`  ${name}: ${command.join(' ')}  (from ${from})\n`)
  }
  const program = join(directory, 'hello.mjs')
  if (isEmpty && !existsSync(program)) {
    writeNewFile(program, SAMPLE_PROGRAM)
    parts.stderr.write(`Wrote ${program}, a small server to begin with\n`)
  }
  parts.stderr.write('Next: rampart check, rampart up\n')
  return Promise.resolve(EXIT.yes)
}

/** What the folder seems to run: its Procfile, else the start script of its package. */
function findComponents(directory: string): readonly FoundComponent[] {
  const procfile = join(directory, 'Procfile')
  if (existsSync(procfile)) return componentsOfProcfile(readFileSync(procfile, 'utf8'))
  const manifest = join(directory, 'package.json')
  if (!existsSync(manifest)) return []
  const scripts = scriptsOf(manifest)
  const script = ['start', 'dev', 'serve'].find((name) => scripts[name] !== undefined)
  if (script === undefined) return []
  const from = `package.json, scripts.${script}`
  return [{ name: 'app', command: ['npm', 'run', script], hasPort: true, from }]
}

function scriptsOf(manifest: string): Readonly<Record<string, string>> {
  try {
    const { scripts } = JSON.parse(readFileSync(manifest, 'utf8'))
    return scripts ?? {}
  } catch (error) {
    const hint = `${manifest} could not be read: ${(error as Error).message}`
    const code = 'contract-unreadable'
    throw new Fault({ code, operation: 'read package', subject: manifest, hint, cause: error })
  }
}

function componentsOfProcfile(text: string): readonly FoundComponent[] {
  return readProcfile(text).entries.map(({ name, command, hasPort, lineNumber }) => ({
    name,
    command,
    hasPort,
    from: `Procfile:${lineNumber}`,
  }))
}
