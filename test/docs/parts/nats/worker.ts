/** Acknowledges what the stream holds, and answers canaries with its version. */
import { jetstream } from '@nats-io/jetstream'
import { connect, headers } from '@nats-io/transport-node'

const connection = await connect({ servers: `127.0.0.1:${process.env['BROKER_PORT']}` })
const client = jetstream(connection)
const manager = await client.jetstreamManager()
await manager.streams.add({ name: 'ORDERS', subjects: ['orders.*'] })
await manager.consumers.add('ORDERS', { durable_name: 'workers', ack_policy: 'explicit' })
const consumer = await client.consumers.get('ORDERS', 'workers')
for await (const message of await consumer.consume()) {
  const inbox = message.headers?.get('Rampart-Reply-To') ?? ''
  if (inbox !== '') {
    const answer = headers()
    answer.set('Rampart-Version', '1.4.2')
    connection.publish(inbox, '', { headers: answer })
  }
  message.ack()
}
