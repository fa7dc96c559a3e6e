/** TLS in front of a real server that speaks none: what is said to it goes on in the clear. */
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer } from 'node:tls'
import type { Certificate } from './certificates.ts'

/** Starts one in front of a port of 127.0.0.1, and gives its own port; it ends with the test. */
export async function startTlsFront(
  test: TestContext,
  behind: number,
  { certificate, key }: Certificate,
): Promise<number> {
  const front = createServer({ cert: certificate, key }, (socket) => {
    const back = connect(behind, '127.0.0.1')
    socket.pipe(back).pipe(socket)
    socket.on('error', () => back.destroy())
    back.on('error', () => socket.destroy())
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  test.after(() => front.close())
  return (front.address() as AddressInfo).port
}
