/**
 * Compiles src to dist for the published package, the shop of `rampart demo` to dist/shop, and builds the
 * dashboard into dist/web, from where the server takes it in the repository too. `npm run build -- web`
 * builds the dashboard alone; `npm run build -- unchecked` takes it that the types were checked.
 */
import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { completeShop } from './build-shop.ts'
import { buildWeb } from './build-web.ts'
import { runCompiler } from './check/checkers.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

/** The programs, the types that a `rampart.config.ts` meets, and the shop. */
const PROJECTS = ['tsconfig.build.json', 'tsconfig.declarations.json', 'tsconfig.shop.json']

const [asked] = process.argv.slice(2)
process.exitCode = asked === 'web' || (await compile(asked === 'unchecked')) ? 0 : 1
if (process.exitCode === 0) await buildWeb(join(dist, 'web'))

/** What was compiled earlier goes first, so that nothing is published that has no source any more. */
async function compile(isUnchecked: boolean): Promise<boolean> {
  const old = existsSync(dist) ? readdirSync(dist) : []
  // Vite empties its own folder, and a server of this working copy may be serving from it.
  for (const name of old.filter((one) => one !== 'web')) {
    await rm(join(dist, name), { recursive: true })
  }
  const flags = isUnchecked ? ['--noCheck'] : []
  for (const project of PROJECTS) {
    const result = await runCompiler(root, project, flags)
    if (!result.isClean) console.error(result.output)
    if (!result.isClean) return false
  }
  await completeShop(join(dist, 'shop'))
  return true
}
