/** Tells rows to who has the token. */
import { createServer } from 'node:http'

createServer(({ headers }, response) => {
  response.statusCode = headers.authorization === 'Bearer haddock' ? 200 : 401
  response.end(JSON.stringify({ rows: 3 }))
}).listen(Number(process.env['PORT']), '127.0.0.1')
