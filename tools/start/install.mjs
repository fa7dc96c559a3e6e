/**
 * Installs what package-lock.json names when it is not there yet. Two starts at once install once:
 * the second waits for the first. Everything npm says goes to stderr, because stdout belongs to the
 * command that is started.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { isInstalled, matchesNpmRecord, stampInstalled } from './installed.mjs'
import { withLock } from './lock.mjs'
import { refuse } from './refuse.mjs'

/** Resolves once node_modules matches the lock file; ends the process with a sentence if it cannot. */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return
  const waiting = (pid) => console.error(`Waiting for process ${pid}, which is installing.`)
  await withLock(join(root, '.install.lock'), waiting, async () => {
    if (isInstalled(root)) return
    if (!matchesNpmRecord(root)) await install(root)
    stampInstalled(root)
  })
}

async function install(root) {
  console.error('Installing what package-lock.json names (needed once, well under a minute).')
  // Dev dependencies hold the pinned Node, so they are wanted even where NODE_ENV is production.
  const code = await runNpm(root, [
    'ci',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  if (code === 0) return
  refuse(
    `\`npm ci\` failed (exit code ${code}), so there is nothing to start yet.`,
    'Read what npm says above, run `npm ci` until it succeeds, then start again.',
  )
}

function runNpm(root, args) {
  // `npm run` tells where npm is; `npx` and a direct start leave it to PATH.
  const script = process.env.npm_execpath?.endsWith('npm-cli.js')
    ? process.env.npm_execpath
    : undefined
  const [command, first] = script === undefined ? ['npm', []] : [process.execPath, [script]]
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...args], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: script === undefined && process.platform === 'win32',
    })
    child.once('error', (error) =>
      refuse(`npm could not be started: ${error.message}`, 'Put npm on PATH, then start again.'),
    )
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })
}
