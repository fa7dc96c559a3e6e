/**
 * A worker for tests, as its own process: takes the messages of a consumer of JetStream, pulled or
 * pushed, acknowledges them, and answers with its version. Told to hold, it takes and does nothing.
 */
import { type JsMsg, jetstream } from '@nats-io/jetstream'
import { connect, headers } from '@nats-io/transport-node'

const [port = '', stream = '', consumer = '', version = '', user = ''] = process.argv.slice(2)
const [name = '', pass = ''] = user.split(':')
const signIn = name === '' ? {} : { user: name, pass }
const connection = await connect({ servers: `127.0.0.1:${port}`, reconnect: false, ...signIn })
const client = jetstream(connection)
const held: JsMsg[] = []
let isHolding = false

function work(message: JsMsg): void {
  const inbox = message.headers?.get('Rampart-Reply-To') ?? ''
  if (inbox !== '' && version !== '') {
    const answer = headers()
    answer.set('Rampart-Version', version)
    connection.publish(inbox, '', { headers: answer })
  }
  message.ack()
}

const manager = await client.jetstreamManager()
const { config } = await manager.consumers.info(stream, consumer)
const isPush = config.deliver_subject !== undefined
const source = isPush
  ? await client.consumers.getPushConsumer(stream, consumer)
  : await client.consumers.get(stream, consumer)
const messages = await source.consume()

process.on('message', async (word) => {
  isHolding = word === 'hold'
  if (!isHolding) for (const message of held.splice(0)) work(message)
  await connection.flush()
  process.send?.('done')
})
process.on('disconnect', () => process.exit())
await connection.flush()
process.send?.('ready')
for await (const message of messages) {
  if (isHolding) held.push(message)
  else work(message)
}
