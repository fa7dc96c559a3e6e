/** Says how its database and its queue are; the queue has a consumer from the second asking on. */
import { createServer } from 'node:http'

let consumers = 0
createServer((_, response) => {
  response.setHeader('x-build', '2026.11.21')
  const db = { status: 'ok', replicas: 2 }
  response.end(JSON.stringify({ db, queue: { consumers: consumers++ } }))
}).listen(Number(process.env['PORT']), 'localhost')
