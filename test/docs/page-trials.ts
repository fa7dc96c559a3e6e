/** How the page of each probe is tried: what must be there before, and with which settings. */
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { request } from 'undici'
import type { ProbeName } from '../../src/contracts/probes/index.ts'
import { makeCachingNginx } from '../support/caching-nginx.ts'
import { type Certificate, makeCertificate, openssl } from '../support/certificates.ts'
import { makePrometheus } from '../support/prometheus.ts'
import { startRelay } from '../support/relay.ts'
import { requireRealPart } from '../support/require-part.ts'
import { makeS3, S3_PART } from '../support/s3.ts'
import { startNameServer } from './name-server.ts'
import type { PageTrial, TrialPlace } from './page-trial.ts'
import { kafkaTrial, natsTrial, queueTrial, rabbitmqTrial } from './trials/brokers.ts'
import { mysqlTrial, postgresTrial } from './trials/databases.ts'
import { untilDone } from './until-done.ts'

/** Every page. */
export const pageTrials: Readonly<Record<ProbeName, PageTrial>> = {
  dns: {
    prepare: async ({ t }) => ({
      OUR_RESOLVER: await startNameServer(t, { 'api.shop.example': ADDRESSES }),
      THEIR_RESOLVER: await startNameServer(t, { 'api.shop.example': ADDRESSES }),
    }),
  },
  exec: { prepare: () => ({ REPORTS_TOKEN: 'haddock' }) },
  exit: {},
  file: {},
  grpc: {
    needs: openssl,
    prepare: async (place) => {
      await putCertificates(place, 'orders.internal')
      return { PROBE_TOKEN: 'haddock' }
    },
  },
  http: {},
  kafka: kafkaTrial,
  kubernetes: { needs: { skip: 'there is no cluster here, nor a package that brings one' } },
  log: {},
  mysql: mysqlTrial,
  nats: natsTrial,
  notify: { needs: requireRealPart('systemd-notify') },
  postgres: postgresTrial,
  prometheus: {
    needs: requireRealPart('Prometheus'),
    shortened: [['holdFor: 2m', 'holdFor: 1s']],
    prepare: preparePrometheus,
  },
  queue: queueTrial,
  rabbitmq: rabbitmqTrial,
  redis: { needs: requireRealPart('Redis'), prepare: () => ({ CACHE_PASSWORD: 'haddock' }) },
  s3: { needs: requireRealPart(S3_PART), prepare: prepareS3 },
  smoke: { prepare: () => ({ SHOPPER_PASSWORD: 'haddock' }) },
  tcp: {},
  tls: { needs: openssl, prepare: prepareTls },
  warm: { needs: requireRealPart('nginx'), prepare: prepareWarm },
}

const ADDRESSES = ['192.0.2.10', '192.0.2.11']

/** The authority, and what it has signed, where the contract's programs look for them. */
async function putCertificates({ t, folder }: TrialPlace, name: string): Promise<Certificate> {
  const authority = await makeCertificate(t, { isAuthority: true })
  const signed = await makeCertificate(t, { by: authority, names: [`DNS:${name}`] })
  const certificates = join(folder, 'certificates')
  mkdirSync(certificates)
  writeFileSync(join(certificates, 'authority.pem'), authority.certificate)
  writeFileSync(join(certificates, 'certificate.pem'), signed.certificate)
  writeFileSync(join(certificates, 'key.pem'), signed.key)
  return signed
}

/** A program's numbers, which Prometheus asks for: requests that are all quick and all good. */
async function preparePrometheus({ t }: TrialPlace): Promise<{ readonly PROMETHEUS_URL: string }> {
  let requests = 0
  const program = createServer((_, response) => {
    requests += 10
    const buckets = ['0.1', '0.25', '+Inf'].map(
      (most) => `latency_seconds_bucket{le="${most}"} ${requests}\n`,
    )
    response.end(`${buckets.join('')}requests_total ${requests}\nerrors_total 0\n`)
  })
  const server = await makePrometheus(await listen(program, '127.0.0.1'), 'api')
  t.after(async () => {
    await server.remove()
    program.closeAllConnections()
    program.close()
  })
  server.start()
  return { PROMETHEUS_URL: server.url }
}

/** Nothing that runs here copies objects elsewhere, so a relay says that it was done. */
async function prepareS3({ t }: TrialPlace): Promise<Readonly<Record<string, string>>> {
  const store = await makeS3()
  t.after(() => store.remove())
  store.start()
  await untilDone('the store answers', () => request(store.url))
  const relay = await startRelay(t, store.url, {
    after: ({ method }, answer) => {
      if (method === 'HEAD') answer.headers['x-amz-replication-status'] = 'COMPLETED'
    },
  })
  return { STORE_URL: relay.url, STORE_KEY_ID: 'app', STORE_SECRET: 'haddock' }
}

/** The way in that the public knows, besides the one that the contract starts. */
async function prepareTls(place: TrialPlace): Promise<Readonly<Record<string, string>>> {
  const { certificate: cert, key } = await putCertificates(place, 'shop.example')
  const server = createTlsServer({ cert, key }, (socket) => socket.end())
  place.t.after(() => server.close())
  return {
    PUBLIC_HOST: '127.0.0.1',
    PUBLIC_PORT: String(await listen(server, '127.0.0.1')),
  }
}

/** A cache, and the pages that it is in front of. */
async function prepareWarm({ t }: TrialPlace): Promise<{ readonly CACHE_PORT: string }> {
  const pages = createServer((_, response) => response.end('a page'))
  const cache = await makeCachingNginx(await listen(pages, '127.0.0.1'))
  t.after(async () => {
    await cache.remove()
    pages.closeAllConnections()
    pages.close()
  })
  cache.start()
  return { CACHE_PORT: new URL(cache.url).port }
}

async function listen(server: Server, host: string): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
