/**
 * The shop's API and page. `GET /health` says that the process lives, `GET /ready` that it can
 * really serve. Goes on running when a part it stands on is away, and says so at `/ready`.
 */
import Fastify, { type FastifyInstance } from 'fastify'
import { Pool } from 'pg'
import { crashSoonIfBroken } from './break.ts'
import type { Product } from './cache.ts'
import { findOrder, latestOrders, type OrderRequest, placeOrder } from './orders.ts'
import { renderPage } from './page.ts'
import { optionalSetting, type Program, portSetting, runProgram, setting } from './program.ts'
import { openQueue } from './queue.ts'
import { type Dependencies, isReady, readinessOf } from './readiness.ts'

const ORDER_SCHEMA = {
  body: {
    type: 'object',
    required: ['productId', 'quantity'],
    additionalProperties: false,
    properties: {
      productId: { type: 'integer', minimum: 1 },
      quantity: { type: 'integer', minimum: 1, maximum: 100 },
    },
  },
}

const ORDER_ID_SCHEMA = {
  params: { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } },
}

await runProgram('api', async (program) => {
  const app = Fastify({ forceCloseConnections: true })
  const dependencies = await openDependencies(program)
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-shop-release', dependencies.release)
  })
  addPages(app, dependencies)
  addOrders(app, dependencies)
  program.onStop(() => app.close())
  await app.listen({ host: '127.0.0.1', port: portSetting() })
  program.say(`listening on http://127.0.0.1:${portSetting()}`)
  crashSoonIfBroken()
})

async function openDependencies(program: Program): Promise<Dependencies> {
  const [url, primaryUrl] = [setting('DATABASE_URL'), setting('PRIMARY_URL')]
  const pool = openPool(url, program)
  const primary = url === primaryUrl ? pool : openPool(primaryUrl, program)
  const boss = await openQueue(primaryUrl, { name: 'shop api queue', works: false })
  program.onStop(() => boss.stop({ graceful: false }))
  const release = optionalSetting('SHOP_RELEASE', 'dev')
  return { release, pool, primary, boss, cacheUrl: setting('CACHE_URL') }
}

function openPool(connectionString: string, program: Program): Pool {
  const pool = new Pool({
    connectionString,
    application_name: 'shop api',
    max: 5,
    connectionTimeoutMillis: 500,
    query_timeout: 500,
  })
  pool.on('error', (error) => console.error(`api: ${error.message}`))
  program.onStop(() => pool.end())
  return pool
}

function addPages(app: FastifyInstance, dependencies: Dependencies): void {
  const askReadiness = readinessOf(dependencies)
  const products = async (): Promise<readonly Product[]> => {
    const response = await fetch(`${dependencies.cacheUrl}/products`)
    return (await response.json()) as readonly Product[]
  }
  app.get('/health', () => ({ ok: true }))
  app.get('/ready', async (_request, reply) => {
    const readiness = await askReadiness()
    return reply.code(isReady(readiness) ? 200 : 503).send(readiness)
  })
  app.get('/products', products)
  app.get('/', async (_request, reply) => {
    const page = renderPage(await products(), await latestOrders(dependencies.primary))
    return reply.type('text/html; charset=utf-8').send(page)
  })
}

function addOrders(app: FastifyInstance, { primary, boss }: Dependencies): void {
  app.post<{ Body: OrderRequest }>('/orders', { schema: ORDER_SCHEMA }, async (request, reply) => {
    const order = await placeOrder(primary, boss, request.body)
    if (order !== undefined) return reply.code(201).send(order)
    return reply.code(404).send({ error: `there is no product ${request.body.productId}` })
  })
  app.get<{ Params: { id: number } }>(
    '/orders/:id',
    { schema: ORDER_ID_SCHEMA },
    async (request, reply) => {
      const order = await findOrder(primary, request.params.id)
      if (order !== undefined) return order
      return reply.code(404).send({ error: `there is no order ${request.params.id}` })
    },
  )
}
