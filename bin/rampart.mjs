#!/usr/bin/env node
/**
 * The `rampart` command. In the repository it runs src/main.ts as written, after installing what is
 * missing, or what the tests have bundled of it (tools/suite/bundle-ahead.ts); in the published package
 * it runs dist/main.js. Plain JavaScript for Node 18 and later, so that an old Node is told what is
 * needed instead of failing on syntax.
 */
import { existsSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src/main.ts')
const isRepository = existsSync(source)
// The source as written needs syntax that came with Node 24; what is compiled from it does not.
const [oldestMajor, oldestMinor] = isRepository ? [24, 0] : [22, 19]
const [major, minor] = process.versions.node.split('.').map(Number)
const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)

if (isRepository) {
  const { isInstalled } = await import('../tools/start/installed.mjs')
  if (!isInstalled(root)) {
    const { ensureInstalled } = await import('../tools/start/install.mjs')
    await ensureInstalled(root)
  }
}
if (isNewEnough) {
  hushSqlite()
  // Compiled code is kept between runs; where it cannot be, Node runs without it.
  nodeModule.enableCompileCache(
    isRepository ? join(root, 'node_modules/.cache/rampart') : undefined,
  )
  const program = isRepository
    ? (process.env.BUNDLED_RAMPART ?? source)
    : join(root, 'dist/main.js')
  const { main } = await import(pathToFileURL(program).href)
  process.exitCode = await main(process.argv.slice(2))
} else if (isRepository) {
  const { findNode } = await import('../tools/start/pinned-node.mjs')
  const { handOver } = await import('../tools/start/hand-over.mjs')
  await handOver(findNode(root), [fileURLToPath(import.meta.url), ...process.argv.slice(2)])
} else {
  const needed = `${oldestMajor}.${oldestMinor}`
  console.error(`rampart: Node ${needed} or later is needed; this is ${process.version}.`)
  console.error('  Put a newer Node on PATH (22, 24 and 26 are tested), then start again.')
  process.exitCode = 1
}

/**
 * Node 22 calls its SQLite experimental, in the middle of whatever is written or logged. The package is
 * tried with that Node, so nobody need be told; every other warning is printed as ever.
 */
function hushSqlite() {
  const printers = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' && warning.message.startsWith('SQLite ')) return
    for (const print of printers) print.call(process, warning)
  })
}
