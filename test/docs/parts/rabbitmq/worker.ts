/** Two consumers of the queue, which answer whoever asks for an answer. */
import { connect } from 'amqplib'

const connection = await connect(process.env['BROKER'] ?? '')
for (let consumer = 0; consumer < 2; consumer++) {
  const channel = await connection.createChannel()
  await channel.assertQueue('orders')
  await channel.consume('orders', (message) => {
    if (message === null) return
    const { replyTo, correlationId } = message.properties
    if (typeof replyTo === 'string') {
      const body = Buffer.from(JSON.stringify({ version: '1.4.2' }))
      channel.sendToQueue(replyTo, body, { correlationId })
    }
    channel.ack(message)
  })
}
