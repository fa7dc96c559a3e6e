/** How the pages of databases are tried: their servers are started by the contracts themselves. */
import { execFile, execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { makePostgres } from '../../support/postgres.ts'
import { findPart, REAL_PARTS } from '../../support/real-parts.ts'
import { requireRealPart } from '../../support/require-part.ts'
import type { PageTrial } from '../page-trial.ts'

const run = promisify(execFile)
const PASSWORD = 'haddock'

/** Data folders of two servers, and the configuration that the contract names. */
export const mysqlTrial: PageTrial = {
  needs: requireRealPart('MariaDB'),
  prepare: async ({ folder }) => {
    // A server that starts removes what others keep in the folder for temporary tables.
    const env = { ...process.env, TMPDIR: folder }
    const as = process.getuid?.() === 0 ? ['--user=root'] : []
    const data = join(folder, 'data')
    const normal = '--auth-root-authentication-method=normal'
    const words = ['--no-defaults', `--datadir=${data}`, normal, '--skip-test-db', ...as]
    await run('mariadb-install-db', words, { env })
    await run('cp', ['-a', data, join(folder, 'data-us')])
    const sql = `set sql_log_bin = 0;
create database if not exists shop;
grant all on *.* to shop@'%' identified by '${PASSWORD}';
`
    writeFileSync(join(folder, 'users.sql'), sql)
    writeFileSync(join(folder, 'db.cnf'), configOf(folder, 'data', 'server-id=1\nlog-bin'))
    writeFileSync(join(folder, 'db-us.cnf'), configOf(folder, 'data-us', 'server-id=2\nread-only'))
    return { DB_PASSWORD: PASSWORD }
  },
}

function configOf(folder: string, data: string, more: string): string {
  return `[mariadbd]
datadir=${join(folder, data)}
socket=${join(folder, `${data}.sock`)}
pid-file=${join(folder, `${data}.pid`)}
tmpdir=${folder}
bind-address=127.0.0.1
init-file=${join(folder, 'users.sql')}
innodb-buffer-pool-size=16M
innodb-flush-log-at-trx-commit=0
${process.getuid?.() === 0 ? 'user=root' : ''}
${more}
`
}

/** Data folders of two servers, each with the user and the database of the page. */
export const postgresTrial: PageTrial = {
  needs: requireRealPart('embedded PostgreSQL'),
  prepare: async ({ folder }) => {
    // Whoever the server runs as must come through to its data.
    for (const way of [folder, dirname(folder)]) chmodSync(way, 0o711)
    // A copy of one would be taken for the same server.
    await Promise.all(['data', 'data-us'].map((data) => makeData(join(folder, data))))
    return { DB_PASSWORD: PASSWORD }
  },
}

async function makeData(data: string): Promise<void> {
  const made = await makePostgres()
  try {
    const quiet = "\nunix_socket_directories = ''\nfsync = off\n"
    appendFileSync(join(made.dataFolder, 'postgresql.conf'), quiet)
    const input = `create role shop superuser login password '${PASSWORD}'
create database shop owner shop
`
    const words = ['--single', '-D', made.dataFolder, 'postgres']
    execFileSync('postgres', words, { input, stdio: ['pipe', 'ignore', 'ignore'] })
    await run('cp', ['-a', made.dataFolder, data])
  } finally {
    await made.stop()
  }
}

/** A program `postgres` for the PATH: the one that npm brings, which does not run as root. */
export function writePostgresProgram(folder: string): void {
  const part = REAL_PARTS.find(({ name }) => name === 'embedded PostgreSQL')
  const native = part === undefined ? undefined : findPart(part)
  if (native === undefined) return
  const program = join(native, 'native/bin/postgres')
  const isRoot = process.getuid?.() === 0
  const as = isRoot ? 'setpriv --reuid=postgres --regid=postgres --clear-groups ' : ''
  writeFileSync(join(folder, 'postgres'), `#!/bin/sh\nexec ${as}'${program}' "$@"\n`)
  chmodSync(join(folder, 'postgres'), 0o755)
}
