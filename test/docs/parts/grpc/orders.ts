/** Serves grpc.health.v1 on two ports: in the open for all of it, by TLS for its one service. */
import { readFileSync } from 'node:fs'
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'

const SERVING = 1

interface Request {
  readonly service: string
}

/** Both messages are short enough to be written by hand. */
const method = {
  requestStream: false,
  requestSerialize: ({ service }: Request) => Buffer.from(service),
  requestDeserialize: (bytes: Buffer): Request => ({ service: bytes.subarray(2).toString() }),
  responseSerialize: (serving: number) => Buffer.from([0x08, serving]),
  responseDeserialize: (bytes: Buffer) => bytes[1] ?? 0,
}

const server = new Server()
server.addService(
  {
    check: { ...method, path: '/grpc.health.v1.Health/Check', responseStream: false },
    watch: { ...method, path: '/grpc.health.v1.Health/Watch', responseStream: true },
  },
  {
    check: (call: ServerUnaryCall<Request, number>, reply: sendUnaryData<number>) => {
      if (call.request.service === '') reply(null, SERVING)
      else reply({ code: status.NOT_FOUND })
    },
    watch: (call: ServerWritableStream<Request, number>) => {
      const isKnown = call.metadata.get('authorization')[0] === 'Bearer haddock'
      if (call.request.service !== '' && !isKnown) {
        call.emit('error', { code: status.UNAUTHENTICATED, details: 'no such token' })
      } else {
        call.write(SERVING)
      }
    },
  },
)

function listen(port: string | undefined, credentials: ServerCredentials): void {
  server.bindAsync(`127.0.0.1:${port}`, credentials, (error) => {
    if (error !== null) throw error
  })
}

listen(process.env['PORT_GRPC'], ServerCredentials.createInsecure())
const key = readFileSync('certificates/key.pem')
const pair = { private_key: key, cert_chain: readFileSync('certificates/certificate.pem') }
listen(process.env['PORT_INTERNAL'], ServerCredentials.createSsl(null, [pair]))
