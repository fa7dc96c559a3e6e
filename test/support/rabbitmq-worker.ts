/**
 * A worker for tests, as its own process: takes the messages of a queue, answers those that ask for it
 * with its version, and acknowledges them. Told to hold, it takes and does nothing.
 */
import { type ConsumeMessage, connect } from 'amqplib'

const [port = '', queue = '', version = ''] = process.argv.slice(2)
const connection = await connect(`amqp://127.0.0.1:${port}`)
const channel = await connection.createChannel()
const held: ConsumeMessage[] = []
let isHolding = false
let count = 0

function work(message: ConsumeMessage): void {
  const { replyTo, correlationId } = message.properties
  if (typeof replyTo === 'string') {
    const body = Buffer.from(version === '' ? 'done' : JSON.stringify({ version }))
    channel.sendToQueue(replyTo, body, { correlationId })
  }
  channel.ack(message)
}

process.on('message', (word) => {
  if (word !== 'count') isHolding = word === 'hold'
  if (!isHolding) for (const message of held.splice(0)) work(message)
  process.send?.(count)
})
process.on('disconnect', () => process.exit())
await channel.consume(queue, (message) => {
  if (message === null) return
  count += 1
  if (isHolding) held.push(message)
  else work(message)
})
process.send?.(count)
