/** How the pages of brokers and of job queues are tried: with real ones that run already. */
import { makeKafka } from '../../support/kafka.ts'
import { startPostgres } from '../../support/postgres.ts'
import { makeRabbitmq } from '../../support/rabbitmq.ts'
import { makeRedis } from '../../support/redis.ts'
import { requireRealPart } from '../../support/require-part.ts'
import type { PageTrial } from '../page-trial.ts'
import { untilDone } from '../until-done.ts'

/** NATS is started by the contract itself. */
export const natsTrial: PageTrial = {
  needs: requireRealPart('NATS'),
  prepare: () => ({ BROKER_PASSWORD: 'haddock' }),
}

/** A broker with the topics that the page names. */
export const kafkaTrial: PageTrial = {
  needs: requireRealPart('Kafka'),
  prepare: async ({ t }) => {
    const server = await makeKafka()
    t.after(() => server.remove())
    server.start()
    const admin = server.admin()
    const make = (topic: string, partitions: number) => () =>
      admin.createTopics({ topics: [topic], partitions, replicas: 1 })
    await untilDone('Kafka makes a topic', make('orders', 12))
    await untilDone('Kafka makes a topic for answers', make('orders-canaries', 1))
    return {
      BROKER_PASSWORD: 'swordfish',
      BROKER_PORT: String(server.port),
      BROKER_SASL_PORT: String(server.saslPort),
    }
  },
}

/** A broker with the vhost and the user that the page names. */
export const rabbitmqTrial: PageTrial = {
  needs: requireRealPart('RabbitMQ'),
  prepare: async ({ t }) => {
    const server = await makeRabbitmq()
    t.after(() => server.remove())
    server.start()
    await untilDone('RabbitMQ makes a vhost', () => server.api('PUT', 'vhosts/shop'))
    await server.api('PUT', 'users/app', { password: 'haddock', tags: 'monitoring' })
    const rights = { configure: '.*', write: '.*', read: '.*' }
    await server.api('PUT', 'permissions/shop/app', rights)
    return {
      BROKER_PASSWORD: 'haddock',
      BROKER_PORT: String(server.port),
      MANAGEMENT_PORT: new URL(server.management).port,
    }
  },
}

/** A database and a Redis in which workers keep their queues. */
export const queueTrial: PageTrial = {
  needs: requireRealPart('Redis'),
  prepare: async ({ t }) => {
    const redis = await makeRedis('--maxmemory-policy', 'noeviction')
    t.after(() => redis.remove())
    redis.start()
    const postgres = await startPostgres()
    t.after(() => postgres.stop())
    return { DATABASE_URL: postgres.url, CACHE_URL: `redis://127.0.0.1:${redis.port}/0` }
  },
}
