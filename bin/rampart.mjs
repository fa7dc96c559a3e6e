#!/usr/bin/env node
/**
 * The `rampart` command. In the repository it runs src/main.ts as written, after installing what is
 * missing; in the published package it runs dist/main.js. Plain JavaScript for Node 18 and later, so
 * that an old Node is told what is needed instead of failing on syntax.
 */
import { existsSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const OLDEST_MAJOR = 24
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src/main.ts')
const isRepository = existsSync(source)
const isNewEnough = Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR

if (isRepository) {
  const { isInstalled } = await import('../tools/start/installed.mjs')
  if (!isInstalled(root)) {
    const { ensureInstalled } = await import('../tools/start/install.mjs')
    await ensureInstalled(root)
  }
}
if (isNewEnough) {
  // Compiled code is kept between runs; where it cannot be, Node runs without it.
  nodeModule.enableCompileCache(
    isRepository ? join(root, 'node_modules/.cache/rampart') : undefined,
  )
  const program = isRepository ? source : join(root, 'dist/main.js')
  const { main } = await import(pathToFileURL(program).href)
  process.exitCode = await main(process.argv.slice(2))
} else if (isRepository) {
  const { findNode } = await import('../tools/start/pinned-node.mjs')
  const { handOver } = await import('../tools/start/hand-over.mjs')
  await handOver(findNode(root), [fileURLToPath(import.meta.url), ...process.argv.slice(2)])
} else {
  console.error(`rampart: Node ${OLDEST_MAJOR} or later is needed; this is ${process.version}.`)
  process.exitCode = 1
}
