/**
 * Walks a customer's whole way through the running shop: sees the products, places an order, sees
 * it processed, finds it on the page. One line a check; ends with code 1 at the first that fails.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Product } from './cache.ts'
import type { Order } from './orders.ts'
import { runProgram, ShopFailure, setting } from './program.ts'

const PROCESSED_WITHIN_MS = 3000
const QUANTITY = 2

await runProgram('smoke', async (program) => {
  const products = await getJson<readonly Product[]>('/products')
  const product = products[0]
  check(product !== undefined, 'the shop should sell something, but it lists no products')
  program.say(`ok: ${products.length} products are for sale`)

  const placed = await placeOrder(product)
  const expectedCents = product.priceCents * QUANTITY
  check(
    placed.totalCents === expectedCents,
    `order ${placed.id} (${QUANTITY} × ${product.name}) should cost ${expectedCents} cents, ` +
      `but was charged ${placed.totalCents} cents`,
  )
  program.say(`ok: order ${placed.id} was placed for ${placed.totalCents} cents`)

  const order = await waitUntilProcessed(placed.id)
  program.say(`ok: order ${order.id} was processed by ${order.processedBy}`)

  const page = await (await ask('/')).text()
  check(page.includes(`#${order.id}<`), `the page should show order ${order.id}, but does not`)
  program.say(`ok: the page shows order ${order.id}`)
})

async function placeOrder(product: Product): Promise<Order> {
  const response = await ask('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ productId: product.id, quantity: QUANTITY }),
  })
  return (await response.json()) as Order
}

async function waitUntilProcessed(id: string): Promise<Order> {
  const startedAtMs = performance.now()
  for (;;) {
    const order = await getJson<Order>(`/orders/${id}`)
    if (order.status === 'processed') return order
    const isInTime = performance.now() - startedAtMs < PROCESSED_WITHIN_MS
    check(isInTime, `order ${id} is still ${order.status} after ${PROCESSED_WITHIN_MS} ms`)
    await pause(10)
  }
}

async function getJson<Body>(path: string): Promise<Body> {
  return (await (await ask(path)).json()) as Body
}

async function ask(path: string, request: RequestInit = {}): Promise<Response> {
  const url = new URL(path, setting('API_URL'))
  const what = `${request.method ?? 'GET'} ${url}`
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(2000) })
    check(response.ok, `${what} answered with status ${response.status}`)
    return response
  } catch (cause) {
    if (cause instanceof ShopFailure) throw cause
    const reason = cause instanceof Error ? (cause.cause ?? cause.message) : cause
    throw new ShopFailure(`${what} got no answer: ${reason}`, { cause })
  }
}

function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new ShopFailure(otherwise)
}
