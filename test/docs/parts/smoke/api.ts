/** A shop of one mug: one signs in, orders, and sees the order packed a little later. */
import { createServer, type IncomingMessage } from 'node:http'

const askedOf = new Map<string, number>()
let orderCount = 0

async function answer(asked: IncomingMessage): Promise<readonly [number, unknown, string?]> {
  const { method, url = '', headers } = asked
  if (url === '/ready') return [200, {}]
  if (url === '/sessions') {
    const chunks: Buffer[] = []
    for await (const chunk of asked) chunks.push(chunk as Buffer)
    const { password } = JSON.parse(Buffer.concat(chunks).toString())
    return password === 'haddock' ? [200, { token: 'open-sesame' }] : [401, {}]
  }
  if (headers.authorization !== 'Bearer open-sesame') return [401, {}]
  if (method === 'POST') {
    asked.resume()
    return [201, {}, `/orders/${++orderCount}`]
  }
  if (method === 'DELETE') return [200, {}]
  const times = (askedOf.get(url) ?? 0) + 1
  askedOf.set(url, times)
  return [200, { order: { status: times > 2 ? 'packed' : 'open' } }]
}

createServer(async (asked, response) => {
  const [status, body, location] = await answer(asked)
  response.writeHead(status, location === undefined ? {} : { location }).end(JSON.stringify(body))
}).listen(Number(process.env['PORT']), '127.0.0.1')
