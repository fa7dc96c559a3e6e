/** A real DNS server over UDP that knows addresses of some names; others do not exist. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { decode, encode } from 'dns-packet'

const NXDOMAIN = 3

/** Starts one; it ends with the test. Returns where it is: `127.0.0.1:port`. */
export async function startNameServer(
  t: TestContext,
  names: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  socket.on('message', (bytes, sender) => {
    const { id = 0, questions = [] } = decode(bytes)
    const { name = '', type } = questions[0] ?? {}
    const addresses = names[name.toLowerCase()]
    const answers = (type === 'A' ? (addresses ?? []) : []).map((data) => ({
      type: 'A' as const,
      name,
      data,
      ttl: 30,
    }))
    const flags = 0x0180 | (addresses === undefined ? NXDOMAIN : 0)
    const reply = encode({ id, type: 'response', flags, questions, answers })
    socket.send(reply, sender.port, sender.address)
  })
  return `127.0.0.1:${socket.address().port}`
}
