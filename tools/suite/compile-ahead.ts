/**
 * Prepares what nearly every test starts, once and before any of them: in a fresh clone the first daemons
 * would all compile the same at the same time, and those that are killed keep nothing of it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What a daemon is made of. */
const SOURCE = 'src/daemon/daemon.ts'

/**
 * Names, in the surroundings of what tests start, the file that `bin/rampart.mjs` is to load. Daemons are
 * not handed what begins with the name of the product.
 */
const BUNDLE_VARIABLE = 'BUNDLED_RAMPART'

/**
 * Bundles the command and has Node keep the code of all of it, so that what tests start finds both. Tests
 * of single files do without: they load the sources.
 */
export async function compileAhead(root: string, cache: string): Promise<void> {
  if (!existsSync(join(root, SOURCE))) return
  // Tests load the sources themselves.
  if (!existsSync(cache)) keepCode(root, cache, [`./${SOURCE}`])
  if (!existsSync(join(root, 'src/main.ts'))) return
  const { bundleAhead } = await import('./bundle-ahead.ts')
  try {
    const main = await bundleAhead(root, join(root, 'node_modules/.cache/rampart-bundled'))
    process.env[BUNDLE_VARIABLE] = main
    const files = [main, join(main, '../daemon.mjs')].map((path) => pathToFileURL(path).href)
    keepCode(root, cache, files)
  } catch (thrown) {
    // Sources that cannot be bundled are broken in a way that tests can say better.
    console.error(`The command is not bundled, its sources are started instead: ${thrown}`)
  }
}

function keepCode(root: string, cache: string, specifiers: readonly string[]): void {
  const load = specifiers.map((specifier) => `await import(${JSON.stringify(specifier)})`)
  // Whatever is wrong with it is found by tests, which can say so better.
  spawnSync(process.execPath, ['--input-type=module', '--eval', load.join('\n')], {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    stdio: 'ignore',
  })
}
