/**
 * The package as `npm pack` makes it, and installed as anybody would. Building takes its time, so the
 * archive is kept for as long as nothing it is made of has changed. Never touches what is installed
 * for the repository itself.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from '../../tools/start/lock.mjs'

const root = join(import.meta.dirname, '../..')
const CACHE = join(root, 'node_modules/.cache/rampart-packed')

/** What the package is made of. */
const SOURCES = [
  '{bin,docs,src,examples/shop}/**',
  'tools/{build*,check/checkers}.ts',
  'tsconfig*.json',
  'package*.json',
  '*.md',
]

/** What npm says of an archive. */
export interface Packed {
  /** Where the archive lies. */
  readonly file: string
  /** @unit bytes */
  readonly size: number
  /** @unit bytes */
  readonly unpackedSize: number
  readonly paths: readonly string[]
}

/** Packs, unless the very same was packed before; who asks meanwhile waits for the one that packs. */
export async function pack(): Promise<Packed> {
  mkdirSync(dirname(CACHE), { recursive: true })
  const waiting = (pid: number): void => console.error(`Process ${pid} is packing.`)
  return await withLock(`${CACHE}.lock`, waiting, packHere)
}

function packHere(): Packed {
  const folder = join(CACHE, digestOfSources())
  const file = join(folder, 'rampart.tgz')
  if (!existsSync(file)) {
    rmSync(CACHE, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    // As `npm pack` would by itself, but for checking types: tools/compiler.test.ts does.
    const build = ['tools/build.ts', 'unchecked']
    execFileSync(process.execPath, build, { cwd: root, stdio: ['ignore', 2, 'inherit'] })
    const args = ['--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', folder]
    const said = npm(['pack', ...args], root)
    const [{ filename } = { filename: '' }] = JSON.parse(said.slice(said.indexOf('[')))
    copyFileSync(join(folder, filename), file)
    rmSync(join(folder, filename))
  }
  const listed = execFileSync('tar', ['-tzvf', file], { encoding: 'utf8' }).trim().split('\n')
  const columns = listed.map((line) => line.split(/\s+/))
  return {
    file,
    size: statSync(file).size,
    unpackedSize: columns.reduce((sum, [, , size]) => sum + Number(size), 0),
    paths: columns.map((parts) => (parts[5] ?? '').replace(/^package\//, '')),
  }
}

/** Installs an archive into a folder, from npm's cache where that has what is needed. */
export function installPacked({ file }: Packed, folder: string): void {
  npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', file], folder)
}

/** The npm that runs the tests, by the Node that does. */
export function npm(args: readonly string[], cwd: string): string {
  return execFileSync(process.execPath, [npmProgram(), ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
  })
}

/** npm says where it is to what it runs; without it, it is what PATH leads to. */
export function npmProgram(): string {
  const told = process.env['npm_execpath']
  if (told?.endsWith('npm-cli.js')) return told
  const found = execFileSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' })
  assert.match(found, /npm-cli\.js$/m, 'npm is on PATH')
  return found.trim()
}

function digestOfSources(): string {
  const hash = createHash('sha256')
  const isLeftOut = (name: string): boolean =>
    ['node_modules', '.rampart', '.shop-data'].includes(name)
  for (const path of globSync(SOURCES, { cwd: root, exclude: isLeftOut }).sort()) {
    const stat = statSync(join(root, path))
    if (stat.isFile()) hash.update(`${path}\0`).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex').slice(0, 16)
}
