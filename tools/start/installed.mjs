/**
 * Whether node_modules holds what package-lock.json names. Runs on Node 18 and later, and on every
 * start of the command line, so it only compares bytes: after an installation a copy of the lock
 * file is kept in node_modules, and while both are equal nothing needs to be done.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whether a finished installation of exactly this lock file, on this kind of machine, is there. */
export function isInstalled(root) {
  const stamp = readIfThere(join(root, 'node_modules/.rampart-lock'))
  return stamp !== undefined && stamp === stampOf(root)
}

/** Writes down that node_modules matches the lock file; to be called once it does. */
export function stampInstalled(root) {
  writeFileSync(join(root, 'node_modules/.rampart-lock'), stampOf(root))
}

/**
 * Whether npm's own record of node_modules names the same packages as the lock file: true after a
 * person ran `npm ci` or `npm install`, so that nothing is installed a second time.
 */
export function matchesNpmRecord(root) {
  const record = readIfThere(join(root, 'node_modules/.package-lock.json'))
  if (record === undefined) return false
  const installed = JSON.parse(record).packages
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    if (entry.optional && installed[path] === undefined) return true
    return installed[path]?.version === entry.version && existsSync(join(root, path))
  })
}

function stampOf(root) {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  return `${process.platform} ${process.arch}\n${lock}`
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
