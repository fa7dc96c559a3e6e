/**
 * `rampart demo`: brings up a small shop, to see what Rampart does. In the repository that is
 * examples/shop itself; the published package carries it compiled, and copies it to a folder of yours,
 * since it writes beside its files. What the shop needs and Rampart does not comes from npm, once.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, extname, join, resolve } from 'node:path'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption } from '../options.ts'

interface DemoOptions extends JsonOption {
  readonly exit?: boolean
  /** `--no-open`. */
  readonly open?: boolean
  readonly break?: string
  readonly folder?: string
}

const FOLDER = 'rampart-demo'
const ROOT = join(import.meta.dirname, '../../..')
const ENDING = extname(import.meta.filename)
const INSTALL = ['install', '--no-audit', '--no-fund', '--loglevel=error']

/** Runs it, to its end. */
export async function runDemo(parts: CliParts, options: DemoOptions): Promise<number> {
  const shop = ENDING === '.js' ? await copyShop(parts, options) : join(ROOT, 'examples/shop')
  if (typeof shop === 'number') return shop
  return await run(parts, process.execPath, programOf(shop, options), parts.cwd)
}

/** @returns the folder that holds all of it, or the exit code */
async function copyShop(parts: CliParts, options: DemoOptions): Promise<string | number> {
  const from = join(ROOT, 'dist/shop')
  const shop = resolve(parts.cwd, options.folder ?? FOLDER)
  if (!isOurs(shop)) {
    const sentence = `${shop} holds files that are not the demo's.`
    return misuse(parts, sentence, 'Next: rampart demo --folder ANOTHER')
  }
  cpSync(from, shop, { recursive: true })
  return (await install(parts, shop)) ? shop : EXIT.fault
}

function programOf(shop: string, options: DemoOptions): readonly string[] {
  const program = [join(shop, `demo${ENDING}`), '--rampart', join(ROOT, 'bin/rampart.mjs')]
  if (options.exit === true) program.push('--exit')
  if (options.open === false) program.push('--no-open')
  if (options.json === true) program.push('--json')
  if (options.break !== undefined) program.push('--break', options.break)
  return program
}

function isOurs(folder: string): boolean {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return true
  const contract = join(folder, 'rampart.yaml')
  return existsSync(contract) && existsSync(join(folder, `demo${ENDING}`))
}

/** Gets from npm what is not found from the folder. */
async function install(parts: CliParts, shop: string): Promise<boolean> {
  const missing = neededBy(shop).filter((name) => !isFound(shop, name))
  if (missing.length === 0) return true
  const list = missing.join(', ')
  parts.stderr.write(`The shop needs ${list}: npm installs that once in ${shop} (about 80 MB).\n`)
  const windows = process.platform === 'win32' ? '.cmd' : ''
  if ((await run(parts, `npm${windows}`, INSTALL, shop)) === EXIT.yes) return true
  parts.stderr.write(
    `rampart: npm could not install what the demo needs: ${list}.\n` +
      `  Next: cd ${shop} && npm install, until that succeeds; then rampart demo\n`,
  )
  return false
}

function neededBy(shop: string): readonly string[] {
  const file = JSON.parse(readFileSync(join(shop, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  return Object.keys(file.dependencies)
}

/** As Node looks: in node_modules of the folder and of every folder above it. */
function isFound(folder: string, name: string): boolean {
  if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return true
  return dirname(folder) !== folder && isFound(dirname(folder), name)
}

/** Runs a program on this terminal. @returns its exit code; that of a fault when there is none */
async function run(
  parts: CliParts,
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<number> {
  // The shop's programs are started by the name `node`, which must be one that can run them.
  const path = [dirname(process.execPath), parts.settings['PATH']].join(delimiter)
  const stdio = command === process.execPath ? 'inherit' : (['ignore', 2, 2] as const)
  const child = spawn(command, args, {
    cwd,
    env: { ...parts.settings, PATH: path },
    stdio: stdio === 'inherit' ? stdio : [...stdio],
  })
  // A terminal tells both, anybody else only us; to be told twice is the same to them.
  const stopListening = parts.onTermination(() => child.kill('SIGINT'))
  try {
    const [exitCode] = await once(child, 'close')
    return exitCode ?? EXIT.fault
  } catch (error) {
    parts.stderr.write(`${command} could not be started: ${(error as Error).message}\n`)
    return EXIT.fault
  } finally {
    stopListening()
  }
}
