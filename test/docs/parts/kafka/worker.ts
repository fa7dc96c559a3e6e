/** Commits past every record of the topic, and answers canaries with its version. */
import {
  Consumer,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'

const bootstrapBrokers = [`127.0.0.1:${process.env['BROKER_PORT']}`]
const clientId = 'worker'
const producer = new Producer({ clientId, bootstrapBrokers, serializers: stringSerializers })
const consumer = new Consumer({
  clientId,
  groupId: 'order-workers',
  bootstrapBrokers,
  deserializers: stringDeserializers,
})
const messages = await consumer.consume({
  topics: ['orders'],
  mode: MessagesStreamModes.COMMITTED,
  fallbackMode: MessagesStreamFallbackModes.EARLIEST,
  autocommit: false,
  maxWaitTime: 50,
})
for await (const message of messages) {
  const token = message.headers.get('Rampart-Canary')
  const topic = message.headers.get('Rampart-Reply-To')
  if (token !== undefined && topic !== undefined) {
    const value = JSON.stringify({ token, version: process.env['RELEASE'] })
    await producer.send({ messages: [{ topic, key: token, value }], acks: 1 })
  }
  await message.commit()
}
