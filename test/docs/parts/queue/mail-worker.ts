/** A worker of BullMQ. */
import { Worker } from 'bullmq'

const { hostname, port } = new URL(process.env['CACHE_URL'] ?? '')
const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null }
const version = `mails@${process.env['RELEASE']}`
const worker = new Worker('mails', async (job) => ({ token: job.data.token, version }), {
  connection,
})
worker.on('error', console.error)
