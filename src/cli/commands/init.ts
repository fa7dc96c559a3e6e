/** `rampart init`: writes a contract that works for the folder it finds. It never overwrites a file. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault } from '../../core/fault/fault.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
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
  writeNew(file, sampleContract(nameOf(directory), components))
  parts.stderr.write(`Wrote ${file}\n`)
  for (const { name, command, from } of components) {
    parts.stderr.write(`  ${name}: ${command.join(' ')}  (from ${from})\n`)
  }
  const program = join(directory, 'hello.mjs')
  if (isEmpty && !existsSync(program)) {
    writeNew(program, SAMPLE_PROGRAM)
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

/** Writes a file that is not there yet, and its folder. */
function writeNew(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    const hint = `${file} could not be written: ${(error as Error).message}`
    const code = 'contract-unwritable'
    throw new Fault({ code, operation: 'write contract', subject: file, hint, cause: error })
  }
}

function componentsOfProcfile(text: string): readonly FoundComponent[] {
  return text.split('\n').flatMap((line, index) => {
    const [, name, command] = /^([A-Za-z0-9_-]+):\s*(.+)$/.exec(line.trim()) ?? []
    if (name === undefined || command === undefined) return []
    const label = name.toLowerCase().replaceAll('_', '-')
    // By the custom of Procfiles only `web` is given a port.
    const from = `Procfile:${index + 1}`
    return [
      { name: label, command: ['sh', '-c', `exec ${command}`], hasPort: name === 'web', from },
    ]
  })
}

/** The folder's name as a name of a contract: lower-case letters, digits and dashes. */
function nameOf(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return /^[a-z]/.test(name) ? name.slice(0, 63) : 'app'
}
