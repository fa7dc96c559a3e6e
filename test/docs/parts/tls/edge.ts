/** Speaks HTTP/2 over TLS. */
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'

createSecureServer({
  key: readFileSync('certificates/key.pem'),
  cert: readFileSync('certificates/certificate.pem'),
}).listen(Number(process.env['PORT']), '127.0.0.1')
