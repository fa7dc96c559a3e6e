/**
 * Starts a file of this repository on any machine with npm and Node 18 or later: installs what is
 * missing, then hands over to the pinned Node. Every npm script goes through here. Plain JavaScript,
 * because it runs before anything is installed.
 *
 * Usage: node tools/start.mjs <file> [arguments]
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { handOver } from './start/hand-over.mjs'
import { ensureInstalled } from './start/install.mjs'
import { findNode } from './start/pinned-node.mjs'
import { refuse } from './start/refuse.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [file, ...args] = process.argv.slice(2)

if (file === undefined || !existsSync(join(root, file))) {
  refuse(
    file === undefined ? 'nothing was named to start.' : `there is no ${file} in this repository.`,
    'Usage: node tools/start.mjs <file> [arguments], the file named from the repository root.',
  )
}
await ensureInstalled(root)
await handOver(findNode(root), [join(root, file), ...args])
