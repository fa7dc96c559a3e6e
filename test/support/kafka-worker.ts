/**
 * A worker for tests, as its own process: a member of a group of consumers that commits past every record
 * and answers canaries with its version. Told to hold, it takes records, stays a member, and does nothing.
 */
import {
  Consumer,
  type Message,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'

const [port = '', topic = '', groupId = '', version = '', protocol = ''] = process.argv.slice(2)
const bootstrapBrokers = [`127.0.0.1:${port}`]
const producer = new Producer({
  clientId: 'worker',
  bootstrapBrokers,
  serializers: stringSerializers,
})
const common = { clientId: 'worker', groupId, bootstrapBrokers, deserializers: stringDeserializers }
const consumer = new Consumer(
  protocol === 'consumer'
    ? { ...common, groupProtocol: 'consumer' }
    : { ...common, sessionTimeout: 3_000, heartbeatInterval: 200, rebalanceTimeout: 3_000 },
)
const held: Message<string, string, string, string>[] = []
let isHolding = false
let isLeaving = false

async function work(message: Message<string, string, string, string>): Promise<void> {
  const token = message.headers.get('Rampart-Canary')
  const replyTopic = message.headers.get('Rampart-Reply-To')
  if (token !== undefined && replyTopic !== undefined && version !== '') {
    const value = JSON.stringify({ token, version })
    await producer.send({ messages: [{ topic: replyTopic, key: token, value }], acks: 1 })
  }
  await message.commit()
}

const messages = await consumer.consume({
  topics: [topic],
  mode: MessagesStreamModes.COMMITTED,
  fallbackMode: MessagesStreamFallbackModes.EARLIEST,
  autocommit: false,
  maxWaitTime: 50,
})

process.on('message', async (word) => {
  if (word === 'leave') {
    isLeaving = true
    await consumer.close(true)
    process.exit()
  }
  isHolding = word === 'hold'
  if (!isHolding) for (const message of held.splice(0)) await work(message)
  process.send?.('done')
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
try {
  for await (const message of messages) {
    if (isHolding) held.push(message)
    else await work(message)
  }
} catch (thrown) {
  // Whoever leaves closes its client while it still waits for records.
  if (!isLeaving) throw thrown
}
