/**
 * Finds the Node that runs Rampart: the one pinned in package-lock.json, or the running one when the
 * pinned one is missing and this is new enough. Runs on Node 18.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from './refuse.mjs'

/** The oldest major version of Node that runs Rampart. */
export const OLDEST_MAJOR = 24

/** Whether the running Node can run Rampart itself. */
export function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR
}

/** The path of the Node to run with; ends the process with a sentence when there is none. */
export function findNode(root) {
  const pinned = join(
    root,
    'node_modules/node/bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (existsSync(pinned)) return pinned
  if (isNewEnough()) return process.execPath
  refuse(
    `Node ${OLDEST_MAJOR} is needed; this is ${process.version}, and npm did not set up the pinned one, most likely because install scripts are switched off (ignore-scripts).`,
    `Run \`npm rebuild node --ignore-scripts=false\`, or put Node ${OLDEST_MAJOR} or later on PATH.`,
  )
}
