/**
 * Bundles the `rampart` command before the tests, which start it by the thousand: a daemon is made of
 * more than a thousand modules, and to find, read and link each of them is half of what its start takes.
 * What is bundled is the sources as they are; where a source asks for its own place, it is told that of
 * the source. Nothing but the tests runs it.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'vite'

/** The libraries that every start loads. Others are loaded when they are needed, as they were installed. */
const BUNDLED = [
  '@bufbuild',
  '@noble',
  'avvio',
  'commander',
  'fast-querystring',
  'fastify',
  'fastify-type-provider-zod',
  'fastq',
  'find-my-way',
  'ret',
  're2js',
  'semver',
  'undici',
  'yaml',
  'zod',
]

/**
 * Bundles `src/main.ts` of a working copy into a folder, with `daemon.mjs`, which it loads for a daemon,
 * beside it. @returns the file to load instead of `src/main.ts`
 */
export async function bundleAhead(root: string, folder: string): Promise<string> {
  const source = join(root, 'src')
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    plugins: [ownPlaces(source)],
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      // Another run of the tests may be using what is there.
      emptyOutDir: false,
      target: 'esnext',
      minify: false,
      rolldownOptions: {
        input: { main: join(source, 'main.ts'), daemon: join(source, 'daemon/daemon.ts') },
        external: isLoadedAsInstalled,
        // Names of files stay, so that what Node keeps of their code is found again.
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs', keepNames: true },
      },
    },
  })
  return join(folder, 'main.mjs')
}

function isLoadedAsInstalled(id: string, importer: string | undefined): boolean {
  const isBare = !/^[./\0]/.test(id)
  if (!isBare || id.startsWith('node:')) return isBare
  const isOwn = importer === undefined || !importer.includes('/node_modules/')
  return isOwn && !BUNDLED.some((name) => id === name || id.startsWith(`${name}/`))
}

/** Has a source see its own place, not that of the bundle. */
function ownPlaces(source: string): Plugin {
  return {
    name: 'own-places',
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(source) || !code.includes('import.meta.')) return undefined
      const places = {
        dirname: join(id, '..'),
        filename: id,
        url: pathToFileURL(id).href,
      }
      return code.replaceAll(/\bimport\.meta\.(dirname|filename|url)\b/g, (_, name) =>
        JSON.stringify(places[name as keyof typeof places]),
      )
    },
  }
}
