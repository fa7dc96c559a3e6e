/**
 * Programs that listen, as they are called: which port when nobody says otherwise, and how one says
 * otherwise. A program that is not here is taken at its word only where its word is plain.
 */
import { EVERY_ADDRESS, LOOPBACK } from '../../core/port/port-claim.ts'

/** One way of calling a program. */
export interface Tool {
  /** The first words, as typed: `next dev`; `vite` alone stands for every call without a subcommand. */
  readonly call: string
  /** What a setting of it is known by; programs that read one setting share it. */
  readonly tool: string
  readonly port: number
  /** Flags that take the port: `-p`, `--port`. */
  readonly flags: readonly string[]
  /** Flags that take an address, or both. */
  readonly hosts?: readonly string[]
  readonly addresses: readonly string[]
  /** Whether the variable PORT says where it listens. */
  readonly obeysPort?: boolean
  /** Whether a word without a dash is the port or `address:port`. */
  readonly takesWord?: boolean
  readonly isHttp?: boolean
}

const P = ['-p', '--port']
const LONG = ['--port']
const HOST = ['--host', '--hostname', '-H']

/** The longest call that fits counts. */
export const TOOLS: readonly Tool[] = [
  ...web('next', ['next dev', 'next start', 'next'], 3000, { flags: P, obeysPort: true }),
  ...dev('vite', ['vite', 'vite dev', 'vite serve'], 5173, { flags: LONG }),
  ...dev('vite-preview', ['vite preview'], 4173, { flags: LONG }),
  ...dev('astro', ['astro dev', 'astro preview'], 4321, { flags: LONG }),
  ...dev('nuxt', ['nuxt dev', 'nuxi dev', 'nuxt'], 3000, { flags: P, obeysPort: true }),
  ...dev('vite', ['react-router dev'], 5173, { flags: LONG }),
  ...dev('vite', ['remix vite:dev'], 5173, { flags: LONG }),
  ...web('remix', ['remix dev'], 3000, { flags: P, obeysPort: true }),
  ...web('remix-serve', ['remix-serve', 'react-router-serve'], 3000, {
    flags: LONG,
    obeysPort: true,
  }),
  ...web('react-scripts', ['react-scripts start'], 3000, { flags: [], obeysPort: true }),
  ...web('vue-cli', ['vue-cli-service serve'], 8080, { flags: P, obeysPort: true }),
  ...dev('angular', ['ng serve'], 4200, { flags: P }),
  ...dev('gatsby', ['gatsby develop'], 8000, { flags: P, obeysPort: true }),
  ...dev('gatsby-serve', ['gatsby serve'], 9000, { flags: P, obeysPort: true }),
  ...dev('wrangler', ['wrangler dev', 'wrangler pages dev'], 8787, { flags: LONG }),
  ...web('storybook', ['storybook dev', 'start-storybook'], 6006, { flags: P }),
  ...dev('webpack', ['webpack serve', 'webpack-dev-server'], 8080, { flags: LONG }),
  ...web('parcel', ['parcel', 'parcel serve'], 1234, { flags: P, obeysPort: true }),
  ...web('expo', ['expo start'], 8081, { flags: P }),
  ...dev('docusaurus', ['docusaurus start', 'docusaurus serve'], 3000, {
    flags: P,
    obeysPort: true,
  }),
  ...dev('vitepress', ['vitepress dev', 'vitepress'], 5173, { flags: LONG }),
  ...web('eleventy', ['eleventy --serve'], 8080, { flags: LONG }),
  ...web('hexo', ['hexo server', 'hexo s'], 4000, { flags: P }),
  ...web('http-server', ['http-server'], 8080, { flags: P, obeysPort: true }),
  ...web('serve', ['serve'], 3000, { flags: ['-l', '--listen', '-p'], obeysPort: true }),
  ...web('json-server', ['json-server'], 3000, { flags: P, obeysPort: true }),
  ...dev('prisma', ['prisma studio'], 5555, { flags: P }),
  ...web('netlify', ['netlify dev'], 8888, { flags: P }),
  ...web('vercel', ['vercel dev'], 3000, { flags: ['-l', '--listen', '-p'] }),
  ...dev('ionic', ['ionic serve'], 8100, { flags: P }),
  ...dev('rails', ['rails server', 'rails s', 'bin/rails server', 'bin/rails s'], 3000, {
    flags: P,
    hosts: ['-b', '--binding'],
    obeysPort: true,
  }),
  ...web('puma', ['puma'], 9292, { flags: P, hosts: ['-b', '--bind'], obeysPort: true }),
  ...web('rackup', ['rackup'], 9292, { flags: P, obeysPort: true }),
  ...dev('gunicorn', ['gunicorn'], 8000, { flags: [], hosts: ['-b', '--bind'], obeysPort: true }),
  ...dev('uvicorn', ['uvicorn'], 8000, { flags: LONG, obeysPort: false }),
  ...dev('fastapi', ['fastapi dev'], 8000, { flags: LONG }),
  ...web('fastapi', ['fastapi run'], 8000, { flags: LONG }),
  ...dev('flask', ['flask run'], 5000, { flags: P, hosts: ['-h', '--host'] }),
  ...dev('django', ['manage.py runserver'], 8000, { flags: [], takesWord: true }),
  ...dev('artisan', ['php artisan serve', 'artisan serve'], 8000, { flags: LONG }),
  ...web('python', ['python -m http.server', 'python3 -m http.server'], 8000, {
    flags: [],
    takesWord: true,
  }),
  ...dev('jekyll', ['jekyll serve'], 4000, { flags: ['-P', '--port'] }),
  ...dev('hugo', ['hugo server', 'hugo serve'], 1313, { flags: P, hosts: ['--bind'] }),
  ...dev('mkdocs', ['mkdocs serve'], 8000, { flags: [], hosts: ['-a', '--dev-addr'] }),
  ...web('prometheus', ['prometheus'], 9090, { flags: ['--web.listen-address'] }),
  ...web('alertmanager', ['alertmanager'], 9093, { flags: ['--web.listen-address'] }),
  ...web('node_exporter', ['node_exporter'], 9100, { flags: ['--web.listen-address'] }),
  ...web('streamlit', ['streamlit run'], 8501, { flags: ['--server.port'] }),
  ...web('rsbuild', ['rsbuild dev', 'rsbuild preview'], 3000, { flags: LONG }),
  ...web('strapi', ['strapi develop', 'strapi dev', 'strapi start'], 1337, {
    flags: [],
    obeysPort: true,
  }),
  ...dev('sanity', ['sanity dev', 'sanity start'], 3333, { flags: LONG }),
  ...web('metro', ['react-native start'], 8081, { flags: LONG }),
  ...web('ember', ['ember serve', 'ember s'], 4200, { flags: P }),
  ...web('live-server', ['live-server'], 8080, { flags: LONG, obeysPort: true }),
  ...web('docsify', ['docsify serve'], 3000, { flags: P }),
  ...dev('fastify', ['fastify start'], 3000, { flags: P, obeysPort: true }),
  ...dev('slidev', ['slidev'], 3030, { flags: P }),
  ...dev('drizzle', ['drizzle-kit studio'], 4983, { flags: LONG }),
  ...dev('playwright-report', ['playwright show-report'], 9323, { flags: LONG }),
  ...dev('phoenix', ['mix phx.server'], 4000, { flags: [] }),
  ...dev('hypercorn', ['hypercorn'], 8000, { flags: [], hosts: ['-b', '--bind'] }),
  ...dev('daphne', ['daphne'], 8000, { flags: P, hosts: ['-b', '--bind'] }),
  ...dev('jupyter', ['jupyter lab', 'jupyter notebook'], 8888, { flags: LONG, hosts: ['--ip'] }),
  ...dev('mlflow', ['mlflow ui', 'mlflow server'], 5000, { flags: P }),
  ...dev('tensorboard', ['tensorboard'], 6006, { flags: LONG }),
  ...dev('dagster', ['dagster dev'], 3000, { flags: P }),
  ...dev('ollama', ['ollama serve'], 11_434, { flags: [] }),
  ...silent('temporal', ['temporal server start-dev'], 7233, { flags: P, hosts: ['--ip'] }),
  ...silent('redis', ['redis-server'], 6379, { flags: LONG, hosts: ['--bind'] }),
  ...silent('mongod', ['mongod'], 27_017, { flags: LONG, hosts: ['--bind_ip'] }),
  ...silent('nats', ['nats-server'], 4222, { flags: P, hosts: ['-a', '--addr'] }),
  ...silent('memcached', ['memcached'], 11_211, { flags: P, hosts: ['-l', '--listen'] }),
]

interface Saying {
  readonly flags: readonly string[]
  readonly hosts?: readonly string[]
  readonly obeysPort?: boolean
  readonly takesWord?: boolean
}

/** Listens on every address unless told otherwise. */
function web(tool: string, calls: readonly string[], port: number, says: Saying): readonly Tool[] {
  const rest = { hosts: HOST, ...says, addresses: EVERY_ADDRESS, isHttp: true }
  return calls.map((call) => ({ call, tool, port, ...rest }))
}

/** Listens on `localhost` unless told otherwise. */
function dev(tool: string, calls: readonly string[], port: number, says: Saying): readonly Tool[] {
  return web(tool, calls, port, says).map((one) => ({ ...one, addresses: LOOPBACK }))
}

/** Speaks to programs, and never to browsers. */
function silent(
  tool: string,
  calls: readonly string[],
  port: number,
  says: Saying,
): readonly Tool[] {
  const addresses = /^(redis|nats|memcached)$/.test(tool) ? EVERY_ADDRESS : LOOPBACK
  return web(tool, calls, port, says).map((one) => ({ ...one, addresses, isHttp: false }))
}
